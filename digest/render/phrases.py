"""The sentences that digest itself says, from numbers and names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from digest.model import Counts, Evidence, Field, Health, KnownPaper, Paper, Quiet, SourceNote
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
    """In words, strongest first: `diffusion models — in the title and abstract`.

    `evidence` is what `reasons.telling` keeps. Matched words are named where they are not the
    interest's own, or not all of them.
    """
    by_interest: dict[str, list[Evidence]] = {}
    for reason in evidence:
        by_interest.setdefault(safe(reason.interest.text, _NAME), []).append(reason)
    by_finding: dict[str, list[str]] = {}
    for name, reasons in list(by_interest.items())[:3]:
        by_finding.setdefault(_finding(name, reasons), []).append(name)
    return "; ".join(f"{listed(names)} — {finding}" for finding, names in by_finding.items())


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


def _finding(name: str, reasons: Sequence[Evidence]) -> str:
    """Where an interest stands: the places that hold all of it, or else the words found and where."""
    told = [r for r in reasons if is_together(r)] or [r for r in reasons if is_whole(r)]
    fields = frozenset(reason.field for reason in told or reasons)
    matched = tuple(dict.fromkeys(word for reason in told or reasons for word in reason.words))
    return _found(name, fields, matched, whole=bool(told))


@lru_cache(maxsize=4_096)
def _found(name: str, fields: frozenset[Field], matched: tuple[str, ...], *, whole: bool) -> str:
    """Such as `in the title`, or `“audio” in the abstract` where not all was found, or not literally."""
    places = listed([place for field, place in _PLACES.items() if field in fields])
    shown = dict.fromkeys(fold(text) for text in matched if not (whole and says(name, text)))
    named = [f"“{safe(text, 40)}”" for text in shown][:3]
    others = f"{listed(named)} " if named else ""
    return f"{others}in {places.replace(' and the ', ' and ')}"
