"""Ingesting 25,000 papers in one run, against raw `executemany` of the rows they end as.

Both write into a database of the same schema and indexes, in WAL mode with `synchronous=FULL`, in one
transaction, in a warm process. Ours reads the bytes, repairs, finds keys and near-duplicates and notes
each sighting. The material is not part of this repository; without it nothing is measured.
"""

import gc
import io
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import date
from itertools import islice
from pathlib import Path

import zstandard

from benchmarks import raw, seeds, table
from digest import sources
from digest.pipeline.counting import count_papers
from digest.store import Database, Reading

ROOT = Path(__file__).resolve().parents[1]
MATERIAL = ROOT.parent / "shared" / "data" / "load" / "arxiv.dev.jsonl.zst"
MANY, FEW = 25_000, 1_000
ROUNDS = 3
TABLES = ("listing", "paper", "paper_key", "paper_block", "record", "sighting", "reading")
RAW = "executemany of the same rows"


def main():
    if not MATERIAL.exists():
        print(f"load: nothing measured, there is no {MATERIAL}")
        return
    # as the command does: nearly all that it makes stays to its end
    gc.set_threshold(100_000, 50, 100)
    if sys.argv[1:] == ["peak"]:
        print(*peak())
        return
    # before this process grows: a child's peak begins with its parent's size
    again = [sys.executable, "-m", "benchmarks.load", "peak"]
    used, before = map(
        int, subprocess.run(again, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.split()
    )
    table.memory(f"peak memory of ingesting {MANY:,}", used, "before the first record", before, aim=300)
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder))


def measure(place):
    every = lines()
    data = b"".join(every)
    # some of all kinds: the collection goes by date
    few = b"".join(every[:: MANY // FEW])
    others = b"".join(line for number, line in enumerate(every) if number % (MANY // FEW))
    cold = best(place, "few", few)
    own = best(place, "many", data)
    empty = [place / f"raw-{number}.db" for number in range(ROUNDS)]
    for path in empty:
        prepared(path).close()
    theirs = min(timed(raw.executemany, path, [own["rows"]]) for path in empty)
    table.slower(f"ingest {MANY:,} papers in one run", own["first"], RAW, theirs, aim=10)
    table.figure("of it parsing and repair", own["reading"], "the whole", own["first"])
    again, first = own["again"], own["first"]
    table.faster("read the same records under other bytes", again, "reading them first", first, aim=3)
    table.figure(
        "the same without parsing and repair",
        own["again"] - own["reading again"],
        "without them, first",
        own["first"] - own["reading"],
    )
    paper, one = own["first"] / MANY, cold["first"] / FEW
    table.slower(f"a paper of {MANY:,} into no archive", paper, f"a paper of {FEW:,}", one, aim=2)
    adding = later(place, others, few) / FEW
    table.slower(f"a paper of {FEW:,} into an archive of {MANY - FEW:,}", adding, "into none", one, aim=2)
    table.figure("ranking statistics of them all", own["statistics"], "ingesting them", own["first"])


def lines(count=MANY):
    """The first lines of the material, a paper each."""
    with MATERIAL.open("rb") as file:
        return list(islice(io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file)), count))


def prepared(path):
    """An empty database."""
    database = Database(path)
    database.prepare()
    return database


def ingest(database, data, name="load.jsonl"):
    """From bytes to papers, keys and sightings; how long reading alone took."""
    start = time.perf_counter()
    listing = sources.read(
        data, name=name, latest=seeds.NOW.date(), max_records=2 * MANY, known=known_to(database)
    )
    reading = time.perf_counter() - start
    day = listing.day or date(2026, 7, 1)
    with database.write() as transaction:
        listing_id = transaction.listings.put(listing, source="load", day=day, read_at=seeds.NOW)
        added = transaction.papers.add(
            listing.records, listing_id=listing_id, day=day, seen_at=seeds.NOW, repeats=listing.repeats
        )
        note = Reading(
            source="load",
            name=name,
            read_at=seeds.NOW,
            day=day,
            health=listing.health,
            records=listing.count,
            new=len(added.new),
            problems=listing.problems,
        )
        transaction.listings.note(note, listing_id)
    return reading


def known_to(database):
    def known(fingerprints, day):
        with database.read() as transaction:
            return transaction.records.known(fingerprints, day or date(2026, 7, 1))

    return known


def best(place, name, data):
    """The least that each step took in several rounds, each with a database of its own."""
    rounds = []
    for number in range(ROUNDS):
        path = place / f"{name}-{number}.db"
        database = prepared(path)
        found = {}
        start = time.perf_counter()
        found["reading"] = ingest(database, data)
        found["first"] = time.perf_counter() - start
        if number == 0:
            rows = rows_of(path)
        start = time.perf_counter()
        found["reading again"] = ingest(database, data + b"\n")
        found["again"] = time.perf_counter() - start
        found["statistics"] = timed(count_papers, database)
        database.close()
        rounds.append(found)
    return {step: min(found[step] for found in rounds) for step in rounds[0]} | {"rows": rows}


def later(place, before, data):
    """How long some papers take that come into an archive of many."""
    times = []
    for number in range(ROUNDS):
        database = prepared(place / f"later-{number}.db")
        ingest(database, before)
        times.append(timed(ingest, database, data))
        database.close()
    return min(times)


def rows_of(path):
    with sqlite3.connect(path) as connection:
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}


def timed(work, *arguments):
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def peak():
    """Peak memory in bytes of a process that ingests all, and what it was with the bytes alone."""
    with tempfile.TemporaryDirectory() as folder:
        database = prepared(Path(folder) / "peak.db")
        data = b"".join(lines())
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        ingest(database, data)
        database.close()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, before * 1024


if __name__ == "__main__":
    main()
