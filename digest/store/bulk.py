"""Insert many rows at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, text
from sqlalchemy.dialects.sqlite import insert

from digest.store.prepared import Prepared


def insert_all(
    connection: Connection, table: Table, rows: Sequence[Sequence[Any]], *, twice: bool = False
) -> None:
    """Insert `rows`, each the values of all columns in order; `twice` passes over those that are there."""
    if rows:
        _insert(table, twice).run(connection, *rows)


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


@lru_cache(maxsize=32)
def _insert(table: Table, twice: bool) -> Prepared:
    names = table.columns.keys()
    statement = insert(table).values({name: bindparam(name) for name in names})
    return Prepared(statement.on_conflict_do_nothing() if twice else statement, *names)
