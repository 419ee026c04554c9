"""Add one listing's records: which papers are new, what known ones gain, which two turn out to be one.

Some hundreds of records at a time are decided in memory beside the stored papers that they may be,
then written at once; all of it in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, bindparam, func, or_, select, update

from digest.identity import ELSE, Attested, Origins, blocks, keys
from digest.model import PaperKey, Provenance, Record
from digest.store.bulk import insert_all
from digest.store.paper_rows import values_of
from digest.store.records import RecordBook
from digest.store.register import StoredRegister
from digest.store.tables import LISTING, PAPER, PAPER_BLOCK, PAPER_KEY, SIGHTING

#: papers first seen longer ago than this are found by their keys alone
NEAR_FOR = timedelta(days=120)
#: how many records are in memory with the papers that they may be
RECORDS_AT_ONCE = 1_000

_COLUMNS = PAPER.columns.keys()


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMatch:
    """A record taken for a stored paper though they share no key: for the operator to look at."""

    #: line and number of the record, as in `model.Record`
    line: int | None
    number: int | None
    title: str
    paper_id: int
    known_title: str


class Addition:
    """One listing on its way into the archive."""

    def __init__(self, connection: Connection, *, listing_id: int, day: date, seen_at: datetime) -> None:
        self._connection = connection
        self._listing_id = listing_id
        self._day = day
        self._seen_at = seen_at
        source = connection.scalar(select(LISTING.c.source).where(LISTING.c.id == listing_id)) or ""
        self._origins: dict[bool, Origins] = {
            again: {ELSE: Provenance(source=source, day=day, is_replacement=again)} for again in (False, True)
        }
        self._next_id = (connection.scalar(select(func.max(PAPER.c.id))) or 0) + 1
        self._near_since = self._oldest_near()
        #: ids given to papers never seen before; some may be absorbed
        self.begun: list[int] = []
        #: younger paper → the one it became part of
        self.absorbed: dict[int, int] = {}
        #: how many replacements were of papers that the archive does not know
        self.passed_over = 0
        self.near: list[NearMatch] = []

    def _oldest_near(self) -> int:
        """The oldest paper that a record may be by likeness."""
        recent = select(PAPER.c.id).where(PAPER.c.first_seen >= self._seen_at - NEAR_FOR)
        return self._connection.scalar(recent.order_by(PAPER.c.first_seen).limit(1)) or self._next_id

    def add(self, records: Sequence[Record]) -> None:
        """Decide and write everything about these records."""
        for start in range(0, len(records), RECORDS_AT_ONCE):
            self._add_some(records[start : start + RECORDS_AT_ONCE])

    def _add_some(self, records: Sequence[Record]) -> None:
        named = [(record, keys(record.paper)) for record in records]
        register, shared = self._lay_out(named)
        begun: list[int] = []
        sightings: list[tuple[int, int, int]] = []
        known: dict[bytes, int] = {}
        for record, names in named:
            place = register.place(self._attested(record), names, shared.get(record.position))
            if place is None:
                self.passed_over += 1
                continue
            if place.is_new:
                begun.append(place.id)
            if place.alike is not None:
                self._note(record, place.id, place.alike)
            sightings.append((self._listing_id, record.position, place.id))
            if record.fingerprint:
                known[record.fingerprint] = place.id
        self._write(register, begun, sightings)
        RecordBook(self._connection).keep(known, self._day)
        self._next_id = register.next_id
        self.begun += begun
        self.absorbed |= register.absorbed

    def _lay_out(
        self, named: Sequence[tuple[Record, Sequence[PaperKey]]]
    ) -> tuple[StoredRegister, dict[int, Sequence[str]]]:
        """The papers that these records may be, and the blocks of records whose titles are new."""
        register = StoredRegister(self._connection, self._next_id)
        register.load([names for _, names in named])
        shared: dict[int, Sequence[str]] = {
            record.position: blocks(record.paper)
            for record, names in named
            if names[-1] not in register.holders
        }
        register.load_near({block for some in shared.values() for block in some}, self._near_since)
        return register, shared

    def _attested(self, record: Record) -> Attested:
        paper = record.paper if record.paper.listed else replace(record.paper, listed=self._day)
        return Attested(paper, self._origins[record.is_replacement], record.raw_title, record.raw_abstract)

    def _note(self, record: Record, paper_id: int, known_title: str) -> None:
        title = record.paper.title
        self.near.append(
            NearMatch(
                line=record.line,
                number=record.number,
                title=title,
                paper_id=paper_id,
                known_title=known_title,
            )
        )

    def _write(
        self, register: StoredRegister, begun: Sequence[int], sightings: Sequence[tuple[int, int, int]]
    ) -> None:
        rows = []
        for paper_id in begun:
            values = values_of(register.papers[paper_id])
            values |= {"id": paper_id, "first_seen": self._seen_at, "merged_into": None}
            rows.append([values[name] for name in _COLUMNS])
        insert_all(self._connection, PAPER, rows)
        insert_all(self._connection, PAPER_KEY, register.new_keys, twice=True)
        insert_all(self._connection, PAPER_BLOCK, register.new_blocks, twice=True)
        self._update(register, sorted(register.changed - set(begun) - register.absorbed.keys()))
        for other, target in register.absorbed.items():
            self._connection.execute(
                update(PAPER)
                .where(or_(PAPER.c.id == other, PAPER.c.merged_into == other))
                .values(merged_into=target)
            )
        insert_all(self._connection, SIGHTING, sightings, twice=True)

    def _update(self, register: StoredRegister, changed: Sequence[int]) -> None:
        if changed:
            rows = [values_of(register.papers[i]) | {"this": i} for i in changed]
            self._connection.execute(update(PAPER).where(PAPER.c.id == bindparam("this")), rows)
