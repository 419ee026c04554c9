"""A hundred thousand readers and a thousand papers: combined and cut, against a bare sparse product.

Both are given the points of 3,000 interests, six of which each reader has. The product is SciPy's of
readers and points, a part of the readers at a time; it adds the points up and cuts nothing. Three kinds
of points: what the ranker finds for phrases of the example dumps' titles; 20 % above 0, from 1 to 100; and
2 % above 0, as strong as the ranker's. The last has no aim: the product has nearly nothing to do there,
and finding out the same for each reader is most of our work. Without SciPy nothing is measured.
"""

import random
import time
import tracemalloc

import numpy as np

from benchmarks import seeds, table
from digest import rank
from digest.model import Interest
from digest.rank.many.rows import Rows
from digest.rank.many.top import top_papers
from digest.rank.scorer import Scorer

INTERESTS, PAPERS, READERS, EACH = 3_000, 1_000, 100_000, 6
PHRASES = 1_000
LIMIT, THREADS, ROUNDS = 20, 2, 3
#: readers of the product at a time: 2e7 cells, so that it needs no gigabytes
PART = 20_000
WEIGHTS, SHARES = (1.0, 2.0, 0.5), (0.8, 0.1, 0.1)


def main():
    try:
        from scipy import sparse
    except ImportError:
        print("ranking_scale: nothing measured, SciPy is not installed")
        return
    chance = np.random.default_rng(516)
    readers = wanted(chance)
    found = found_by_the_ranker()
    measure("as the ranker finds", repeated(found), readers, sparse, aim=2)
    measure("evenly", scattered(chance, 0.20, np.arange(1, 101)), readers, sparse, aim=2)
    measure("few", scattered(chance, 0.02, found[found > 0]), readers, sparse)


def measure(name, points, readers, sparse, *, aim=None):
    shape = READERS, INTERESTS
    left = sparse.csr_array((readers.values.astype(np.float32), readers.columns, readers.starts), shape=shape)
    right = sparse.csr_array(points)
    own, theirs = [], []
    # by turns, so that a busy minute of the machine strikes both
    for _ in range(ROUNDS):
        own.append(timed(top_papers, points, readers, limit=LIMIT, threads=THREADS))
        theirs.append(timed(product, left, right))
    what, reference = (
        f"top {LIMIT} of {READERS:,} readers, {name}",
        f"bare product, {np.mean(points > 0):.0%} above 0",
    )
    if aim is None:
        table.figure(what, min(own), reference, min(theirs))
        return
    table.slower(what, min(own), reference, min(theirs), aim=aim)
    tracemalloc.start()
    top_papers(points, readers, limit=LIMIT, threads=THREADS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    table.memory("memory for it, with the answer", peak, "the points", points.nbytes, aim=150)


def product(left, right):
    for at in range(0, READERS, PART):
        left[at : at + PART] @ right


def wanted(chance):
    """Six different interests for each reader, the one of rank r as often as 1 / r ** 0.8."""
    popular = 1 / np.arange(1, INTERESTS + 1) ** 0.8
    chosen = np.zeros((READERS, EACH), np.int64)
    again = np.arange(READERS)
    while again.size:
        chosen[again] = chance.choice(INTERESTS, (again.size, EACH), p=popular / popular.sum())
        in_order = np.sort(chosen, axis=1)
        again = np.flatnonzero((in_order[:, 1:] == in_order[:, :-1]).any(axis=1))
    return Rows(
        starts=np.arange(0, READERS * EACH + 1, EACH),
        columns=chosen.ravel(),
        values=chance.choice(WEIGHTS, chosen.size, p=SHARES),
    )


def found_by_the_ranker():
    """Points of phrases from the titles of the five dumps in all their papers."""
    papers = seeds.papers()
    scorer = Scorer(papers, rank.Background.empty().updated(known.paper for known in papers))
    phrases = random.Random(516).sample(seeds.phrases(papers), PHRASES)
    return np.stack([scorer.finding(Interest(text=phrase)).points for phrase in phrases])


def repeated(found):
    """More of the same kind, up to the shape."""
    rows, columns = np.arange(INTERESTS) % found.shape[0], np.arange(PAPERS) % found.shape[1]
    return np.ascontiguousarray(found[rows][:, columns])


def scattered(chance, share, values):
    there = chance.random((INTERESTS, PAPERS)) < share
    return np.where(there, chance.choice(values, there.shape), 0).astype(np.float32)


def timed(work, *arguments, **settings):
    start = time.perf_counter()
    work(*arguments, **settings)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
