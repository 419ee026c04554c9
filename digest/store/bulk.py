"""Insert many rows at once, as tuples: what SQLAlchemy does for each row of dicts costs more than SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, text
from sqlalchemy.dialects.sqlite import insert

_Convert = Callable[[Any], Any]


def insert_all(
    connection: Connection, table: Table, rows: Sequence[Sequence[Any]], *, twice: bool = False
) -> None:
    """Insert `rows`, each the values of all columns in order; `twice` passes over those that are there."""
    if not rows:
        return
    sql, converters = _statement(connection.dialect, table, twice)
    if converters:
        rows = [_converted(row, converters) for row in rows]
    connection.exec_driver_sql(sql, rows if len(rows) > 1 else tuple(rows[0]))


def next_ids(connection: Connection, table: Table, count: int) -> range:
    """So many ids for new rows of `table`, never used before; the transaction must be one that writes.

    For tables whose ids SQLite counts itself (`AUTOINCREMENT`): it goes on behind them.
    """
    last = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
    return range((last or 0) + 1, (last or 0) + 1 + count)


def rows_of(table: Table, values: Iterable[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """Rows for `insert_all` from values by column; a column that is not named is null."""
    names = table.columns.keys()
    return [tuple([row.get(name) for name in names]) for row in values]


def _converted(row: Sequence[Any], converters: Sequence[tuple[int, _Convert]]) -> tuple[Any, ...]:
    values = list(row)
    for place, convert in converters:
        values[place] = convert(values[place])
    return tuple(values)


@lru_cache(maxsize=32)
def _statement(
    dialect: Dialect,
    table: Table,
    twice: bool,
) -> tuple[str, tuple[tuple[int, _Convert], ...]]:
    """The text of the insert, and what turns values of some columns into the driver's."""
    statement = insert(table)
    if twice:
        statement = statement.on_conflict_do_nothing()
    sql = str(statement.compile(dialect=dialect, column_keys=table.columns.keys()))
    converters = []
    for place, column in enumerate(table.columns):
        convert = column.type.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            converters.append((place, convert))
    return sql, tuple(converters)
