"""Latent subjects of the archive: which words go together, as a basis of few dimensions (LSA).

The basis needs the extra `learn` (scipy) to be made, and numpy alone to be used. The search is scikit-learn's
`randomized_svd` in a few lines: loading scikit-learn takes as much memory as all the rest of a run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from digest.rank.archive.background import Background
from digest.rank.archive.basis import Basis
from digest.rank.archive.blocks import TokenBlock
from digest.rank.archive.index import WordIndex
from digest.rank.archive.vectors import vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_Floats: TypeAlias = npt.NDArray[np.float32]

#: dimensions of the basis
DIMENSIONS = 128
#: directions more than that are looked for, and how many times the search is narrowed
_SPARE, _ROUNDS = 10, 3
#: words in fewer papers, or in a larger share of them, say nothing about subjects
_FEWEST, _LARGEST_SHARE, _MOST_WORDS = 4, 0.3, 30_000


def make_basis(blocks: Iterable[TokenBlock], background: Background) -> Basis | None:
    """The basis of the papers in `blocks`; `None` where there are too few of them, or without the extra."""
    try:
        from scipy.sparse import csr_array  # noqa: PLC0415 - an extra, and heavy
    except ImportError:
        return None

    most = background.papers * _LARGEST_SHARE
    frequent = [(-n, s) for s, n in background.frequencies.items() if _FEWEST <= n <= most]
    words = [stem for _, stem in sorted(frequent)[:_MOST_WORDS]]
    rows = {stem: row for row, stem in enumerate(words)}
    indptr, indices, data = [0], [], []
    for block in blocks:
        index = WordIndex(block, background)
        found = vectors(index, background)
        row_of = np.array([rows.get(stem, -1) for stem in index.stems], np.int32)
        columns = row_of[found.stems]
        known = columns >= 0
        ends = np.concatenate(([0], np.cumsum(known)))[found.starts[1:]]
        indptr += list(indptr[-1] + ends)
        indices.append(columns[known])
        data.append(found.values[known])
    if len(indptr) <= DIMENSIONS or len(words) <= DIMENSIONS:
        return None
    matrix = csr_array((np.concatenate(data), np.concatenate(indices), indptr), (len(indptr) - 1, len(words)))
    directions = _directions(matrix)
    papers = matrix @ directions
    return Basis.of(words, directions, papers / np.maximum(np.linalg.norm(papers, axis=1), 1e-9)[:, None])


def _directions(matrix: csr_array) -> _Floats:
    """The leading right singular vectors of `matrix` (papers x words): words x `DIMENSIONS`.

    Found by chance and narrowed (Halko, Martinsson and Tropp, 2011, algorithms 4.4 and 5.1), the same every
    time; of each, the greatest component is positive.
    """
    wide = matrix.shape[0] < matrix.shape[1]
    # the smaller side is the one to look from
    here, there = (matrix.T, matrix) if wide else (matrix, matrix.T)
    chance = np.random.RandomState(0).normal(size=(here.shape[1], DIMENSIONS + _SPARE))
    found = chance.astype(np.float32)
    for _ in range(_ROUNDS):
        found = np.linalg.qr(here @ found)[0]
        found = np.linalg.qr(there @ found)[0]
    found = np.linalg.qr(here @ found)[0]
    # the transposed product, which is the sparse matrix times a table
    left, _, right = np.linalg.svd((there @ found).T, full_matrices=False)
    directions = (found @ left if wide else right.T)[:, :DIMENSIONS]
    greatest = np.abs(directions).argmax(axis=0)
    return np.asarray(directions * np.sign(directions[greatest, np.arange(DIMENSIONS)]), np.float32)
