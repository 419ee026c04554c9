"""Cut long lists of values to what one statement may hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TypeVar

Value = TypeVar("Value")

#: SQLite allows 32,766 variables in a statement
VALUES_PER_STATEMENT = 10_000


def chunks(values: Collection[Value]) -> Iterator[list[Value]]:
    """`values` in lists of at most `VALUES_PER_STATEMENT`."""
    rest = iter(values)
    while part := list(islice(rest, VALUES_PER_STATEMENT)):
        yield part
