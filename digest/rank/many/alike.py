"""Readers who ask for the same things: their matches are worked out once, and are the very same ones."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, TypeAlias

from digest.model import Interest, Match

#: matches that are kept, of which each takes 2.5 kB with what others make of it
_MOST: Final = 2_000
#: sets of interests that they belong to
_MOST_SETS: Final = 100
#: sets of interests of which it is known that a reader had them
_MOST_MET: Final = 10_000

Matches: TypeAlias = dict[int, Match]
"""By the number of the paper."""


class Alike:
    """Matches by interests, kept from the second reader on who has these: most are the only one."""

    def __init__(self) -> None:
        self._met: OrderedDict[int, None] = OrderedDict()
        self._kept: OrderedDict[tuple[Interest, ...], Matches] = OrderedDict()

    def matches(self, interests: tuple[Interest, ...]) -> Matches:
        """What was worked out for readers with these interests, in this order; what is new is put in."""
        kept = self._kept.get(interests)
        if kept is not None:
            self._kept.move_to_end(interests)
            # those of one set differ by what its readers were sent before: they may grow to all papers
            while sum(map(len, self._kept.values())) > _MOST:
                self._kept.popitem(last=False)
            return kept
        found: Matches = {}
        # a hash says enough: where two are the same, matches of the one are kept a reader too early
        if hash(interests) in self._met:
            self._kept[interests] = found
            if len(self._kept) > _MOST_SETS:
                self._kept.popitem(last=False)
        else:
            self._met[hash(interests)] = None
            if len(self._met) > _MOST_MET:
                self._met.popitem(last=False)
        return found
