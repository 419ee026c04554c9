"""A listing page in marked text: is it one, which headings are titles, and its records.

What all renderings with marks have in common. Each wire shape brings its own parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from digest.model import Severity
from digest.sources.plain_text import header, pairs
from digest.sources.renderings.assembly import Assembler
from digest.sources.renderings.cards import Card, merged
from digest.sources.renderings.parts import Part
from digest.sources.renderings.signs import Kind, sign_of
from digest.sources.shape import UNKNOWN, Entry, Finding, Page

#: text that is looked at to find what a file is
HEAD = 65_536
#: kinds that stand around papers and seldom around anything else
_PROOF = frozenset({Kind.UPVOTES, Kind.COMMENTS, Kind.AUTHORS, Kind.DATE, Kind.CODE})
#: without a page header, so many cards show that a file is a listing
FEW = 2
#: cards for each record that is wanted; pages show a paper twice at most
_MOST_REPEATED = 4
_TRENDING = "trending papers"
_TITLES_LOST = (
    "the titles were lost when the page was made text: only “Submitted by” and names are left, {count} times;"
    " save the page in another way"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the beginning of a file shows."""

    #: of the headings that are titles; 0 where links are
    level: int
    #: cards with the looks of a paper
    cards: int
    #: headings that would be titles
    titles: int
    #: whether the page's header is there
    has_header: bool
    #: whether the header itself has marks, as the page's plain text has not
    is_marked: bool
    #: whether the page is the one with summaries in place of abstracts
    is_trending: bool

    @property
    def is_listing(self) -> bool:
        """Whether this is a listing page in marked text, though perhaps one without papers."""
        return (self.has_header and self.is_marked) or self.cards >= FEW


def survey(parts: Iterable[Part], *, level: int | None = None) -> Survey:
    """What `parts` of a file's beginning show; `level` is that of titles, where the shape knows it."""
    seen = list(parts)
    kinds, header_at, marked_at, is_trending = set[str](), -1, len(seen), False
    before = ""
    for i, part in enumerate(seen):
        phrases = header.phrases(part.text)
        if phrases - {"date"}:
            kinds |= phrases
            header_at = i
        if part.heading or part.target or part.is_link:
            marked_at = min(marked_at, i)
        named = _TRENDING in {
            part.text.casefold() if part.heading else "",
            before if "author" in phrases else "",
        }
        is_trending = is_trending or named
        before = part.text.casefold()
    level = title_level(seen) if level is None else level
    assembler = Assembler(level)
    cards = list(assembler.cards(seen))
    return Survey(
        level=level,
        cards=sum(card.proven and card.paper is not None for card in cards),
        titles=len(cards),
        has_header=header.is_certain(kinds),
        is_marked=marked_at <= header_at,
        is_trending=is_trending,
    )


def title_level(parts: Iterable[Part]) -> int:
    """The level of the headings that are papers' titles, 0 where none is."""
    found = Counter[int]()
    level = 0
    for part in parts:
        sign = sign_of(part)
        if part.heading:
            level = part.heading if sign.kind is Kind.TEXT else 0
            if level and sign.paper:
                found[level] += 2
        elif level and sign.kind in _PROOF:
            found[level] += 1
            level = 0
    return found.most_common(1)[0][0] if found else 0


def read_page(
    parts: Iterable[Part], seen: Survey, *, name: str, max_records: int, summaries: bool = False
) -> Page:
    """The page that `parts` make, each paper once, in order; `summaries` as in `Card.entry`."""
    assembler = Assembler(seen.level)
    records = _Records(summaries=summaries)
    doubtful: list[Card] = []
    for number, card in enumerate(assembler.cards(parts)):
        if card.proven or (seen.level and (card.paper or card.body)):
            records.add(card)
        else:
            doubtful.append(card)
        if len(records.entries) > max_records:
            break
        if number > _MOST_REPEATED * max_records:
            what = "the same papers again and again: not read from here on"
            assembler.findings.append(Finding(what=what, severity=Severity.LOST, line=card.line))
            break
    if not records.entries:
        return _without_records(assembler, doubtful, name)
    findings = [*assembler.findings, *map(_doubt, doubtful)]
    return Page(
        format=name,
        day_label=assembler.day_label,
        entries=records.finished(),
        findings=tuple(findings),
    )


class _Records:
    """The entries so far. A page may show a paper twice, as for wide and for narrow screens."""

    def __init__(self, *, summaries: bool) -> None:
        self._summaries = summaries
        self.entries: list[Entry] = []
        self._complete: list[bool] = []
        self._by_id: dict[str, int] = {}
        self._by_title: dict[str, int] = {}

    def add(self, card: Card) -> None:
        """The card's entry, or what it adds to the entry of the same paper."""
        entry = card.entry(summaries=self._summaries)
        at = self._place(card)
        if at is None:
            at = len(self.entries)
            self.entries.append(entry)
            self._complete.append(card.complete)
        else:
            self.entries[at] = merged(self.entries[at], entry)
        if card.paper:
            self._by_id.setdefault(card.paper, at)
        self._by_title.setdefault(card.title.casefold(), at)

    def _place(self, card: Card) -> int | None:
        if card.paper and card.paper in self._by_id:
            return self._by_id[card.paper]
        at = self._by_title.get(card.title.casefold())
        if at is None or (card.paper and self.entries[at].facts.arxiv_id):
            return None
        return at

    def finished(self) -> tuple[Entry, ...]:
        """All entries. Where the page shows comments, a whole card without any has none."""
        if all(entry.facts.comments is None for entry in self.entries):
            return tuple(self.entries)
        return tuple(
            replace(entry, facts=replace(entry.facts, comments=0))
            if complete and entry.facts.comments is None
            else entry
            for entry, complete in zip(self.entries, self._complete, strict=True)
        )


def _doubt(card: Card) -> Finding:
    what = f"a heading with nothing below it that papers have: “{pairs.beginning(card.title)}”"
    return Finding(what=what, severity=Severity.LOST, line=card.line)


def _without_records(assembler: Assembler, doubtful: Sequence[Card], name: str) -> Page:
    label = assembler.day_label
    if assembler.only_submitted >= FEW:
        return titles_lost(assembler.only_submitted, line=assembler.findings[0].line, label=label)
    if doubtful:
        found = f"such as the heading “{pairs.beginning(doubtful[0].title)}”"
        return _refused(found, doubtful[0].line, label)
    if assembler.findings:
        return _refused(assembler.findings[0].what, assembler.findings[0].line, label)
    if assembler.stray:
        found = f"such as “{pairs.beginning(assembler.stray.text)}”"
        return _refused(found, assembler.stray.line, label)
    empty = Finding(what="a page header and no papers", severity=Severity.NOTE)
    return Page(format=name, day_label=label, findings=(empty,))


def _refused(found: str, line: int | None, label: str | None) -> Page:
    what = f"a rendering of a listing page in which no paper can be made out, {found}"
    fatal = Finding(what=what, severity=Severity.FATAL, line=line)
    return Page(format=UNKNOWN, day_label=label, findings=(fatal,))


def titles_lost(count: int, *, line: int | None, label: str | None) -> Page:
    """The refusal of a page of which only the names of those are left who submitted papers."""
    fatal = Finding(what=_TITLES_LOST.format(count=count), severity=Severity.FATAL, line=line)
    return Page(format=UNKNOWN, day_label=label, findings=(fatal,))
