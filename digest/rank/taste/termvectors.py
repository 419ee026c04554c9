"""Papers as weighted words: stems and pairs of neighbouring stems.

A term's weight is (1 + ln count) · rarity, a count in the title doubled; the rarity is the archive's,
so that what many papers say weighs little. Each paper is divided by the length of its vector of stems.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from digest.model import Paper, Span
from digest.rank.words.tokens import Analyser, Tokens

Floats: TypeAlias = NDArray[np.float64]
Terms: TypeAlias = Mapping[str, float]
"""Stem, or two stems with a space between, and its weight."""

#: an occurrence in the title counts as this many in the abstract
_TITLE_COUNT = 2.0
#: a stem in more than this share of the papers says nothing about a taste
_COMMON = 0.35
#: nor does one in fewer papers than this, once the archive has so many: mostly names of one work
_LEAST_HOLDING, _ENOUGH_PAPERS = 3, 1_000
#: two neighbours are rarer than either: this part of both rarities, at most so much
_PAIR_PART, _PAIR_MOST = 0.52, 6.3


class Statistics(Protocol):
    """What is asked of the archive: a `Background` answers it."""

    @property
    def analyser(self) -> Analyser:
        """Who reads texts."""

    @property
    def papers(self) -> int:
        """How many papers it counts."""

    @property
    def frequencies(self) -> Mapping[str, int]:
        """Stem → papers that hold it."""

    @property
    def basis(self) -> object | None:
        """The latent subjects, where there are any."""

    def rarity(self, stem: str) -> float:
        """Inverse document frequency, above 0."""


@dataclass(frozen=True, slots=True, eq=False)
class TermVectors:
    """Vectors of some papers as one sparse matrix in coordinates: three arrays of equal length."""

    #: the papers: one row each
    titles: tuple[str, ...]
    #: term → column, counted from 0
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
            tuple(paper.title for paper in papers),
            columns,
            np.array(rows, np.int64),
            np.array(cols, np.int64),
            np.array(values, np.float64),
        )

    @property
    def papers(self) -> int:
        """How many papers there are."""
        return len(self.titles)

    def dot(self, weights: Terms) -> Floats:
        """Per paper the sum of `weights` times its own: float64 of shape (papers,)."""
        dense = np.zeros(len(self.columns))
        for term, weight in weights.items():
            column = self.columns.get(term)
            if column is not None:
                dense[column] = weight
        return np.bincount(self.rows, self.values * dense[self.cols], self.papers).astype(np.float64)

    def held(self, least: int) -> TermVectors:
        """The same papers with only those terms that at least so many of them hold."""
        kept = np.bincount(self.cols, minlength=len(self.columns)) >= least
        used = kept[self.cols]
        names = [name for name, keep in zip(self.columns, kept.tolist(), strict=True) if keep]
        return TermVectors(
            self.titles,
            {name: column for column, name in enumerate(names)},
            self.rows[used],
            (np.cumsum(kept) - 1)[self.cols[used]],
            self.values[used],
        )

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
        papers, holding = self._statistics.papers, self._statistics.frequencies.get(stem, 0)
        telling = papers < _ENOUGH_PAPERS or _LEAST_HOLDING <= holding <= _COMMON * papers
        rarity = self[stem] = self._statistics.rarity(stem) if telling else 0.0
        return rarity


def is_pair(term: str) -> bool:
    """Whether `term` is two stems."""
    return " " in term


def pairs(tokens: Tokens) -> Iterator[tuple[int, str, str]]:
    """Stems that stand next to each other with no break between, and the index of the first."""
    stems, positions = tokens.stems, tokens.positions
    for at in range(len(stems) - 1):
        if positions[at + 1] == positions[at] + 1:
            yield at, stems[at], stems[at + 1]


def term_spans(term: str, tokens: Tokens) -> tuple[Span, ...]:
    """Where a stem or a pair of stems stands in the text, ascending."""
    spans = tokens.spans
    if not is_pair(term):
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
    length = math.sqrt(math.fsum(value * value for term, value in terms.items() if not is_pair(term)))
    return {term: value / length for term, value in terms.items()}


def _pair_rarity(first: float, second: float) -> float:
    """Rarity of a pair by those of its halves: the archive counts no pairs."""
    return min(_PAIR_PART * (first + second), _PAIR_MOST) if first and second else 0.0
