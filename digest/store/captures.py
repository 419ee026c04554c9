"""What looks at a source showed, with their verdicts; and what its stored listings hold."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from digest.model import Capture, Health, Judged, Verdict
from digest.store.chunks import chunks
from digest.store.listings import BADNESS
from digest.store.paper_rows import ROOT
from digest.store.tables import CAPTURE, LISTING, PAPER, SIGHTING


class CaptureBook:
    """How each source was, look by look."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, judged: Judged) -> None:
        """Note a look; one that shows the same as an earlier look of its UTC day makes that one longer."""
        capture, verdict = judged.capture, judged.verdict
        same = self._connection.execute(
            select(CAPTURE.c.id, CAPTURE.c.since)
            .where(
                CAPTURE.c.source == capture.source,
                CAPTURE.c.day == capture.day,
                CAPTURE.c.digest == capture.digest,
                CAPTURE.c.health == verdict.health,
                CAPTURE.c.what == verdict.what,
            )
            .order_by(CAPTURE.c.until.desc())
            .limit(1)
        ).first()
        if same and same.since.date() == capture.seen_on:
            longer = update(CAPTURE).where(CAPTURE.c.id == same.id).values(until=capture.until)
            self._connection.execute(longer)
            return
        self._connection.execute(
            insert(CAPTURE).values(
                source=capture.source,
                day=capture.day,
                since=capture.since,
                until=capture.until,
                papers=capture.papers,
                digest=capture.digest,
                tail=capture.tail,
                health=verdict.health,
                what=verdict.what,
            )
        )

    def history(self, source: str, after: datetime) -> list[Capture]:
        """What looks at a source showed after a moment, oldest first."""
        rows = self._connection.execute(
            select(CAPTURE)
            .where(CAPTURE.c.source == source, CAPTURE.c.until > after)
            .order_by(CAPTURE.c.since, CAPTURE.c.day, CAPTURE.c.id)
        )
        return [_judged(row).capture for row in rows]

    def between(self, after: datetime, until: datetime) -> list[Judged]:
        """What looks at any source showed after one moment and not after another, oldest first."""
        rows = self._connection.execute(
            select(CAPTURE)
            .where(CAPTURE.c.until > after, CAPTURE.c.since <= until)
            .order_by(CAPTURE.c.until, CAPTURE.c.id)
        )
        return [_judged(row) for row in rows]

    def latest(self) -> dict[str, Verdict]:
        """Source → the worst verdict of its last look."""
        last = select(CAPTURE.c.source, func.max(CAPTURE.c.until).label("until")).group_by(CAPTURE.c.source)
        newest = last.subquery()
        rows = self._connection.execute(
            select(CAPTURE)
            .join(newest, (CAPTURE.c.source == newest.c.source) & (CAPTURE.c.until == newest.c.until))
            .order_by(CAPTURE.c.id)
        )
        found: dict[str, Verdict] = {}
        for one in map(_judged, rows):
            known = found.get(one.capture.source)
            if known is None or BADNESS.index(one.verdict.health) >= BADNESS.index(known.health):
                found[one.capture.source] = one.verdict
        return found

    # ── what the listings of a source hold ────────────────────────────────────────────────────

    def days_of(self, listings: Collection[int]) -> dict[int, date]:
        """The days that listings were stored for."""
        rows = [
            row
            for part in chunks(listings)
            for row in self._connection.execute(
                select(LISTING.c.id, LISTING.c.day).where(LISTING.c.id.in_(part))
            )
        ]
        return {row.id: row.day for row in rows}

    def newest_day(self, source: str) -> date | None:
        """The newest day that a source has a listing for."""
        return self._connection.scalar(select(func.max(LISTING.c.day)).where(LISTING.c.source == source))

    def names_of(self, source: str) -> set[str]:
        """The names under which a source's listings were read."""
        query = select(LISTING.c.name).distinct().where(LISTING.c.source == source)
        return set(self._connection.scalars(query))

    def papers_in(self, source: str | None, day: date, listings: Collection[int]) -> set[int]:
        """The papers of these listings and of all that `source` has for `day`."""
        whole = (LISTING.c.source == source) & (LISTING.c.day == day)
        found = set() if source is None else self._papers(whole)
        for part in chunks(listings):
            found |= self._papers(LISTING.c.id.in_(part))
        return found

    def _papers(self, chosen: ColumnElement[bool]) -> set[int]:
        query = (
            select(ROOT)
            .distinct()
            .select_from(SIGHTING)
            .join(PAPER, PAPER.c.id == SIGHTING.c.paper_id)
            .where(SIGHTING.c.listing_id.in_(select(LISTING.c.id).where(chosen)))
        )
        return set(self._connection.scalars(query))


def _judged(row: Row[Any]) -> Judged:
    health = Health(row.health)
    capture = Capture(
        source=row.source,
        day=row.day,
        since=row.since,
        until=row.until,
        papers=row.papers,
        digest=row.digest,
        tail=row.tail,
        unreadable=row.what if health is Health.BROKEN else None,
    )
    return Judged(capture=capture, verdict=Verdict(health=health, what=row.what))
