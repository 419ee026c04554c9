"""What others think of a paper, as a few points that are shown apart. Functions of numbers.

Off unless the operator gives it some points. It orders papers that are *for you* already, by at most
these points, and never makes one so. What is not known counts nothing, and takes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

from digest.model import Paper
from digest.rank.choice.standing import Ranked

_Ranked = TypeVar("_Ranked", bound=Ranked)

#: so many upvotes, or stars of the code, give all points there are
_FULL_UPVOTES, _FULL_STARS = 200, 5_000
#: the most points that may be given
MOST = 10.0


def popularity(upvotes: int | None, stars: int | None, most: float) -> float:
    """Points in [0, `most`], by the logarithm of the signal that says more; 0 where none is known.

    10 upvotes give 45 % of the points, 50 give 74 %, 200 and more all.
    """
    return most * max(_part(upvotes, _FULL_UPVOTES), _part(stars, _FULL_STARS))


def popularity_of(paper: Paper, most: float) -> float:
    """`popularity` of a paper."""
    return popularity(paper.upvotes, paper.stars, most)


def lifted(score: float, extra: float, line: float) -> float:
    """What a paper is ordered by: its score, and above the line so much more, at most 100."""
    return min(score + extra, max(score, 100.0)) if score >= line else score


def by_popularity(matches: Sequence[_Ranked], *, line: float, most: float) -> list[_Ranked]:
    """`matches` (best first) by score and popularity; their scores stay, and so do equal ones' places."""
    if most <= 0:
        return list(matches)
    return sorted(matches, key=lambda m: -lifted(m.score, popularity_of(m.paper.paper, most), line))


def _part(count: int | None, full: int) -> float:
    return min(math.log1p(max(count or 0, 0)) / math.log1p(full), 1.0)
