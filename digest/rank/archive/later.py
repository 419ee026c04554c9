"""A mapping that is packed as JSON and read only when it is asked for anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


class JsonLater(Mapping[str, Any]):
    """What `packed` holds; nobody changes it."""

    __slots__ = ("_read", "packed")

    def __init__(self, packed: bytes) -> None:
        """From what `dumped` wrote; whoever stores it makes sure that it comes back whole."""
        self.packed = packed
        self._read: dict[str, Any] | None = None

    @property
    def _plain(self) -> dict[str, Any]:
        if self._read is None:
            self._read = json.loads(self.packed)
        return self._read

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - whatever was packed
        return self._plain[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._plain)

    def __len__(self) -> int:
        return len(self._plain)


def dumped(counts: Mapping[str, Any]) -> bytes:
    """`counts` as JSON in order; equal ones give equal bytes."""
    if isinstance(counts, JsonLater):
        return counts.packed
    return json.dumps(counts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
