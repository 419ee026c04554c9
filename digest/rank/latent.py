"""Latent subjects of the archive: which words go together, as a basis of few dimensions (LSA).

The basis needs the extra `learn` (scipy and scikit-learn) to be made, and numpy alone to be used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from digest.rank.background import Background
from digest.rank.blocks import TokenBlock
from digest.rank.index import Floats, WordIndex
from digest.rank.vectors import Vectors, vectors

#: dimensions of the basis
DIMENSIONS = 128
#: words in fewer papers, or in a larger share of them, say nothing about subjects
_FEWEST, _LARGEST_SHARE, _MOST_WORDS = 4, 0.3, 30_000


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Directions of words: stem → row of `directions` (words x dimensions)."""

    rows: dict[str, int]
    directions: Floats

    def project(self, index: WordIndex, vectors: Vectors) -> Floats:
        """Each paper as a direction of length 1: papers x dimensions."""
        row_of = np.array([self.rows.get(stem, -1) for stem in index.stems], np.int32)
        latent = np.zeros((index.papers, self.directions.shape[1]), np.float32)
        for paper in range(index.papers):
            stems, values = vectors.row(paper)
            rows = row_of[stems]
            known = rows >= 0
            latent[paper] = values[known] @ self.directions[rows[known]]
        latent /= np.maximum(np.linalg.norm(latent, axis=1, keepdims=True), 1e-9)
        return latent


def make_basis(blocks: Iterable[TokenBlock], background: Background) -> Basis | None:
    """The basis of the papers in `blocks`; `None` where there are too few of them."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - of the extra `learn`
    from sklearn.utils.extmath import randomized_svd  # noqa: PLC0415 - likewise

    most = background.papers * _LARGEST_SHARE
    words = [s for s, n in background.frequencies.items() if _FEWEST <= n <= most]
    words = sorted(words, key=lambda s: (-background.frequencies[s], s))[:_MOST_WORDS]
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
    _, _, directions = randomized_svd(matrix, DIMENSIONS, n_iter=3, random_state=0)
    return Basis(rows, np.ascontiguousarray(directions.T, dtype=np.float32))
