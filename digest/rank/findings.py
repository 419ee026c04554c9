"""What each interest finds in each paper: strengths put together from all channels, and points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from digest.rank.archive.background import Background
from digest.rank.archive.blocks import Ints, TokenBlock
from digest.rank.archive.index import Floats, WordIndex
from digest.rank.archive.related import NOTHING
from digest.rank.archive.vectors import Columns, Vectors, vectors
from digest.rank.asked import Asked
from digest.rank.interests import Wording, wordings
from digest.rank.lexical import strengths
from digest.rank.points import ladder
from digest.rank.teaching.expansion import nearness
from digest.rank.weights import Weights

#: columns of `Finding.parts`
TITLE, ABSTRACT, RELATED = range(3)
#: related words and subjects together close at most this part of the gap, so that saying more of an
#: interest always counts more than being near it
_MOST_LIFT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What one interest finds in all papers."""

    #: 0 to 100 each, before any weight
    points: Floats
    #: papers x (title, abstract, related): what each brought to the strength, in any unit
    parts: Floats
    wordings: tuple[Wording, ...] = ()
    #: which of `wordings` is the strongest in each paper
    best: Ints | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Nearness:
    """How near all papers are to one interest by what the archive taught about it."""

    #: papers: how much of the related words each holds
    words: Floats
    #: papers: cosine with the interest in the latent subjects, none below 0
    subject: Floats
    #: what the two count for
    weights: tuple[float, float]
    #: how far what was taught is trusted: 0 to 1
    sureness: float
    #: what is usual for a paper at the line: so much later is each step of the ladder
    usual: float

    @property
    def lift(self) -> Floats:
        """Which part of the gap above its strength each paper closes: papers."""
        words, subject = self.weights
        return np.minimum((words * self.words + subject * self.subject) * self.sureness, _MOST_LIFT)


class PaperArrays:
    """Some papers before one background, read once for however many interests."""

    def __init__(self, block: TokenBlock, background: Background, weights: Weights) -> None:
        self.index = WordIndex(block, background)
        self._background = background
        self._weights = weights

    @cached_property
    def vectors(self) -> Vectors:
        """The papers as weighted words."""
        return vectors(self.index, self._background)

    @cached_property
    def columns(self) -> Columns:
        """The same by stem."""
        return Columns.of(self.vectors, len(self.index.stems))

    @cached_property
    def latent(self) -> Floats | None:
        """The papers as directions in the latent subjects."""
        basis = self._background.basis
        return basis.project(self.index, self.vectors) if basis else None

    def find(self, asked: Asked) -> Finding:
        """What an interest in words finds."""
        ways = wordings(asked, self._background)
        parts = np.zeros((3, self.index.papers), np.float32)
        stated, best = np.zeros(self.index.papers, np.float32), np.zeros(self.index.papers, np.int32)
        for number, wording in enumerate(ways):
            found = strengths(self.index, wording, asked.field, self._weights).T
            whole = found[TITLE] + found[ABSTRACT]
            better = whole > stated
            parts[:2, better] = found[:, better]
            stated[better], best[better] = whole[better], number
        near = self.nearness(asked)
        parts[RELATED] = near.lift * np.maximum(1 - stated, 0)
        return Finding(ladder(stated + parts[RELATED], near.usual), parts.T, ways, best)

    def nearness(self, asked: Asked) -> Nearness:
        """How near the papers are to an interest by related words and subjects."""
        weights = self._weights
        expansion = self._background.expansions.get(asked, NOTHING)
        nowhere = np.zeros(self.index.papers, np.float32)
        if not expansion.terms:
            return Nearness(nowhere, nowhere, (0.0, 0.0), 0.0, 0.0)
        words = nearness(self.index, self.columns, expansion)
        if self.latent is None or expansion.latent is None:
            subject, counting, usual = nowhere, (weights.related_alone, 0.0), weights.usual_lift_alone
        else:
            subject = np.maximum(self.latent @ expansion.latent, 0)
            counting, usual = (weights.related, weights.latent), weights.usual_lift
        return Nearness(words, subject, counting, expansion.sureness, usual * expansion.sureness)
