"""Matches: how much a paper is for a reader, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from digest.model.papers import KnownPaper
from digest.model.readers import Field, Interest

Span: TypeAlias = tuple[int, int]
"""Start and end of matched characters in the text of a field, end exclusive."""


class EvidenceKind(StrEnum):
    """How a reason is known."""

    #: words of the interest stand in the paper
    WORDS = "words"
    #: the archive taught that the paper's words, or its subject, belong to the interest; field `ANYWHERE`,
    #: no spans, and no words where it is nearness in subject alone
    RELATED = "related"
    #: the paper is like those the reader liked, or with negative points like those they disliked; no
    #: interest, field `ANYWHERE`, no spans, and as words those that say so most
    LEARNED = "learned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason for a score. The points of all reasons of a match add up to its score."""

    #: `None` for what was learned from likes, and only there
    interest: Interest | None
    field: Field
    #: the matched, related or liked words as they stand in the paper
    words: tuple[str, ...]
    #: what this reason contributes, on the scale of the score
    points: float
    #: where the words stand in that field's text (for authors: in the names joined by `, `)
    spans: tuple[Span, ...] = ()
    kind: EvidenceKind = EvidenceKind.WORDS

    def __post_init__(self) -> None:
        if (self.interest is None) is not (self.kind is EvidenceKind.LEARNED):
            raise ValueError(f"evidence: a reason of the kind {self.kind} with interest {self.interest}")


# weakly referred to: what is made of one for several readers is kept for as long as it lives
@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True)
class Match:
    """A paper with its score for one reader, 0 to 100, and the reasons."""

    paper: KnownPaper
    score: float
    evidence: tuple[Evidence, ...] = ()

    @property
    def interest(self) -> Interest | None:
        """The interest that carries most of the score; `None` where likes carry more, or nothing any."""
        best: dict[Interest | None, float] = {}
        for reason in self.evidence:
            best[reason.interest] = best.get(reason.interest, 0.0) + reason.points
        return max(best, key=lambda i: (best[i], i.text if i else ""), default=None)

    @property
    def by_likes(self) -> bool:
        """Whether likes carry more of the score than any interest."""
        return self.interest is None and bool(self.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What one issue takes of a reader's matches."""

    #: above the line and within the limit, best first
    picks: tuple[Match, ...]
    #: above the line, left out by the limit, best first; their reasons may be left out too
    cut: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarPaper:
    """A paper that is like another one, and by which words."""

    paper: KnownPaper
    #: 0, nothing in common, to 1, the same words equally often
    similarity: float
    #: words that both hold, as they stand in this one; those that say most first
    words: tuple[str, ...]
