"""What was made lately, kept for as long as it fits: for work that many readers share."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """What knows about how many bytes it takes."""

    size: int


K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Sized)


class Recent(Generic[K, V]):
    """Values by key, as many as fit into about `most` bytes.

    Two halves: new values go to the young one. When it is full it becomes the old one, and old values
    that nobody asked for meanwhile are gone. So asking costs one look, and the memory is bounded.
    """

    def __init__(self, most: int) -> None:
        self._half = most // 2
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}
        self._held = 0

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: K) -> V | None:
        """What was put in under `key`, unless it is gone."""
        found = self._young.get(key)
        if found is None:
            found = self._old.pop(key, None)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: K, value: V) -> None:
        """Keep `value`."""
        self.grow(value.size)
        self._young[key] = value

    def grow(self, size: int) -> None:
        """A value that was put in takes so much more."""
        self._held += size
        if self._held > self._half:
            self._old, self._young, self._held = self._young, {}, size
