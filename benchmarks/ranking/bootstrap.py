"""Is one ranking better than another on the same topics, or is it chance? The paired bootstrap."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How much better the first of two rankings is, over topics."""

    #: mean over topics of the first less the second
    mean: float
    #: between these the mean lies in 95 of 100 resamples
    low: float
    high: float
    #: two-sided: the share of resamples on the other side of 0, doubled; 1 where nothing differs
    p: float
    topics: int

    @property
    def is_significant(self):
        """Whether chance is an unlikely reason, at 5 percent."""
        return self.p < 0.05

    def __str__(self):
        return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}] p={self.p:.3f} n={self.topics}"


def paired(first, second, *, resamples=10_000, seed=1):
    """The `Difference` of two lists of scores, one a topic, in the same order of topics.

    Topics whose score is missing (`None` or NaN) in either are left out. The same input gives the same
    answer. Raises `ValueError` for lists of different lengths and where no topic is left.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} scores against {len(second)}: not the same topics")
    differences = np.array(first, np.float64) - np.array(second, np.float64)
    differences = differences[~np.isnan(differences)]
    if not differences.size:
        raise ValueError("no topic has a score in both lists")
    means = _resampled(differences, resamples, np.random.default_rng(seed))
    low, high = np.quantile(means, [0.025, 0.975])
    return Difference(
        mean=float(differences.mean()),
        low=float(low),
        high=float(high),
        p=_two_sided(means),
        topics=len(differences),
    )


def _resampled(differences, resamples, chance):
    """Means of as many topics, drawn with replacement; some at a time, so that memory stays small."""
    size = len(differences)
    step = max(1, 1_000_000 // size)
    parts = [
        differences[chance.integers(0, size, (min(step, resamples - start), size))].mean(axis=1)
        for start in range(0, resamples, step)
    ]
    return np.concatenate(parts)


def _two_sided(means):
    # one is added, so that no number of resamples ever claims certainty
    below, above = (1 + (means <= 0).sum()) / (len(means) + 1), (1 + (means >= 0).sum()) / (len(means) + 1)
    return float(min(1.0, 2 * min(below, above)))
