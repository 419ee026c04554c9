"""What one issue takes of a reader's matches: the best, one for each interest, nothing nearly twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

from digest.model import Interest, Match, Selection
from digest.rank.choice.standing import Ranked

_Ranked = TypeVar("_Ranked", bound=Ranked)


def _nobody(_match: Ranked) -> Collection[int]:
    return ()


def select(
    matches: Sequence[Match],
    *,
    line: float,
    limit: int,
    twins: Callable[[Match], Collection[int]] = _nobody,
    stale: Collection[int] = (),
) -> Selection:
    """At most `limit` of `matches` (best first) with `line` points or more, and those cut by the limit.

    Each interest that leads a match above the line gets its best one, as far as the limit allows; so do
    likes where they lead. The other places go to the best of the rest.

    A match waits until the others had their turn when it says nearly the same as one already taken, or as
    one the reader was sent lately: `twins` gives the ids of the papers that say nearly the same as a
    match's, `stale` those that say nearly what was sent. An interest gets one that waits only where it has
    no other. Without twins and stale papers nothing waits.
    """
    picks, cut = divided(matches, line=line, limit=limit, twins=twins, stale=stale)
    return Selection(picks=tuple(picks), cut=tuple(cut))


def divided(
    ranked: Sequence[_Ranked],
    *,
    line: float,
    limit: int,
    twins: Callable[[_Ranked], Collection[int]],
    stale: Collection[int],
) -> tuple[list[_Ranked], list[_Ranked]]:
    """What `select` takes, and what it cuts, of anything that is ranked."""
    above = [one for one in ranked if one.score >= line]
    taken = {number for number, _ in zip(_turns(above, twins, stale), range(limit), strict=False)}
    return (
        [one for number, one in enumerate(above) if number in taken],
        [one for number, one in enumerate(above) if number not in taken],
    )


def _turns(
    above: Sequence[_Ranked], twins: Callable[[_Ranked], Collection[int]], stale: Collection[int]
) -> Iterator[int]:
    """Numbers of all of `above` in the order in which they are taken."""
    waiting_for_good = set(stale)
    left = dict(enumerate(above))

    def take(number: int) -> int:
        waiting_for_good.update(twins(left.pop(number)))
        return number

    by_interest: dict[Interest | None, list[int]] = {}
    for number, match in left.items():
        by_interest.setdefault(match.interest, []).append(number)
    for numbers in by_interest.values():
        fresh = (number for number in numbers if above[number].paper.id not in waiting_for_good)
        yield take(next(fresh, numbers[0]))
    for number in list(left):
        if above[number].paper.id not in waiting_for_good:
            yield take(number)
    yield from list(left)
