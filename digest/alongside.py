"""What was made of objects, kept alongside them for as long as they live."""

from __future__ import annotations

import weakref
from functools import partial
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Alongside(Generic[Value]):
    """Values by object: by the very object, for to compare what it holds may take longer than its value.

    Nothing is kept alive by it but the values, and they go with their objects. A value must not hold on to
    its object, or both would stay.
    """

    def __init__(self) -> None:
        self._values: dict[int, tuple[weakref.ref[Any], Value]] = {}

    def __len__(self) -> int:
        return len(self._values)

    def get(self, of: object) -> Value | None:
        """The value of an object, if it was put here."""
        found = self._values.get(id(of))
        # the reference is asked as well: numbers are given again
        return found[1] if found is not None and found[0]() is of else None

    def put(self, of: object, value: Value) -> None:
        """Keep `value` alongside an object, in place of what was there."""
        number = id(of)
        # no Python of ours runs when the object goes: a signal would be heard there, and what its handler
        # raises is raised nowhere
        self._values[number] = weakref.ref(of, partial(self._values.pop, number)), value

    def clear(self) -> None:
        """Let go of everything."""
        self._values.clear()
