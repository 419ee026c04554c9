"""Insert many rows at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Table, Text, bindparam, text
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
    last = _LAST_ID.run(connection, (table.name,)).scalar() or 0
    return range(last + 1, last + 1 + count)


def insertion(table: Table, *names: str, packed: Collection[str] = ()) -> Prepared:
    """An insertion of rows that hold the values of the columns `names`; all others stay null.

    JSON columns among `packed` are given as text that is JSON already.
    """
    values = {name: bindparam(name, type_=Text() if name in packed else None) for name in names}
    return Prepared(insert(table).values(values), *names)


_LAST_ID: Final = Prepared(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), "name")


@lru_cache(maxsize=32)
def _insert(table: Table, twice: bool) -> Prepared:
    names = table.columns.keys()
    statement = insert(table).values({name: bindparam(name) for name in names})
    return Prepared(statement.on_conflict_do_nothing() if twice else statement, *names)
