"""What one issue takes of a reader's matches."""

from __future__ import annotations

from collections.abc import Sequence

from digest.model import Match, Selection


def select(matches: Sequence[Match], *, line: float, limit: int) -> Selection:
    """At most `limit` of `matches` (best first) with `line` points or more, and those cut by the limit.

    Each interest that leads a match above the line gets its best one, as far as the limit allows;
    the other places go to the best of the rest.
    """
    above = [match for match in matches if match.score >= line]
    firsts = {match.interest: number for number, match in reversed(list(enumerate(above)))}
    leading = sorted(firsts.values())
    rest = sorted(set(range(len(above))).difference(leading))
    taken = set((leading + rest)[: max(limit, 0)])
    return Selection(
        picks=tuple(match for number, match in enumerate(above) if number in taken),
        cut=tuple(match for number, match in enumerate(above) if number not in taken),
    )
