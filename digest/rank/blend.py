"""How what was learned enters the points. Functions of numbers; points lie in [0, 100].

A strength of taste is 0 for an ordinary paper of the archive and 1 for one of the kind that was learned.
"""

from __future__ import annotations

from digest.rank.points import SEND_LINE, points

#: with stated interests, likes add at most this many points
_MOST_LIFT = 15.0
#: dislikes take at most this share of the points
_MOST_FALL = 0.5
#: the strength at which taste alone reaches the send line, and the ladder's there
_LINE, _LADDER_LINE = 0.5, 0.35


def taste_points(liking: float, growth: float) -> float:
    """Points of a paper for a reader who stated no interest: by likes alone."""
    return points(min(max(liking, 0.0) / _LINE * _LADDER_LINE, 1.0) * min(max(growth, 0.0), 1.0) ** 0.25)


def lifted(stated: float, liking: float, growth: float) -> float:
    """Points of a paper with `stated` points by interests, after what likes add: never less."""
    lift = _MOST_LIFT * min(max(liking, 0.0), 1.0) * min(max(growth, 0.0), 1.0)
    return max(stated, min(stated + lift, 100.0 if stated >= SEND_LINE else SEND_LINE))


def lowered(before: float, disliking: float) -> float:
    """Points left after what dislikes take: never more, never below half of them."""
    return before * (1 - _MOST_FALL * min(max(disliking, 0.0), 1.0))
