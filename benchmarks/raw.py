"""The reference of ingesting: the rows as they end, inserted by the driver alone."""

import sqlite3
from contextlib import closing


def executemany(path, batches):
    """Insert each batch (table name → its rows, parents first) in a transaction of its own, WAL and FULL."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        for tables in batches:
            connection.execute("BEGIN IMMEDIATE")
            for name, rows in tables.items():
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
            connection.execute("COMMIT")
