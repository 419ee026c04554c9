"""Updates of many rows in one statement: the rows travel as one JSON text, and SQLite goes through them.

A statement that is executed for one row after another gives Python's lock away each time. Where another
thread works, getting it back takes several times as long as the row itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    Select,
    String,
    Table,
    TableValuedAlias,
    bindparam,
    func,
    select,
    update,
)

from digest.store.prepared import Prepared

_LIST = "list"


def listed() -> Select[Any]:
    """The values of the one parameter `list`, which `list_of` makes."""
    return select(_each().c.value)


def list_of(values: Collection[object]) -> str:
    """Texts, whole numbers and nulls, or rows of them, as a statement takes them."""
    return json.dumps(values if isinstance(values, list) else list(values))


class UpdateTogether:
    """An update of some columns of many rows of a table by their `id`; no row may be named twice."""

    def __init__(self, table: Table, by_row: Sequence[str], for_all: Sequence[str]) -> None:
        """`by_row`: columns with a value for each row; `for_all`: those with one for all of them."""
        each = _each()
        own = {name: func.json_extract(each.c.value, f"$[{n}]") for n, name in enumerate((*by_row, "id"))}
        row = own.pop("id")
        values = {**own, **{name: bindparam(name) for name in for_all}}
        statement = update(table).values(values).where(table.c.id == row)
        self._prepared = Prepared(statement, *for_all, _LIST)
        self._columns = [table.c[name] for name in by_row]
        #: for the database that was asked last, as in `Prepared`
        self._latest: tuple[Dialect, list[tuple[int, Callable[[Any], Any]]]] | None = None

    def run(self, connection: Connection, rows: Sequence[Sequence[Any]], *for_all: object) -> None:
        """Update `rows`, each its values in order and its id behind them."""
        dialect = connection.dialect
        latest = self._latest
        if latest is None or latest[0] is not dialect:
            latest = self._latest = dialect, _converters(self._columns, dialect)
        values = [list(row) for row in rows]
        for place, convert in latest[1]:
            # many rows have the same moment
            converted = {value: convert(value) for value in {row[place] for row in values}}
            for row in values:
                row[place] = converted[row[place]]
        self._prepared.run(connection, (*for_all, list_of(values)))


def _each() -> TableValuedAlias:
    return func.json_each(bindparam(_LIST, type_=String)).table_valued("value")


def _converters(columns: Sequence[Column[Any]], dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
    found = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    return [(place, convert) for place, convert in enumerate(found) if convert is not None]
