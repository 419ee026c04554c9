"""Ingest: read sources and add their papers to the archive, one transaction for each arrival."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from digest import exits, sources
from digest.health import ALARMING
from digest.model import FetchOutcome, Health, Judged, Listing, Problem, Source
from digest.pipeline import arrivals
from digest.pipeline.additions import notes_on
from digest.pipeline.arrivals import Arrival
from digest.pipeline.fetching import Fetching, FetchReport
from digest.pipeline.judging import judge_source, judge_unchanged
from digest.pipeline.ports import Progress, Store, silent
from digest.store import Added, Reading, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What came of one file."""

    source: str
    listing: Listing
    #: the day the listing counts for: the page's own, or else the day of reading
    day: date
    #: papers never seen before
    new: int
    #: records of papers that were known
    known: int
    #: whether these bytes had been read before and were passed over
    seen_before: bool = False
    #: where the listing is stored; `None` where there was nothing to store
    listing_id: int | None = None

    @property
    def lost_records(self) -> bool:
        """Whether something in the file could not be read."""
        return self.listing.lost_records


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What came of all sources."""

    files: tuple[FileReport, ...]
    #: files changed so lately that they wait for the next run
    waiting: tuple[Path, ...]
    #: addresses that were asked, or why they were not
    fetches: tuple[FetchReport, ...] = ()
    #: what state each source is in, for each day that it showed something of
    verdicts: tuple[Judged, ...] = ()

    @property
    def new(self) -> int:
        """How many papers were never seen before."""
        return sum(f.new for f in self.files)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of every file."""
        return tuple(p for f in self.files for p in f.listing.problems)

    @property
    def lost_records(self) -> bool:
        """Whether some source failed or lost records."""
        return any(f.lost_records for f in self.files)

    @property
    def alarms(self) -> tuple[Judged, ...]:
        """The verdicts by which somebody misses something."""
        return tuple(one for one in self.verdicts if one.verdict.health in ALARMING)

    @property
    def alarm_lines(self) -> list[str]:
        """One line for each alarm that no problem of a file tells already."""
        return [
            f"{one.capture.source}: {one.verdict.health.value}: {one.verdict.what}"
            for one in self.alarms
            if one.capture.unreadable is None and one.capture.lost is None
        ]

    @property
    def exit_code(self) -> int:
        """See `digest.exits`."""
        return exits.SOURCE if self.lost_records or self.alarms else exits.DONE


def ingest(
    store: Store,
    wanted: Sequence[Source],
    *,
    now: datetime,
    day: date | None = None,
    standard_input: BinaryIO | None = None,
    fetching: Fetching | None = None,
    whole: bool = False,
    progress: Progress = silent,
) -> IngestReport:
    """Read every source and add its papers; a file or server that fails never stops the others.

    Addresses are asked by `fetching`; without it they are only planned. With `whole`, records that are
    stored already are read like new ones, so that the report holds them.

    The location `-` means `standard_input`. `day` says which day a listing counts for that names none,
    and the last day that a page date without a year may mean; otherwise these are the present day and
    the file's own.
    """
    reports: list[FileReport] = []
    waiting: list[Path] = []
    verdicts: list[Judged] = []
    asking = fetching or Fetching(None)
    for source in wanted:
        told = len(asking.reports)
        if source.is_url:
            found = asking.of(store, source, now=now)
        elif source.location == "-" and standard_input:
            found = arrivals.of_stream(standard_input, name=source.name, latest=day or now.date())
        else:
            found = arrivals.of_files(source, now=now, day=day)
        waiting += found.waiting
        before = len(reports)
        for done, arrival in enumerate(found.each):
            progress(f"reading {source.name}", done, found.count)
            reports += _take(store, source, arrival, now, day or arrival.day, whole=whole)
        progress(f"reading {source.name}", found.count, found.count)
        if found.waiting and not reports[before:]:
            continue  # what still waits may be all there is today
        outcomes = {report.outcome for report in asking.reports[told:]}
        with store.write() as transaction:
            verdicts += _judged(transaction, source, reports[before:], outcomes, now)
    return IngestReport(
        files=tuple(reports),
        waiting=tuple(waiting),
        fetches=tuple(asking.reports),
        verdicts=tuple(verdicts),
    )


def _judged(
    transaction: Transaction,
    source: Source,
    reads: Sequence[FileReport],
    outcomes: Collection[FetchOutcome | None],
    now: datetime,
) -> list[Judged]:
    """What state a source is in; an address that nobody asked in this run is as it was."""
    if reads or not source.is_url:
        return judge_source(transaction, source, reads, now)
    return judge_unchanged(transaction, source, now) if FetchOutcome.UNCHANGED in outcomes else []


def _take(
    store: Store, source: Source, arrival: Arrival, now: datetime, day: date | None, *, whole: bool
) -> list[FileReport]:
    """Read an arrival and store what it brought, all of it in one transaction."""
    listings = arrivals.listings_in(arrival, None if whole else _known(store, day or now.date()))
    with store.write() as transaction:
        reports = [_add(transaction, source, listing, now, day) for listing in listings]
        if arrival.vouch:
            arrival.vouch(transaction, listings)
    if arrival.path and source.shelf:
        return _shelved(reports, arrival.path, source.shelf)
    return reports


def _known(store: Store, fallback: date) -> sources.Known:
    """Tells which records are stored; `fallback` is the day of a listing that names none."""

    def known(fingerprints: Sequence[bytes], day: date | None) -> Collection[bytes]:
        with store.read() as transaction:
            return transaction.records.known(fingerprints, day or fallback)

    return known


def _shelved(reports: list[FileReport], path: Path, shelf: str) -> list[FileReport]:
    """Move a file into the folder `shelf` beside it; one that cannot be read stays in sight."""
    readable = all(report.listing.health is not Health.BROKEN for report in reports)
    if not readable or path.parent.name == shelf:
        return reports
    problem = sources.shelve(path, path.parent / shelf)
    if problem is None:
        return reports
    *others, last = reports
    listing = replace(last.listing, problems=(*last.listing.problems, problem))
    return [*others, replace(last, listing=listing)]


def _add(
    transaction: Transaction, source: Source, listing: Listing, now: datetime, day: date | None
) -> FileReport:
    listed = listing.day or day or now.date()
    known = transaction.listings.find_whole(listing.fingerprint, listing.reader_version)
    added = Added(new=(), known=listing.count)
    listing_id = known
    if known is None and listing.count:
        listing_id = transaction.listings.put(listing, source=source.name, day=listed, read_at=now)
        added = transaction.papers.add(
            listing.records, listing_id=listing_id, day=listed, seen_at=now, repeats=listing.repeats
        )
        listing = replace(listing, problems=(*listing.problems, *notes_on(added, listing.name)))
    reading = Reading(
        source=source.name,
        name=listing.name,
        read_at=now,
        day=listed,
        health=listing.health,
        records=listing.count,
        new=len(added.new),
        problems=listing.problems,
    )
    transaction.listings.note(reading, listing_id)
    return FileReport(
        source=source.name,
        listing=listing,
        day=listed,
        new=len(added.new),
        known=added.known,
        seen_before=known is not None,
        listing_id=listing_id,
    )
