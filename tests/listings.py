"""Listings for tests: papers as records of a file that was read."""

import hashlib

from digest.model import Health, Listing, Record
from tests.builders import NOON


def record(paper, position=1, **facts):
    values = {
        "position": position,
        "line": position,
        "raw_title": paper.title,
        "raw_abstract": paper.abstract,
        "paper": paper,
    }
    return Record(**(values | facts))


def listing(*papers, **facts):
    """One reading of `papers`, in this order; equal papers give equal bytes."""
    values = {
        "name": "monday.txt",
        "format": "blank",
        "fingerprint": hashlib.sha256(repr(papers).encode()).hexdigest(),
        "reader_version": 1,
        "day_label": None,
        "day": None,
        "records": tuple(record(p, position) for position, p in enumerate(papers, 1)),
        "problems": (),
        "health": Health.OK,
    }
    return Listing(**(values | facts))


def add(store, *papers, now=NOON, source="dumps", **facts):
    """Store a listing of `papers`, first read at `now`; what it brought."""
    with store.write() as transaction:
        return add_in(transaction, listing(*papers, **facts), now=now, source=source)


def add_in(transaction, one, now=NOON, source="dumps"):
    day = one.day or now.date()
    listing_id = transaction.listings.put(one, source=source, day=day, read_at=now)
    return transaction.papers.add(one.records, listing_id=listing_id, day=day, seen_at=now)
