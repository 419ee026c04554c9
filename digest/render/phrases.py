"""The sentences that digest itself says, from numbers and names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from digest.model import Counts, Evidence, EvidenceKind, Field, Health, KnownPaper, Paper, Quiet, SourceNote
from digest.render.marks import safe
from digest.render.reasons import is_together, is_whole, says
from digest.text import fold

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_PLACES = {
    Field.TITLE: "the title",
    Field.ABSTRACT: "the abstract",
    Field.ANYWHERE: "the text",
    Field.AUTHOR: "the authors",
    Field.ORGANIZATION: "the organization",
}
_NAME = 60
#: related or liked words that are told
_RELATED_WORDS = 3
#: characters of a note on a source
_NOTE = 200
_STATES = {
    Health.OK: "was read",
    Health.QUIET: "has nothing new",
    Health.PARTIAL: "came only in part",
    Health.STALE: "shows nothing new",
    Health.BROKEN: "could not be read",
}


def long_day(day: date) -> str:
    """Such as `Friday 20 November`, whatever the locale."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def short_day(day: date) -> str:
    """Such as `Fri 20 Nov`."""
    return f"{_DAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1][:3]}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """Such as `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def number_of(count: int, noun: str) -> str:
    """Such as `1 paper` or `1,204 papers`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def byline(paper: Paper, spans: Iterable[tuple[int, int]] = ()) -> str:
    """Who wrote it: `A, B and 5 more · Organization`; a matched author is always among the named."""
    named = [safe(name, _NAME) for name in paper.authors[:500]]
    total = max(paper.author_count or 0, len(paper.authors))
    matched = _matched_authors(paper.authors[:500], spans)
    if len(named) > 3:
        keep = sorted({0, *(matched[:2] or (1,))})
        named = [named[i] for i in keep]
    rest = total - len(named)
    who = listed([*named, f"{rest:,} more"]) if named and rest > 0 else listed(named)
    if not named and total:
        who = number_of(total, "author")
    where = safe(paper.organization or "", _NAME)
    return " · ".join(part for part in (who, where) if part)


def why(evidence: Sequence[Evidence]) -> str:
    """In words, strongest first: `speech synthesis — in the title and abstract; related: vocoder, prosody`.

    `evidence` is what `reasons.telling` keeps. Matched words are named where they are not the
    interest's own, or not all of them.
    """
    by_interest: dict[str | None, list[Evidence]] = {}
    for reason in evidence:
        name = safe(reason.interest.text, _NAME) if reason.interest else None
        by_interest.setdefault(name, []).append(reason)
    by_finding: dict[_Finding, list[str]] = {}
    for name, reasons in list(by_interest.items())[:3]:
        if name is None:
            by_finding[_Finding(_with_words("like papers you liked", reasons), "")] = []
        else:
            by_finding.setdefault(_finding(name, reasons), []).append(name)
    return "; ".join(f"{f.before}{listed(names)}{f.after}" for f, names in by_finding.items())


def trending_reason(known: KnownPaper) -> str:
    """Such as `120 upvotes` or `in 3 listings`; empty where nothing is known."""
    if known.paper.upvotes:
        return number_of(known.paper.upvotes, "upvote")
    return f"in {number_of(known.listings, 'listing')}" if known.listings > 1 else ""


def quiet_line(quiet: Quiet) -> str:
    """Such as `Quiet Tue, Wed: 61 listed, none above your line`."""
    named = [_DAYS[day.weekday()][:3] for day in quiet.days[:7]]
    rest = [f"{len(quiet.days) - 7} more days"] if len(quiet.days) > 7 else []
    days = f" {', '.join(named + rest)}" if named else ""
    return f"Quiet{days}: {quiet.listed:,} listed, none above your line"


def counts_line(counts: Counts, limit: int, shortened: int = 0) -> str:
    """Where every listed paper went; `shortened` of those cut were cut for length."""
    parts = [
        (counts.sent_before, "sent to you before"),
        (counts.shown, "shown"),
        (counts.below, "below your line"),
        (counts.cut - shortened, f"cut by your limit of {limit:,}"),
        (shortened, "left out to keep this mail whole"),
    ]
    went = ", ".join(f"{number:,} {where}" for number, where in parts if number)
    return f"{counts.listed:,} listed: {went}" if went else f"{counts.listed:,} listed"


def note_lines(notes: Sequence[SourceNote]) -> tuple[str, ...]:
    """One line for each of the first five notes on sources, and one for the rest."""
    lines = [f"{safe(n.source, _NAME)} {_STATES[n.health]}: {safe(n.what, _NOTE)}" for n in notes[:5]]
    if len(notes) > 5:
        lines.append(f"… and {number_of(len(notes) - 5, 'more note')} on sources")
    return tuple(lines)


def _matched_authors(authors: Sequence[str], spans: Iterable[tuple[int, int]]) -> list[int]:
    wanted = list(spans)
    found, at = [], 0
    for index, name in enumerate(authors):
        if any(start < at + len(name) and end > at for start, end in wanted):
            found.append(index)
        at += len(name) + len(", ")
    return found


class _Finding(NamedTuple):
    """What is said of interests, before their names and after them."""

    before: str
    after: str


def _finding(name: str, reasons: Sequence[Evidence]) -> _Finding:
    """Where an interest stands: the places that hold all of it, or else the words found and where.

    After it what is related; where nothing else speaks for a paper, that alone.
    """
    related = [reason for reason in reasons if reason.kind is EvidenceKind.RELATED]
    stated = [reason for reason in reasons if reason.kind is EvidenceKind.WORDS]
    if not stated:
        words = _with_words("", related)
        return _Finding("related to " if words else "close in subject to ", words)
    told = [r for r in stated if is_together(r)] or [r for r in stated if is_whole(r)]
    fields = frozenset(reason.field for reason in told or stated)
    matched = tuple(dict.fromkeys(word for reason in told or stated for word in reason.words))
    found = _found(name, fields, matched, whole=bool(told))
    return _Finding("", f" — {found}{_with_words('; related', related) if related else ''}")


def _with_words(what: str, reasons: Sequence[Evidence]) -> str:
    """Such as `related: vocoder, prosody`: the first words that `reasons` name, if they name any."""
    words = (_in_a_sentence(safe(word, 40)) for reason in reasons for word in reason.words)
    different = {fold(word): word for word in words if word}
    return f"{what}: {', '.join(list(different.values())[:_RELATED_WORDS])}" if different else what


def _in_a_sentence(word: str) -> str:
    """Without the capital of a title or of a sentence's beginning; `TTS` and `LoRA` stay."""
    return word.lower() if word[1:].islower() else word


@lru_cache(maxsize=1_024)
def _found(name: str, fields: frozenset[Field], matched: tuple[str, ...], *, whole: bool) -> str:
    """Such as `in the title`, or `“audio” in the abstract` where not all was found, or not literally."""
    places = listed([place for field, place in _PLACES.items() if field in fields])
    shown = dict.fromkeys(fold(text) for text in matched if not (whole and says(name, text)))
    named = [f"“{safe(text, 40)}”" for text in shown][:3]
    others = f"{listed(named)} " if named else ""
    return f"{others}in {places.replace(' and the ', ' and ')}"
