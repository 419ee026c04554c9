"""Arrivals: what a source brings, before anybody knows what is in it.

Files are loaded one at a time, when it is their turn, so that a full inbox costs no memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from digest import sources
from digest.model import Health, Listing, Problem, Severity, Source
from digest.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One file or answer: its bytes, why they cannot be had, or `None` where nothing new is to be read."""

    #: what problems call it
    name: str
    content: bytes | Problem | None
    #: the last day that a date without a year may mean
    latest: date
    #: the file, where it is one
    path: Path | None = None
    #: as an HTTP answer named it
    content_type: str | None = None
    #: the day that was asked for, where it was for one
    day: date | None = None
    #: called in the transaction of the papers with the listings that they came in, such as to keep what
    #: lets the next request be conditional
    vouch: Callable[[Transaction, Sequence[Listing]], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """All that one source brings now: `each` yields `count` of them, loading each on its turn."""

    count: int
    each: Iterator[Arrival]
    #: files changed so lately that they wait for the next run
    waiting: tuple[Path, ...] = ()


def of_stream(stream: BinaryIO, *, name: str, latest: date) -> Arrivals:
    """What is piped in."""
    content = sources.load_stream(stream, name=name, max_bytes=sources.MAX_BYTES)
    return Arrivals(count=1, each=iter([Arrival(name=name, content=content, latest=latest)]))


def of_files(source: Source, *, now: datetime, day: date | None) -> Arrivals:
    """The files of a folder, glob or path; `day` is the last day a page's date may mean, if not today."""
    settle_before = now - timedelta(seconds=source.settle_seconds) if source.settle_seconds else None
    found = sources.find(Path(source.location), settle_before=settle_before)
    items: Sequence[Path | Problem] = [*found.problems, *found.ready]
    latest = day or now.date()
    return Arrivals(
        count=len(items),
        each=(_of_file(item, source, latest) for item in items),
        waiting=found.waiting,
    )


def _of_file(item: Path | Problem, source: Source, latest: date) -> Arrival:
    if isinstance(item, Problem):
        return Arrival(name=source.location, content=item, latest=latest)
    loaded = sources.load(item, max_bytes=sources.MAX_BYTES)
    if isinstance(loaded, Problem):
        return Arrival(name=item.name, content=loaded, latest=latest, path=item)
    data, changed = loaded
    return Arrival(name=item.name, content=data, latest=min(latest, changed), path=item)


def listings_in(arrival: Arrival, known: sources.Known | None = None) -> list[Listing]:
    """What an arrival holds, read; what cannot be had or read is a listing too, with its problem.

    A packed file brings one listing for each file in it. `known` says which records are stored.
    """
    if arrival.content is None:
        return []
    if isinstance(arrival.content, Problem):
        return [sources.unreadable(arrival.content, name=arrival.name)]
    headers = {"content-type": arrival.content_type} if arrival.content_type else None
    listings: list[Listing] = []
    lost: list[Problem] = []
    for part in sources.unpack(arrival.content, name=arrival.name):
        if isinstance(part, Problem):
            lost.append(part)
        else:
            listing = sources.read(
                part.data, name=part.name, latest=arrival.latest, headers=headers, known=known
            )
            listings.append(listing)
    return _with(lost, listings, arrival.name)


def _with(lost: Sequence[Problem], listings: list[Listing], name: str) -> list[Listing]:
    """The listings, the last of them telling what could not be unpacked beside them."""
    if not lost:
        return listings
    if not listings:
        # lost parts beside others; all there is, where there are no others
        return [sources.unreadable(replace(problem, severity=Severity.FATAL), name=name) for problem in lost]
    *others, last = listings
    health = Health.BROKEN if last.health is Health.BROKEN else Health.PARTIAL
    return [*others, replace(last, problems=(*last.problems, *lost), health=health)]
