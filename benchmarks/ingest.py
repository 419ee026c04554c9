"""Ingesting the five dumps in a warm process, against raw `executemany` of the rows they end as.

Both write into a database of the same schema and indexes, in WAL mode with `synchronous=FULL`, in as
many transactions. Ours reads the files, finds their shape, knows the papers and notes each sighting.
"""

import sqlite3
import tempfile
import time
from pathlib import Path

from benchmarks import raw, seeds, table
from digest.model import Source
from digest.pipeline import ingest
from digest.store import Database

ROUNDS = 7
TABLES = ("paper", "paper_key", "listing", "record", "reading", "sighting")


def main():
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        database = _prepared(place / "warm.db")
        _ingest(database)
        database.close()
        rows = _rows(place / "warm.db")
        own = again = theirs = float("inf")
        for number in range(ROUNDS):
            database = _prepared(place / f"own-{number}.db")
            own = min(own, _timed(_ingest, database))
            again = min(again, _timed(_ingest, database))
            database.close()
            _prepared(place / f"raw-{number}.db").close()
            theirs = min(theirs, _timed(raw.executemany, place / f"raw-{number}.db", rows))
    count = sum(len(tables["paper"]) for tables in rows)
    table.slower(
        f"ingest the five dumps ({count} papers)", own, "executemany of the same rows", theirs, aim=10
    )
    table.figure("read the same dumps again", again, "executemany of the same rows", theirs)


def _prepared(path):
    database = Database(path)
    database.prepare()
    return database


def _ingest(database):
    folder = Source(name="inbox", location=str(seeds.DUMPS[0].parent))
    ingest(database, [folder], now=seeds.NOW)


def _rows(path):
    """For each listing the rows that it brought, by table, parents first."""
    with sqlite3.connect(path) as connection:
        everything = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
        home = dict(connection.execute("SELECT paper_id, min(listing_id) FROM sighting GROUP BY paper_id"))
        keys = connection.execute("SELECT key, paper_id FROM paper_key").fetchall()
    return [
        {
            "listing": [row for row in everything["listing"] if row[0] == listing],
            "paper": [row for row in everything["paper"] if home[row[0]] == listing],
            "paper_key": [row for row in keys if home[row[1]] == listing],
            "record": [row for row in everything["record"] if home[row[1]] == listing],
            "sighting": [row for row in everything["sighting"] if row[0] == listing],
            "reading": [row for row in everything["reading"] if row[1] == listing],
        }
        for listing in sorted(set(home.values()))
    ]


def _timed(work, *arguments):
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
