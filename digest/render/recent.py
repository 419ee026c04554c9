"""What was made lately, kept for as long as it fits: for work that many readers share."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """What knows about how many bytes it takes."""

    size: int
    #: whether it is kept, and its size counted
    kept: bool
    #: set by who held on to it and had need of it again: as good as asking for it by its key
    asked: bool

    def let_go(self) -> None:
        """It is not kept any more: nothing that is counted in its size may stay."""


K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Sized)


class Recent(Generic[K, V]):
    """Values by key, as many as fit into about `most` bytes; those that nobody asked for longest go first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()
        self._held = 0

    def __len__(self) -> int:
        return len(self._values)

    @property
    def held(self) -> int:
        """The sizes of all that is kept."""
        return self._held

    def get(self, key: K) -> V | None:
        """What was put in under `key`, unless it is gone."""
        found = self._values.get(key)
        if found is not None:
            self._values.move_to_end(key)
        return found

    def put(self, key: K, value: V) -> None:
        """Keep `value`."""
        self._values[key] = value
        value.kept = True
        self._held += value.size
        self._let_go()

    def grow(self, value: V, size: int) -> None:
        """A value that was put in takes so much more."""
        value.size += size
        if value.kept:
            self._held += size
            self._let_go()

    def _let_go(self) -> None:
        if self._held <= self._most or not self._values:
            return
        # who put it in, or made it grow, is at work on it
        newest = next(reversed(self._values))
        while self._held > self._most and len(self._values) > 1:
            key, value = self._values.popitem(last=False)
            if value.asked or key is newest:
                value.asked = False
                self._values[key] = value
            else:
                value.kept = False
                value.let_go()
                self._held -= value.size
        self._values.move_to_end(newest)
