"""The search for latent subjects finds what scikit-learn's does."""

import numpy as np
import pytest

from digest.rank.archive.latent import DIMENSIONS, _directions, _Table


def table(papers, words, per_paper=12):
    chance = np.random.default_rng(7)
    # some words are said much more often than others, and papers of one subject have many in common
    often = 1 / np.arange(1, words + 1)
    rows = [
        np.sort(chance.choice(words, per_paper, replace=False, p=np.roll(often, n % 9 * 20) / often.sum()))
        for n in range(papers)
    ]
    starts = [per_paper * n for n in range(papers + 1)]
    values = chance.uniform(0.1, 1, papers * per_paper).astype(np.float32)
    return _Table(words, starts, np.concatenate(rows).astype(np.int32), values)


@pytest.mark.parametrize("shape", [(300, 500), (500, 300)])
def test_products_are_those_of_the_whole_table(shape):
    sparse = table(*shape)
    whole = np.zeros(shape, np.float32)
    for paper, columns, values in sparse._rows():
        whole[paper, columns] = values
    others = np.random.default_rng(8).normal(size=(max(shape), 5)).astype(np.float32)
    papers, words = shape
    assert sparse.times(others[:words]) == pytest.approx(whole @ others[:words], abs=1e-5)
    assert sparse.turned_times(others[:papers]) == pytest.approx(whole.T @ others[:papers], abs=1e-5)


def test_a_paper_without_known_words_is_nothing():
    empty = _Table(2, [0, 0, 1], np.array([1], np.int32), np.array([3], np.float32))
    assert empty.times(np.eye(2, dtype=np.float32)).tolist() == [[0, 0], [0, 3]]


@pytest.mark.parametrize("shape", [(300, 500), (500, 300)])
def test_the_directions_are_scikit_learns(shape):
    pytest.importorskip("sklearn")
    from scipy.sparse import csr_array
    from sklearn.utils.extmath import randomized_svd

    sparse = table(*shape)
    matrix = csr_array((sparse.values, sparse.columns, sparse.starts), shape)
    _, strengths, theirs = randomized_svd(matrix, DIMENSIONS, n_iter=3, random_state=0)
    ours = _directions(sparse)
    assert ours.shape == (shape[1], DIMENSIONS)
    assert ours.T @ ours == pytest.approx(np.eye(DIMENSIONS), abs=1e-4)
    # no less of the papers lies in them; one by one the strongest are the same, but for their side
    assert np.linalg.norm(matrix @ ours) >= np.linalg.norm(strengths) * (1 - 1e-4)
    strongest = np.abs((ours.T * theirs).sum(axis=1))[:8]
    assert strongest == pytest.approx(np.ones(8), abs=1e-2)
