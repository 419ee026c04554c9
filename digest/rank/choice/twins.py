"""Which papers say nearly the same: for a selection that shows a reader one of them first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digest.model import Paper
from digest.rank.archive.background import Background
from digest.rank.archive.blocks import Ints, TokenBlock
from digest.rank.archive.index import Floats, WordIndex
from digest.rank.archive.vectors import vectors
from digest.rank.findings import PaperArrays

#: papers from this cosine of their weighted words on are twins
ALIKE = 0.6
#: length of the words of a paper that are left out at first
_LIGHT = 0.4


class Twins:
    """The twins among some papers, worked out once however many readers ask; numbers are their indexes."""

    def __init__(self, arrays: PaperArrays, background: Background) -> None:
        self._arrays = arrays
        self._background = background
        self._of_papers: dict[int, frozenset[int]] = {}
        # by identity, for comparing papers whole is slow; kept, so that no other takes their place
        self._of_others: dict[int, tuple[Paper, frozenset[int]]] = {}

    def of(self, number: int) -> frozenset[int]:
        """Numbers of the papers that are twins of paper `number`, itself among them if it has any words."""
        if number not in self._of_papers:
            stems, values = self._arrays.vectors.row(number)
            self._of_papers[number] = self._alike(stems, values)
        return self._of_papers[number]

    def of_others(self, others: Sequence[Paper]) -> frozenset[int]:
        """Numbers of the papers that are twins of any of `others`, which may be papers from elsewhere."""
        new = [paper for paper in others if id(paper) not in self._of_others]
        if new:
            self._meet(new)
        return frozenset[int]().union(*(self._of_others[id(paper)][1] for paper in others))

    def _meet(self, others: Sequence[Paper]) -> None:
        """Remember the twins of each of `others`."""
        index = WordIndex(TokenBlock.of_papers(others, self._background.analyser), self._background)
        rows = vectors(index, self._background)
        here = np.array([self._arrays.index.stem_number(stem) or -1 for stem in index.stems], np.int32)
        for row, paper in enumerate(others):
            stems, values = rows.row(row)
            known = here[stems] >= 0
            self._of_others[id(paper)] = (paper, self._alike(here[stems][known], values[known]))

    def _alike(self, stems: Ints, values: Floats) -> frozenset[int]:
        """Numbers of the papers that are like one of these words, whose vector has length 1 at most.

        Its heaviest words alone leave few papers in question: the lighter ones cannot bring two together
        by more than their own length.
        """
        heaviest = np.argsort(-values, kind="stable")
        lengths = np.sqrt(np.cumsum(values[heaviest[::-1]].astype(np.float64) ** 2))[::-1]
        heavy = heaviest[lengths > _LIGHT]
        near = np.zeros(self._arrays.index.papers)
        for stem, value in zip(stems[heavy].tolist(), values[heavy].tolist(), strict=True):
            papers, others = self._arrays.columns.column(stem)
            near[papers] += value * others
        whole = np.zeros(len(self._arrays.index.stems))
        whole[stems] = values
        return frozenset(
            n for n in np.flatnonzero(near >= ALIKE - _LIGHT).tolist() if self._cosine(n, whole) >= ALIKE
        )

    def _cosine(self, number: int, whole: npt.NDArray[np.float64]) -> float:
        stems, values = self._arrays.vectors.row(number)
        # so many digits as do not depend on the order of the words
        return round(float(whole[stems] @ values), 6)
