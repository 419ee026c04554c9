"""Latent subjects of the archive: which words go together, as a basis of few dimensions (LSA).

The basis needs the extra `learn` (scipy and scikit-learn) to be made, and numpy alone to be used.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from digest.rank.archive.background import Background
from digest.rank.archive.basis import Basis
from digest.rank.archive.blocks import TokenBlock
from digest.rank.archive.index import WordIndex
from digest.rank.archive.vectors import vectors

#: dimensions of the basis
DIMENSIONS = 128
#: words in fewer papers, or in a larger share of them, say nothing about subjects
_FEWEST, _LARGEST_SHARE, _MOST_WORDS = 4, 0.3, 30_000


def make_basis(blocks: Iterable[TokenBlock], background: Background) -> Basis | None:
    """The basis of the papers in `blocks`; `None` where there are too few of them, or without the extra."""
    try:
        from scipy.sparse import csr_array  # noqa: PLC0415 - an extra, and heavy
        from sklearn.utils.extmath import randomized_svd  # noqa: PLC0415 - likewise
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
    _, _, directions = randomized_svd(matrix, DIMENSIONS, n_iter=3, random_state=0)
    papers = matrix @ directions.T
    return Basis.of(words, directions.T, papers / np.maximum(np.linalg.norm(papers, axis=1), 1e-9)[:, None])
