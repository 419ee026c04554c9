"""What was made of objects, kept alongside them for as long as they live."""

from __future__ import annotations

import weakref
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
        # no other can have its number: what is kept of an object is gone before the number is free
        found = self._values.get(id(of))
        return found and found[1]

    def put(self, of: object, value: Value) -> None:
        """Keep `value` alongside an object, in place of what was there."""
        number, values = id(of), self._values
        values[number] = weakref.ref(of, lambda _: values.pop(number, None)), value
