"""What was made lately, kept for as long as it fits: for work that many readers share."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by key, as many as `most` holds by the sizes that they are put in with.

    Two halves: new values go to the young one. When it is full it becomes the old one, and old values
    that nobody asked for meanwhile are gone. So asking costs one look, and the memory is bounded.
    """

    def __init__(self, most: int) -> None:
        self._half = most // 2
        self._young: dict[K, tuple[V, int]] = {}
        self._old: dict[K, tuple[V, int]] = {}
        self._held = 0

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: K) -> V | None:
        """What was put in under `key`, unless it is gone."""
        found = self._young.get(key)
        if found is None:
            found = self._old.pop(key, None)
            if found is None:
                return None
            self.put(key, *found)
        return found[0]

    def put(self, key: K, value: V, size: int) -> None:
        """Keep `value`, which takes `size`; what is larger than a half is not kept."""
        if size > self._half:
            return
        if self._held + size > self._half:
            self._old, self._young, self._held = self._young, {}, 0
        self._young[key] = value, size
        self._held += size

    def grow(self, key: K, more: int) -> None:
        """What is kept under `key` takes so much more from now on; nothing where it is gone."""
        found = self._young.pop(key, None)
        if found is not None:
            self._held -= found[1]
        else:
            found = self._old.pop(key, None)
        if found is not None:
            self.put(key, found[0], found[1] + more)
