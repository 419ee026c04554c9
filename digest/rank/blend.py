"""How what was learned enters the points. Functions of numbers; points lie in [0, 100].

A strength of taste is 0 for an ordinary paper of the archive and 1 for one of the kind that was learned;
below 0 it says nothing. Growth lies in [0, 1]: how far the likes may be trusted.
"""

from __future__ import annotations

import math

from digest.rank.points import SEND_LINE, points

#: as many likes give half of what any number gives
_HALF_GROWN = 4.0
#: by taste alone a paper reaches the send line at this strength when growth is 1
_LINE = 0.9
#: where the ladder from strength to points has the send line
_LADDER_LINE = 0.35
#: how much likelier a paper must be when the likes are few: the power of growth
_CAUTION = 0.25
#: below the line, likes beside stated interests close part of the gap to it, and never all: how fast
_PULL = 3.0
#: the last points below the line
_BELOW = SEND_LINE - 1.0
#: above the line, they close at most this part of the gap up to 100
_MOST_GAP = 0.5
#: they take a paper to the line, and no further, only when grown so far (16 likes) and it is so much alike
_ALONE_GROWTH, _ALONE_STRENGTH = 0.8, 1.2
#: dislikes leave at least this share of the points
_LEAST_LEFT = 0.5


def growth(likes: int) -> float:
    """How far so many likes may be trusted, in [0, 1): 1 gives .2, 4 half, 30 nearly all."""
    return max(likes, 0) / (max(likes, 0) + _HALF_GROWN)


def by_taste(liking: float, grown: float) -> float:
    """Points for a reader who stated no interest: by likes alone, no more than the ladder gives."""
    strength = max(liking, 0.0) / _LINE * _LADDER_LINE * _within(grown) ** _CAUTION
    return points(min(strength, 1.0))


def lifted(stated: float, liking: float, grown: float) -> float:
    """Points for a reader with interests that give `stated`, after what likes add: never less than it.

    What stated interests leave below the line stays there, but for a paper very much like many likes,
    which gets to the line and no further: so likes order what interests are silent about, and never pass
    a paper that an interest sends.
    """
    trust = _within(grown)
    if stated >= SEND_LINE:
        return stated + _MOST_GAP * (100.0 - stated) * _within(liking) * trust
    if grown >= _ALONE_GROWTH and liking >= _ALONE_STRENGTH:
        return SEND_LINE
    gap = max(_BELOW - stated, 0.0)
    return stated + gap * (1 - math.exp(-_PULL * max(liking, 0.0) * math.sqrt(trust)))


def lowered(before: float, disliking: float) -> float:
    """Points left after what dislikes take: from the first on, never more than before, at least half."""
    return before * (1 - (1 - _LEAST_LEFT) * _within(disliking))


def _within(part: float) -> float:
    return min(max(part, 0.0), 1.0)
