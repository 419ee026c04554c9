"""What each interest finds in each paper, worked out once however many readers ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from digest.model import Evidence, Field, Interest, KnownPaper, Span
from digest.rank.background import Background
from digest.rank.index import IndexedPaper, IndexedText, PaperIndex
from digest.rank.interests import Wording, wordings
from digest.rank.marks import marks, surfaces
from digest.rank.names import NameHit, find_authors, find_organization
from digest.rank.points import points
from digest.rank.strength import Parts, phrases, strength

Asked: TypeAlias = tuple[str, Field]
"""What an interest asks for, whatever its weight: text and field."""


def asked(interest: Interest) -> Asked:
    """The part of `interest` that decides what it finds."""
    return interest.text, interest.field


@dataclass(frozen=True, slots=True)
class Finding:
    """What one interest finds in one paper."""

    #: 0 to 100, before any weight
    points: float
    #: what each field contributes, in any unit
    parts: Parts
    wording: Wording | None = None
    name: NameHit | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One field's part of a finding, with the words to show. The shares of a finding add up to 1."""

    field: Field
    share: float
    words: tuple[str, ...]
    spans: tuple[Span, ...]


class Scorer:
    """Findings for one set of papers before one background; numbers are indexes of `papers`."""

    def __init__(self, papers: Sequence[KnownPaper], background: Background) -> None:
        self.papers = papers
        self._background = background
        self._analyser = background.analyser
        self._index = PaperIndex(papers, background, self._analyser)
        self._findings: dict[Asked, dict[int, Finding]] = {}
        self._reasons: dict[tuple[Asked, int], tuple[Reason, ...]] = {}
        self._mutes: dict[Interest, dict[int, Evidence]] = {}

    def findings(self, interest: Interest) -> dict[int, Finding]:
        """Papers in which `interest` finds anything, by number, ascending."""
        key = asked(interest)
        if key not in self._findings:
            self._findings[key] = self._by_name(key) if _names(interest) else self._by_words(key)
        return self._findings[key]

    def reasons(self, interest: Interest, number: int) -> tuple[Reason, ...]:
        """Why `interest` found paper `number`: one reason a field; the paper must be in `findings`."""
        key = asked(interest), number
        if key not in self._reasons:
            self._reasons[key] = self._explain(self.findings(interest)[number], number)
        return self._reasons[key]

    def mutes(self, interest: Interest) -> dict[int, Evidence]:
        """Papers that hold the whole phrase of `interest`, by number, with the place; 0 points."""
        if interest not in self._mutes:
            self._mutes[interest] = (
                self._muted_by_name(interest) if _names(interest) else self._muted(interest)
            )
        return self._mutes[interest]

    def _by_words(self, key: Asked) -> dict[int, Finding]:
        best: dict[int, Finding] = {}
        text, field = key
        for wording in wordings(text, self._background, self._analyser):
            for number in self._index.holding(wording.stems):
                parts = strength(wording, self._index.paper(number), field)
                own = points(sum(parts.values()))
                if own > 0 and (number not in best or own > best[number].points):
                    best[number] = Finding(own, parts, wording)
        return dict(sorted(best.items()))

    def _by_name(self, key: Asked) -> dict[int, Finding]:
        found = {}
        for number in range(len(self.papers)):
            hit = self._name(key, number)
            if hit:
                found[number] = Finding(hit.points, {hit.field: 1.0}, name=hit)
        return found

    def _name(self, key: Asked, number: int) -> NameHit | None:
        text, field = key
        paper = self.papers[number].paper
        if field is Field.AUTHOR:
            return find_authors(text, paper)
        return find_organization(text, paper, self._analyser)

    def _explain(self, finding: Finding, number: int) -> tuple[Reason, ...]:
        paper = self._index.paper(number)
        whole = sum(finding.parts.values())
        reasons = []
        for field, part in finding.parts.items():
            spans = finding.name.spans if finding.name else _marks(paper, field, finding.wording)
            words = surfaces(field_text(paper.known, field), spans)
            reasons.append(Reason(field, part / whole, words, spans))
        return tuple(reasons)

    def _muted(self, interest: Interest) -> dict[int, Evidence]:
        found: dict[int, Evidence] = {}
        for wording in wordings(interest.text, self._background, self._analyser):
            for number in self._index.holding(wording.stems[:1]):
                for text in self._index.paper(number).texts(interest.field):
                    spans = _whole(text, wording)
                    if spans and number not in found:
                        found[number] = self._evidence(interest, text.field, spans, number)
        return found

    def _muted_by_name(self, interest: Interest) -> dict[int, Evidence]:
        return {
            number: self._evidence(interest, finding.name.field, finding.name.spans, number)
            for number, finding in self.findings(interest).items()
            if finding.name
        }

    def _evidence(self, interest: Interest, field: Field, spans: tuple[Span, ...], number: int) -> Evidence:
        words = surfaces(field_text(self.papers[number], field), spans)
        return Evidence(interest=interest, field=field, words=words, points=0.0, spans=spans)


def field_text(known: KnownPaper, field: Field) -> str:
    """The text of which the spans of `field` count the characters."""
    paper = known.paper
    if field is Field.TITLE:
        return paper.title
    if field is Field.ABSTRACT:
        return paper.body
    return ", ".join(paper.authors) if field is Field.AUTHOR else paper.organization or ""


def _names(interest: Interest) -> bool:
    return interest.field in (Field.AUTHOR, Field.ORGANIZATION)


def _marks(paper: IndexedPaper, field: Field, wording: Wording | None) -> tuple[Span, ...]:
    return marks(paper.texts(field)[0], wording) if wording else ()


def _whole(text: IndexedText, wording: Wording) -> tuple[Span, ...]:
    spans, last = text.tokens.spans, len(wording.stems) - 1
    return tuple((spans[at][0], spans[at + last][1]) for at in phrases(text, wording.stems))
