"""Latent subjects of the archive: which words go together, as a basis of few dimensions (LSA).

The search is scikit-learn's `randomized_svd` by numpy alone: loading scikit-learn and scipy takes as much
memory as all the rest of a run, and a new basis is wanted whenever the archive has grown by a quarter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from digest.rank.archive.background import Background
from digest.rank.archive.basis import Basis
from digest.rank.archive.blocks import Ints, TokenBlock
from digest.rank.archive.index import WordIndex
from digest.rank.archive.vectors import vectors

_Floats: TypeAlias = npt.NDArray[np.float32]

#: dimensions of the basis
DIMENSIONS = 128
#: directions more than that are looked for, and how many times the search is narrowed
_SPARE, _ROUNDS = 10, 3
#: words in fewer papers, or in a larger share of them, say nothing about subjects
_FEWEST, _LARGEST_SHARE, _MOST_WORDS = 4, 0.3, 30_000


def make_basis(blocks: Iterable[TokenBlock], background: Background) -> Basis | None:
    """The basis of the papers in `blocks`; `None` where there are too few of them."""
    most = background.papers * _LARGEST_SHARE
    frequent = [(-n, s) for s, n in background.frequencies.items() if _FEWEST <= n <= most]
    words = [stem for _, stem in sorted(frequent)[:_MOST_WORDS]]
    table = _Table.of(blocks, words, background)
    if table.papers < DIMENSIONS or len(words) <= DIMENSIONS:
        return None
    directions = _directions(table)
    papers = table.times(directions)
    return Basis.of(words, directions, papers / np.maximum(np.linalg.norm(papers, axis=1), 1e-9)[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Papers x words, of which most are 0: each paper's words, and how much they weigh."""

    words: int
    #: where each paper begins in the two others, and where the last one ends
    starts: list[int]
    columns: Ints
    values: _Floats

    @classmethod
    def of(cls, blocks: Iterable[TokenBlock], words: list[str], background: Background) -> _Table:
        """The papers in `blocks` by these words."""
        rows = {stem: row for row, stem in enumerate(words)}
        starts, columns, values = [0], [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
        for block in blocks:
            index = WordIndex(block, background)
            found = vectors(index, background)
            row_of = np.array([rows.get(stem, -1) for stem in index.stems], np.int32)
            known = row_of[found.stems] >= 0
            ends = np.concatenate(([0], np.cumsum(known)))[found.starts[1:]]
            starts += (starts[-1] + ends).tolist()
            columns.append(row_of[found.stems[known]])
            values.append(found.values[known])
        return cls(len(words), starts, np.concatenate(columns), np.concatenate(values))

    @property
    def papers(self) -> int:
        """How many there are."""
        return len(self.starts) - 1

    def _rows(self) -> Iterator[tuple[int, Ints, _Floats]]:
        for paper in range(self.papers):
            span = slice(self.starts[paper], self.starts[paper + 1])
            yield paper, self.columns[span], self.values[span]

    def times(self, others: _Floats) -> _Floats:
        """The product with `others`, words x anything."""
        product = np.zeros((self.papers, others.shape[1]), np.float32)
        # from any other order `take` would make a copy of all of it for each paper
        others = np.ascontiguousarray(others)
        for paper, columns, values in self._rows():
            product[paper] = values @ others.take(columns, axis=0)
        return product

    def turned_times(self, others: _Floats) -> _Floats:
        """The product of words x papers with `others`, papers x anything."""
        product = np.zeros((self.words, others.shape[1]), np.float32)
        for paper, columns, values in self._rows():
            # a paper has each word once
            product[columns] += values[:, None] * others[paper]
        return product


def _directions(table: _Table) -> _Floats:
    """The leading right singular vectors of `table`: words x `DIMENSIONS`.

    Found by chance and narrowed (Halko, Martinsson and Tropp, 2011, algorithms 4.4 and 5.1), the same every
    time; of each, the greatest component is positive.
    """
    wide = table.papers < table.words
    # the smaller side is the one to look from
    there, back = (table.turned_times, table.times) if wide else (table.times, table.turned_times)
    begin = min(table.papers, table.words), DIMENSIONS + _SPARE
    found = np.random.RandomState(0).normal(size=begin).astype(np.float32)
    for _ in range(_ROUNDS):
        found = np.linalg.qr(there(found))[0]
        found = np.linalg.qr(back(found))[0]
    found = np.linalg.qr(there(found))[0]
    left, _, right = np.linalg.svd(back(found).T, full_matrices=False)
    directions = (found @ left if wide else right.T)[:, :DIMENSIONS]
    greatest = np.abs(directions).argmax(axis=0)
    return np.asarray(directions * np.sign(directions[greatest, np.arange(DIMENSIONS)]), np.float32)
