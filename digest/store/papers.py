"""Papers with their keys and sightings: add a listing's records, find and search what is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, distinct, func, or_, select

from digest.identity import Attested
from digest.model import KnownPaper, Paper, PaperKey, Provenance, Record, Repeat, Sighting
from digest.store.addition import Addition, NearMatch
from digest.store.chunks import chunks
from digest.store.paper_rows import ATTESTED_COLUMNS, PAPER_COLUMNS, ROOT, attested_from, paper_from
from digest.store.records import RecordBook
from digest.store.tables import LISTING, PAPER, PAPER_KEY, SIGHTING
from digest.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a listing brought: ids of papers never seen before, and how many records were known."""

    new: tuple[int, ...]
    known: int
    #: new versions of papers that the archive does not know
    passed_over: int = 0
    #: records taken for a known paper by likeness; they count as known
    near: tuple[NearMatch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPaper:
    """A paper with everything kept about it."""

    known: KnownPaper
    raw_title: str
    raw_abstract: str
    #: field → where it comes from, for every known field whose source was noted
    provenance: Mapping[str, Provenance]
    sightings: tuple[Sighting, ...]


class PaperBook:
    """The archive of papers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        records: Sequence[Record],
        *,
        listing_id: int,
        day: date,
        seen_at: datetime,
        repeats: Sequence[Repeat] = (),
    ) -> Added:
        """Store the records of one listing: new papers, what known ones gained, and each sighting."""
        RecordBook(self._connection).sight(repeats, listing_id)
        addition = Addition(self._connection, listing_id=listing_id, day=day, seen_at=seen_at)
        addition.add(records)
        new = tuple(i for i in addition.begun if i not in addition.absorbed)
        return Added(
            new=new,
            known=len(records) + len(repeats) - len(new) - addition.passed_over,
            passed_over=addition.passed_over,
            near=tuple(addition.near),
        )

    def newest_id(self) -> int:
        """The newest paper's id; 0 where there is none."""
        return self._connection.scalar(select(func.max(PAPER.c.id))) or 0

    def added_after(self, last_id: int, *, not_before: datetime) -> list[KnownPaper]:
        """Papers that came after the one with `last_id`, unless first seen before a moment; oldest first."""
        return self._known(_roots().where(PAPER.c.id > last_id, PAPER.c.first_seen >= not_before))

    def first_seen_between(self, after: datetime, until: datetime) -> list[KnownPaper]:
        """Papers first seen after one moment and not after another, oldest first."""
        query = _roots().where(PAPER.c.first_seen > after, PAPER.c.first_seen <= until)
        return self._known(query)

    def roots(self, ids: Collection[int]) -> dict[int, int]:
        """Each of these ids with that of the paper it is now: another one where it was absorbed."""
        found: dict[int, int] = {}
        for part in chunks(ids):
            rows = self._connection.execute(select(PAPER.c.id, ROOT).where(PAPER.c.id.in_(part)))
            found.update((paper_id, root) for paper_id, root in rows)
        return found

    def by_ids(self, ids: Collection[int]) -> list[KnownPaper]:
        """The papers with these ids; an absorbed paper's id brings the one that it became."""
        roots = set(self.roots(ids).values())
        return [
            p for part in chunks(sorted(roots)) for p in self._known(_roots().where(PAPER.c.id.in_(part)))
        ]

    def listed_between(self, after: datetime, until: datetime) -> list[tuple[int, datetime]]:
        """Ids of papers in listings first read in this period, with that moment, in listing order."""
        rows = self._connection.execute(
            select(ROOT, LISTING.c.read_at)
            .join(SIGHTING, SIGHTING.c.listing_id == LISTING.c.id)
            .join(PAPER, PAPER.c.id == SIGHTING.c.paper_id)
            .where(LISTING.c.read_at > after, LISTING.c.read_at <= until)
            .order_by(LISTING.c.read_at, LISTING.c.id, SIGHTING.c.position)
        )
        return [(root, read_at) for root, read_at in rows]

    def search(
        self, *, words: str | None = None, day: date | None = None, since: datetime | None = None
    ) -> list[StoredPaper]:
        """Stored papers, all or those that hold all `words`, were listed on `day`, first seen `since`."""
        query = _roots()
        for word in (words or "").split():
            query = query.where(
                or_(
                    _folded(PAPER.c.title).contains(fold(word), autoescape=True),
                    _folded(PAPER.c.abstract).contains(fold(word), autoescape=True),
                )
            )
        if day is not None:
            listed = select(SIGHTING.c.paper_id).join(LISTING).where(LISTING.c.day == day)
            query = query.where(PAPER.c.id.in_(select(ROOT).where(PAPER.c.id.in_(listed))))
        if since is not None:
            query = query.where(PAPER.c.first_seen >= since)
        return self._stored(self._known(query))

    def find_by_key(self, key: PaperKey) -> list[KnownPaper]:
        """Papers that hold `key`: one at the most, but for a title that several share."""
        holders = self._connection.scalars(select(PAPER_KEY.c.paper_id).where(PAPER_KEY.c.key == key)).all()
        return self.by_ids(holders)

    def find_by_title(self, start: str, limit: int) -> list[KnownPaper]:
        """Papers whose title begins with `start`, whatever its case; at most `limit`."""
        query = _roots().where(_folded(PAPER.c.title).startswith(fold(start), autoescape=True)).limit(limit)
        return self._known(query)

    def find_in_titles(self, part: str, limit: int) -> list[KnownPaper]:
        """Papers whose title holds `part`, whatever its case; at most `limit`."""
        query = _roots().where(_folded(PAPER.c.title).contains(fold(part), autoescape=True)).limit(limit)
        return self._known(query)

    def all(self) -> list[KnownPaper]:
        """The whole archive, oldest first."""
        return self._known(_roots())

    def sample(self, count: int) -> list[Paper]:
        """At most `count` papers spread evenly over the archive: the same ones until papers come."""
        ids = self._connection.scalars(
            select(PAPER.c.id).where(PAPER.c.merged_into.is_(None)).order_by(PAPER.c.id)
        ).all()
        chosen = ids if len(ids) <= count else [ids[len(ids) * place // count] for place in range(count)]
        return [
            paper_from(row)
            for part in chunks(chosen)
            for row in self._connection.execute(select(*PAPER_COLUMNS).where(PAPER.c.id.in_(part)))
        ]

    def after(self, last_id: int, limit: int | None = None) -> list[tuple[int, Paper]]:
        """The first papers, at most `limit`, stored after the one with `last_id`, with their ids."""
        query = select(PAPER.c.id, *PAPER_COLUMNS).where(PAPER.c.id > last_id).order_by(PAPER.c.id)
        return [(row.id, paper_from(row[1:])) for row in self._connection.execute(query.limit(limit))]

    def count_after(self, last_id: int) -> int:
        """How many papers were stored after the one with `last_id`."""
        query = select(func.count()).select_from(PAPER).where(PAPER.c.id > last_id)
        return self._connection.scalar(query) or 0

    def count(self) -> int:
        """How many different papers are stored."""
        query = select(func.count()).select_from(PAPER).where(PAPER.c.merged_into.is_(None))
        return self._connection.scalar(query) or 0

    def _known(self, query: Select[Any]) -> list[KnownPaper]:
        rows = self._connection.execute(query).all()
        ids = [row.id for row in rows]
        names = self._keys_of(ids)
        listings = self._listings_of(ids)
        return [
            KnownPaper(
                id=row.id,
                paper=paper_from(row[2:]),
                keys=tuple(sorted(names[row.id], key=_strength)),
                first_seen=row.first_seen,
                listings=listings.get(row.id, 0),
            )
            for row in rows
        ]

    def _keys_of(self, roots: Collection[int]) -> dict[int, list[PaperKey]]:
        found: dict[int, list[PaperKey]] = defaultdict(list)
        for part in chunks(roots):
            rows = self._connection.execute(
                select(ROOT, PAPER_KEY.c.key)
                .join(PAPER_KEY, PAPER_KEY.c.paper_id == PAPER.c.id)
                .where(or_(PAPER.c.id.in_(part), PAPER.c.merged_into.in_(part)))
            )
            for root, key in rows:
                found[root].append(key)
        return found

    def _listings_of(self, roots: Collection[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for part in chunks(roots):
            rows = self._connection.execute(
                select(ROOT, func.count(distinct(SIGHTING.c.listing_id)))
                .join(SIGHTING, SIGHTING.c.paper_id == PAPER.c.id)
                .where(or_(PAPER.c.id.in_(part), PAPER.c.merged_into.in_(part)))
                .group_by(ROOT)
            )
            found.update((root, count) for root, count in rows)
        return found

    def _stored(self, papers: Sequence[KnownPaper]) -> list[StoredPaper]:
        ids = [p.id for p in papers]
        told: dict[int, Attested] = {}
        sightings: dict[int, list[Sighting]] = defaultdict(list)
        for part in chunks(ids):
            columns = (PAPER.c.id, *ATTESTED_COLUMNS)
            for row in self._connection.execute(select(*columns).where(PAPER.c.id.in_(part))):
                told[row.id] = attested_from(row[1:])
            for root, sighting in self._sightings(part):
                sightings[root].append(sighting)
        return [
            StoredPaper(
                known=known,
                raw_title=told[known.id].raw_title,
                raw_abstract=told[known.id].raw_abstract,
                provenance=told[known.id].by_field(),
                sightings=tuple(sightings[known.id]),
            )
            for known in papers
        ]

    def _sightings(self, roots: Collection[int]) -> Iterable[tuple[int, Sighting]]:
        rows = self._connection.execute(
            select(ROOT, LISTING.c.source, LISTING.c.day, SIGHTING.c.position, LISTING.c.read_at)
            .join(SIGHTING, SIGHTING.c.paper_id == PAPER.c.id)
            .join(LISTING, LISTING.c.id == SIGHTING.c.listing_id)
            .where(or_(PAPER.c.id.in_(roots), PAPER.c.merged_into.in_(roots)))
            .order_by(LISTING.c.read_at, LISTING.c.id, SIGHTING.c.position)
        )
        for root, source, day, position, read_at in rows:
            yield root, Sighting(source=source, day=day, position=position, seen_at=read_at)


def _folded(column: ColumnElement[str]) -> ColumnElement[str]:
    """The column in lower case without accents, by the function that `database.py` gives SQLite."""
    return func.digest_fold(column, type_=String)


def _roots() -> Select[Any]:
    return (
        select(PAPER.c.id, PAPER.c.first_seen, *PAPER_COLUMNS)
        .where(PAPER.c.merged_into.is_(None))
        .order_by(PAPER.c.id)
    )


def _strength(key: PaperKey) -> tuple[int, str]:
    return (("arxiv", "doi", "title").index(key.partition(":")[0]), key)
