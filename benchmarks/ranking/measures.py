"""What a ranking is worth: functions of grades and points."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence


def ndcg(shown: Sequence[int], all_grades: Iterable[int], *, cut: int = 5) -> float:
    """Normalised discounted gain of the first `cut` grades `shown`, in 0..1; a 2 gains 3, a 1 gains 1.

    `all_grades` are the grades of everything that could have been shown; at least one must be above 0.
    """
    best = sorted(all_grades, reverse=True)
    return _gain(shown[:cut]) / _gain(best[:cut])


def area(wanted: Iterable[float], unwanted: Iterable[float]) -> float:
    """How often one of the `wanted` has more points than one of the `unwanted`; equal points count half.

    The area under the ROC curve, in 0..1; `nan` where either is empty.
    """
    above, below = Counter(wanted), Counter(unwanted)
    pairs = above.total() * below.total()
    if not pairs:
        return math.nan
    won, passed = 0.0, 0
    for points in sorted(above.keys() | below.keys()):
        won += above[points] * (passed + below[points] / 2)
        passed += below[points]
    return won / pairs


def share(hits: Iterable[bool]) -> float:
    """The share of true ones; `nan` of none."""
    every = list(hits)
    return sum(every) / len(every) if every else math.nan


def mean(values: Iterable[float]) -> float:
    """The arithmetic mean; `nan` of none."""
    every = list(values)
    return math.fsum(every) / len(every) if every else math.nan


def _gain(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
