"""Listings that were read, each known by its bytes, and every act of reading one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, case, func, insert, select, update

from digest.model import Health, Listing, Problem, Severity
from digest.store.tables import LISTING, READING, UtcDateTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One act of reading a file of a source."""

    source: str
    name: str
    read_at: datetime
    day: date
    health: Health
    records: int
    new: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source as its readings show it."""

    source: str
    listings: int = 0
    #: when something of it could last be read, and the newest day of all that could
    last_good: datetime | None = None
    newest_day: date | None = None
    #: of its latest reading; of the worst file, where it is a folder
    health: Health = Health.QUIET
    problem: str | None = None


#: from the best to the worst
BADNESS = (Health.OK, Health.QUIET, Health.STALE, Health.PARTIAL, Health.BROKEN)


class ListingBook:
    """What was read, and when."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find_whole(self, fingerprint: str, reader_version: int) -> int | None:
        """The listing with these bytes, when this reader version read it without losing a record."""
        return self._connection.scalar(
            select(LISTING.c.id).where(
                LISTING.c.fingerprint == fingerprint,
                LISTING.c.reader_version == reader_version,
                LISTING.c.lost_records.is_(False),
            )
        )

    def put(self, listing: Listing, *, source: str, day: date, read_at: datetime) -> int:
        """Store a listing read for the first time, or find the one that lost records before."""
        known = self._connection.scalar(
            select(LISTING.c.id).where(
                LISTING.c.fingerprint == listing.fingerprint,
                LISTING.c.reader_version == listing.reader_version,
            )
        )
        if known is not None:
            return known
        result = self._connection.execute(
            insert(LISTING)
            .values(
                fingerprint=listing.fingerprint,
                reader_version=listing.reader_version,
                format=listing.format,
                source=source,
                name=listing.name,
                day=day,
                day_label=listing.day_label,
                read_at=read_at,
                records=listing.count,
                lost_records=listing.lost_records,
            )
            .returning(LISTING.c.id)
        )
        return result.scalar_one()

    def note(self, reading: Reading, listing_id: int | None) -> None:
        """Note an act of reading; the same content of the same file counts once a day."""
        same = select(READING.c.id, READING.c.read_at).where(
            READING.c.source == reading.source,
            READING.c.name == reading.name,
            READING.c.listing_id.is_(listing_id)
            if listing_id is None
            else READING.c.listing_id == listing_id,
            READING.c.health == reading.health,
            READING.c.day == reading.day,
        )
        earlier = self._connection.execute(same.order_by(READING.c.id.desc()).limit(1)).first()
        if earlier and earlier.read_at.date() == reading.read_at.date():
            self._connection.execute(
                update(READING).where(READING.c.id == earlier.id).values(read_at=reading.read_at)
            )
            return
        self._connection.execute(
            insert(READING).values(
                listing_id=listing_id,
                source=reading.source,
                name=reading.name,
                read_at=reading.read_at,
                day=reading.day,
                health=reading.health,
                records=reading.records,
                new=reading.new,
                problems=[[p.where, p.what, p.severity] for p in reading.problems],
            )
        )

    def repeat(self, source: str, name: str, read_at: datetime) -> None:
        """Note that what a file or answer last brought still stands: "unchanged" is as good as reading it."""
        row = self._connection.execute(
            select(READING)
            .where(
                READING.c.source == source, READING.c.name == name, READING.c.health != Health.BROKEN.value
            )
            .order_by(READING.c.id.desc())
            .limit(1)
        ).first()
        if row is not None:
            self.note(replace(_reading(row), read_at=read_at, new=0), row.listing_id)

    def readings_between(self, after: datetime, until: datetime) -> list[Reading]:
        """Acts of reading after one moment and not after another, oldest first."""
        rows = self._connection.execute(
            select(READING)
            .where(READING.c.read_at > after, READING.c.read_at <= until)
            .order_by(READING.c.read_at, READING.c.id)
        )
        return [_reading(row) for row in rows]

    def latest_new(self) -> datetime | None:
        """When a listing was last read whose content was not known before."""
        return self._connection.scalar(select(func.max(LISTING.c.read_at)))

    def read_days(self) -> list[date]:
        """The UTC days on which listings were first read, newest first."""
        moments = self._connection.scalars(select(LISTING.c.read_at).distinct())
        return sorted({moment.date() for moment in moments}, reverse=True)

    def labels_on(self, day: date) -> list[str]:
        """The page dates as printed, in the listings first read on this UTC day."""
        rows = self._connection.execute(select(LISTING.c.read_at, LISTING.c.day_label).order_by(LISTING.c.id))
        found = [label for read_at, label in rows if label and read_at.date() == day]
        return list(dict.fromkeys(found))

    def per_source(self) -> list[SourceState]:
        """What each source brought, and how it was when it was last read."""
        good = case((READING.c.health != Health.BROKEN.value, READING.c.read_at))
        good_day = case((READING.c.health != Health.BROKEN.value, READING.c.day))
        rows = self._connection.execute(
            select(
                READING.c.source,
                func.count(READING.c.listing_id.distinct()),
                func.max(good, type_=UtcDateTime()),
                func.max(good_day),
                func.max(READING.c.read_at),
            )
            .group_by(READING.c.source)
            .order_by(READING.c.source)
        ).all()
        return [self._state(*row) for row in rows]

    def _state(
        self, source: str, listings: int, good: datetime | None, day: date | None, last: datetime
    ) -> SourceState:
        latest = self.readings_between(last - timedelta(microseconds=1), last)
        readings = [r for r in latest if r.source == source]
        worst = max(readings, key=lambda r: BADNESS.index(r.health))
        lost = [p for p in worst.problems if p.severity is not Severity.NOTE]
        return SourceState(
            source=source,
            listings=listings,
            last_good=good,
            newest_day=day,
            health=worst.health,
            problem=f"{lost[0].where}: {lost[0].what}" if lost else None,
        )


def _reading(row: Row[Any]) -> Reading:
    return Reading(
        source=row.source,
        name=row.name,
        read_at=row.read_at,
        day=row.day,
        health=Health(row.health),
        records=row.records,
        new=row.new,
        problems=tuple(
            Problem(where=where, what=what, severity=Severity(severity))
            for where, what, severity in row.problems
        ),
    )
