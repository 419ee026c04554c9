"""Papers as weighted words: sublinear TF-IDF over stems, each paper of length 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from digest.rank.archive.background import Background
from digest.rank.archive.blocks import Ints
from digest.rank.archive.index import TITLE_COUNT, Floats, WordIndex


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Sparse rows, one a paper; `stems` are numbers of the index."""

    starts: Ints
    stems: Ints
    values: Floats

    def row(self, paper: int) -> tuple[Ints, Floats]:
        """Stems and values of one paper."""
        span = slice(self.starts[paper], self.starts[paper + 1])
        return self.stems[span], self.values[span]


def vectors(index: WordIndex, background: Background) -> Vectors:
    """Each paper's words by (1 + ln count) · rarity, those of the title counted twice."""
    rarity = background.rarities(index.stems)
    filled = np.flatnonzero(index.stem)
    text = index.text[filled].astype(np.int64)
    keys, which = np.unique((text // 2) * len(index.stems) + index.stem[filled], return_inverse=True)
    counts = np.bincount(which, np.where(text % 2 == 0, TITLE_COUNT, 1.0), len(keys))
    papers, stems = np.divmod(keys, max(len(index.stems), 1))
    values = (1 + np.log(np.maximum(counts, 1.0))) * rarity[stems]
    norms = np.sqrt(np.bincount(papers, values**2, index.papers))
    values /= np.maximum(norms[papers], 1e-9)
    starts = np.searchsorted(papers, np.arange(index.papers + 1))
    return Vectors(starts.astype(np.int32), stems.astype(np.int32), values.astype(np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The same by stem: which papers hold it, and how much it weighs in each."""

    papers: int
    starts: Ints
    rows: Ints
    values: Floats

    @classmethod
    def of(cls, vectors: Vectors, stems: int) -> Columns:
        """`vectors` turned round; `stems` is how many stems the index has."""
        order = np.argsort(vectors.stems, kind="stable")
        papers = len(vectors.starts) - 1
        rows = np.repeat(np.arange(papers, dtype=np.int32), np.diff(vectors.starts))
        starts = np.searchsorted(vectors.stems[order], np.arange(stems + 1))
        return cls(papers, starts.astype(np.int32), rows[order], vectors.values[order])

    def column(self, stem: int) -> tuple[Ints, Floats]:
        """Papers, ascending, and values of one stem."""
        span = slice(self.starts[stem], self.starts[stem + 1])
        return self.rows[span], self.values[span]

    def dot(self, stems: Ints, weights: Floats) -> Floats:
        """The sum of each paper's values of `stems` times their `weights`: papers."""
        first, lengths = self.starts[stems], self.starts[stems + 1] - self.starts[stems]
        # the places of all these columns in one list, for one call instead of one for each stem
        offsets = np.repeat(first - np.cumsum(lengths) + lengths, lengths)
        at = offsets + np.arange(len(offsets))
        products = self.values[at] * np.repeat(weights, lengths)
        return np.bincount(self.rows[at], products, self.papers).astype(np.float32)
