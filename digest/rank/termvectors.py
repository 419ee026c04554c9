"""Papers as weighted words: stems and pairs of neighbouring stems, each paper a vector of length 1.

A term's weight is (1 + ln count) · rarity, a count in the title doubled; the rarity is the archive's,
so that what every paper says weighs little, and terms of more than a fifth of all papers nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from digest.model import Paper, Span
from digest.rank.tokens import Analyser, Tokens

Floats: TypeAlias = NDArray[np.float64]
Terms: TypeAlias = Mapping[str, float]
"""Stem, or two stems with a space between, and its weight."""

#: an occurrence in the title counts as this many in the abstract
_TITLE_COUNT = 2.0
#: a stem of more than this share of the papers says nothing about a taste
_COMMON = 0.2
#: two neighbours are rarer than either; this much of both rarities, at most so much
_PAIR_SHARE, _PAIR_MOST = 0.75, 9.0
#: longer words are noise
_LONGEST_WORD = 40


class Statistics(Protocol):
    """What is asked of the archive: a `Background` answers it."""

    @property
    def analyser(self) -> Analyser:
        """Who reads texts."""

    def rarity(self, stem: str) -> float:
        """Inverse document frequency, above 0."""

    def share(self, stem: str) -> float:
        """Which part of papers holds `stem`, in (0, 1)."""


@dataclass(frozen=True, slots=True, eq=False)
class TermVectors:
    """Vectors of some papers as one sparse matrix in coordinates: three arrays of equal length."""

    #: how many papers there are: the rows
    papers: int
    #: term → column
    columns: Mapping[str, int]
    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    values: Floats

    @classmethod
    def read(cls, papers: Sequence[Paper], statistics: Statistics) -> TermVectors:
        """The vectors of `papers`, row by row; a paper without any telling word is a row of zeros."""
        columns: dict[str, int] = {}
        rows: list[int] = []
        cols: list[int] = []
        values: list[float] = []
        rarities = _Rarities(statistics)
        for row, paper in enumerate(papers):
            terms = _terms(paper, statistics.analyser, rarities)
            rows += [row] * len(terms)
            cols += [columns.setdefault(term, len(columns)) for term in terms]
            values += terms.values()
        return cls(
            len(papers),
            columns,
            np.array(rows, np.int64),
            np.array(cols, np.int64),
            np.array(values, np.float64),
        )

    def dot(self, weights: Terms) -> Floats:
        """Per paper the sum of `weights` times its own: float64 of shape (papers,)."""
        dense = np.zeros(len(self.columns))
        for term, weight in weights.items():
            column = self.columns.get(term)
            if column is not None:
                dense[column] = weight
        return np.bincount(self.rows, self.values * dense[self.cols], self.papers)

    def mean(self, shares: Floats) -> dict[str, float]:
        """The sum of all vectors, each times its entry in `shares` of shape (papers,)."""
        sums = np.bincount(self.cols, self.values * shares[self.rows], len(self.columns))
        return dict(zip(self.columns, sums.tolist(), strict=True))

    def terms(self, row: int) -> dict[str, float]:
        """The vector of one paper."""
        names = list(self.columns)
        own = self.rows == row
        return {names[c]: v for c, v in zip(self.cols[own].tolist(), self.values[own].tolist(), strict=True)}


class _Rarities(dict[str, float]):
    """Rarity by stem, 0 for one that says nothing; asked of the archive once."""

    def __init__(self, statistics: Statistics) -> None:
        super().__init__()
        self._statistics = statistics

    def __missing__(self, stem: str) -> float:
        telling = len(stem) <= _LONGEST_WORD and self._statistics.share(stem) <= _COMMON
        rarity = self[stem] = self._statistics.rarity(stem) if telling else 0.0
        return rarity


def pairs(tokens: Tokens) -> Iterator[tuple[int, str, str]]:
    """Stems that stand next to each other with no break between, and the index of the first."""
    stems, positions = tokens.stems, tokens.positions
    for at in range(len(stems) - 1):
        if positions[at + 1] == positions[at] + 1:
            yield at, stems[at], stems[at + 1]


def term_spans(term: str, tokens: Tokens) -> tuple[Span, ...]:
    """Where a stem or a pair of stems stands in the text, ascending."""
    spans = tokens.spans
    if " " not in term:
        return tuple(spans[at] for at, stem in enumerate(tokens.stems) if stem == term)
    return tuple(
        (spans[at][0], spans[at + 1][1]) for at, first, second in pairs(tokens) if f"{first} {second}" == term
    )


def _terms(paper: Paper, analyser: Analyser, rarities: Mapping[str, float]) -> dict[str, float]:
    counts: dict[str, float] = {}
    weights: dict[str, float] = {}
    for text, each in ((paper.title, _TITLE_COUNT), (paper.body, 1.0)):
        tokens = analyser.read(text)
        for stem in tokens.stems:
            counts[stem] = counts.get(stem, 0.0) + each
            weights[stem] = rarities[stem]
        for _, first, second in pairs(tokens):
            pair = f"{first} {second}"
            counts[pair] = counts.get(pair, 0.0) + each
            weights[pair] = _pair_rarity(rarities[first], rarities[second])
    terms = {term: (1 + math.log(counts[term])) * w for term, w in weights.items() if w > 0}
    length = math.sqrt(math.fsum(value * value for value in terms.values()))
    return {term: value / length for term, value in terms.items()}


def _pair_rarity(first: float, second: float) -> float:
    """Rarity of a pair by those of its halves: the archive counts no pairs."""
    return min(_PAIR_SHARE * (first + second), _PAIR_MOST) if first and second else 0.0
