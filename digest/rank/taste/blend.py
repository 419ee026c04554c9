"""How what was learned enters the points. Functions of numbers; points lie in [0, 100].

A strength of taste is 0 for an ordinary paper of the archive and 1 for one of the kind that was learned;
below 0 it says nothing. Growth lies in [0, 1]: how far the likes may be trusted.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from digest.rank.points import points
from digest.rank.send_line import SEND_LINE

Floats: TypeAlias = npt.NDArray[np.float64]

#: as many likes give half of what any number gives
_HALF_GROWN = 4.0
#: a paper of the kind is so many standard deviations nearer in subject than the archive's papers
_KIND_DEVIATIONS = 4.0
#: how much of a strength is the subject's, beside the words
_SUBJECT_SHARE = 1 / 3
#: by taste alone a paper reaches the send line at this strength when growth is 1
_LINE = 0.87
#: where the ladder from strength to points has the send line
_LADDER_LINE = 0.35
#: how much likelier a paper must be when the likes are few: the power of growth
_CAUTION = 0.25
#: from strengths so far below 0 something is left, so that they too have an order
_SOFT = 0.25
#: below the line, likes beside stated interests close part of the gap to it, and never all: how fast
_PULL = 3.0
#: the last points below the line
_BELOW = SEND_LINE - 1.0
#: above the line, they close at most this part of the gap up to 100
_MOST_GAP = 0.5
#: they take a paper to the line, and no further, only when grown so far (16 likes) and it is so much alike
_ALONE_GROWTH, _ALONE_STRENGTH = 0.8, 1.2
#: and when interests found at least so much of it, after fewer likes (4) and when it is less alike
_HALF_FOUND, _HALF_GROWTH, _HALF_STRENGTH = SEND_LINE / 2, 0.5, 1.0
#: dislikes leave at least this share of the points
_LEAST_LEFT = 0.5


def growth(likes: int) -> float:
    """How far so many likes may be trusted, in [0, 1): 1 gives .2, 4 half, 30 nearly all."""
    return max(likes, 0) / (max(likes, 0) + _HALF_GROWN)


def with_subject(words: Floats, deviations: npt.NDArray[np.floating]) -> Floats:
    """Strengths by words and by subject, whose nearness is in deviations of the archive's papers."""
    return (1 - _SUBJECT_SHARE) * words + _SUBJECT_SHARE / _KIND_DEVIATIONS * deviations


def by_taste(liking: float, grown: float) -> float:
    """Points for a reader who stated no interest: by likes alone, no more than the ladder gives."""
    strength = _soft(liking) / _soft(_LINE) * _LADDER_LINE * _within(grown) ** _CAUTION
    return points(min(strength, 1.0))


def lifted(stated: float, liking: float, grown: float) -> float:
    """Points for a reader with interests that give `stated`, after what likes add: never less than it.

    What stated interests leave below the line stays there, but for a paper very much like many likes, or
    like some and half found by an interest, which gets to the line and no further: so likes order what
    interests are silent about, and never pass a paper that an interest sends.
    """
    if liking <= 0:
        return stated
    trust = _within(grown)
    if stated >= SEND_LINE:
        return stated + _MOST_GAP * (100.0 - stated) * _within(liking) * trust
    if _passes(stated, liking, grown):
        return SEND_LINE
    gap = max(_BELOW - stated, 0.0)
    return stated + gap * (1 - math.exp(-_PULL * liking * trust))


def _passes(stated: float, liking: float, grown: float) -> bool:
    if grown >= _ALONE_GROWTH and liking >= _ALONE_STRENGTH:
        return True
    return stated >= _HALF_FOUND and grown >= _HALF_GROWTH and liking >= _HALF_STRENGTH


def _soft(strength: float) -> float:
    """About `strength` where that is large, and above 0 everywhere; rises strictly."""
    return max(strength, 0.0) + _SOFT * math.log1p(math.exp(-abs(strength) / _SOFT))


def lowered(before: float, disliking: float) -> float:
    """Points left after what dislikes take: from the first on, never more than before, at least half."""
    return before * (1 - (1 - _LEAST_LEFT) * _within(disliking))


def _within(part: float) -> float:
    return min(max(part, 0.0), 1.0)
