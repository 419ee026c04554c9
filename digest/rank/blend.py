"""How what was learned enters the points. Functions of numbers; points lie in [0, 100].

A strength of taste is 0 for an ordinary paper of the archive and 1 for one of the kind that was learned;
below 0 it says nothing. Growth lies in [0, 1]: how far the likes may be trusted.
"""

from __future__ import annotations

from digest.rank.points import SEND_LINE, points

#: as many likes give half of what any number gives
_HALF_GROWN = 4.0
#: by taste alone a paper reaches the send line at this strength when growth is 1
_LINE = 0.82
#: where the ladder from strength to points has the send line
_LADDER_LINE = 0.35
#: how much likelier a paper must be when the likes are few: the power of growth
_CAUTION = 0.25
#: beside stated interests, likes add at most so many points, and close at most so much of the gap above
_MOST_LIFT, _MOST_GAP = 20.0, 0.5
#: beside stated interests likes take a paper over the line only when grown so far, and so much alike
_ALONE_GROWTH, _ALONE_STRENGTH = 0.8, 1.2
#: the last points below the line, for what must not reach it
_BELOW = SEND_LINE - 1.0
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
    """Points for a reader with interests that give `stated`: never less than it, at most `_MOST_LIFT` more.

    What stated interests leave below the line stays there, except for a paper much like many likes. So
    a paper of a stated interest is never passed by one of likes alone that would be more than the lift
    behind.
    """
    lift = min(_MOST_LIFT, _MOST_GAP * (100.0 - stated)) * _within(liking) * _within(grown)
    if stated >= SEND_LINE:
        return stated + lift
    if grown >= _ALONE_GROWTH and liking >= _ALONE_STRENGTH:
        return max(stated + lift, SEND_LINE)
    return max(stated, min(stated + lift, _BELOW))


def lowered(before: float, disliking: float) -> float:
    """Points left after what dislikes take: from the first on, never more than before, at least half."""
    return before * (1 - (1 - _LEAST_LEFT) * _within(disliking))


def _within(part: float) -> float:
    return min(max(part, 0.0), 1.0)
