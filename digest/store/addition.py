"""Add one listing's records: which papers are new, what known ones gain, which two turn out to be one.

Everything is decided in memory against the stored papers that share a key, then written at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from digest.identity import merge, resolve
from digest.model import Paper, PaperKey, Record
from digest.store.chunks import chunks
from digest.store.paper_rows import FACTS, PAPER_COLUMNS, ROOT, paper_from
from digest.store.tables import PAPER, PAPER_KEY, SIGHTING


class Addition:
    """The stored papers that a listing's keys touch, and what the listing changes about them."""

    def __init__(self, connection: Connection, names: Collection[PaperKey]) -> None:
        self._connection = connection
        self._holders: dict[PaperKey, set[int]] = defaultdict(set)
        self._keys: dict[int, set[PaperKey]] = defaultdict(set)
        self._papers: dict[int, Paper] = {}
        self._raw: dict[int, tuple[str, str]] = {}
        self._changed: set[int] = set()
        self._absorbed: dict[int, int] = {}
        self._new_keys: list[dict[str, Any]] = []
        self._sightings: list[dict[str, Any]] = []
        #: ids given to papers never seen before
        self.new: list[int] = []
        self._load(names)
        self._next_id = (connection.scalar(select(func.max(PAPER.c.id))) or 0) + 1

    def _load(self, names: Collection[PaperKey]) -> None:
        roots: set[int] = set()
        for part in chunks(names):
            roots.update(
                self._connection.scalars(
                    select(ROOT)
                    .join(PAPER_KEY, PAPER_KEY.c.paper_id == PAPER.c.id)
                    .where(PAPER_KEY.c.key.in_(part))
                )
            )
        for some in chunks(roots):
            columns: list[Column[Any]] = [PAPER.c.id, PAPER.c.raw_title, PAPER.c.raw_abstract, *PAPER_COLUMNS]
            for row in self._connection.execute(select(*columns).where(PAPER.c.id.in_(some))):
                paper = self._papers[row.id] = paper_from(row[3:])
                self._raw[row.id] = (row.raw_title or paper.title, row.raw_abstract or paper.abstract)
            for root, key in self._connection.execute(
                select(ROOT, PAPER_KEY.c.key)
                .join(PAPER_KEY, PAPER_KEY.c.paper_id == PAPER.c.id)
                .where(or_(PAPER.c.id.in_(some), PAPER.c.merged_into.in_(some)))
            ):
                self._hold(root, key)

    def _hold(self, paper_id: int, key: PaperKey) -> None:
        self._holders[key].add(paper_id)
        self._keys[paper_id].add(key)

    def place(self, record: Record, names: Sequence[PaperKey], day: date) -> None:
        """Decide which paper a record is and note what it brings."""
        found = resolve(names, self._holders, self._keys)
        paper = record.paper if record.paper.listed else replace(record.paper, listed=day)
        if found.target is None:
            target = self._begin(paper, record)
        else:
            target = found.target
            for other in found.absorbed:
                self._absorb(target, other)
            self._gain(target, paper, record)
        for key in names:
            if key not in self._keys[target]:
                self._hold(target, key)
                self._new_keys.append({"key": key, "paper_id": target})
        self._sightings.append({"position": record.position, "paper_id": target})

    def _begin(self, paper: Paper, record: Record) -> int:
        target = self._next_id
        self._next_id += 1
        self._papers[target] = paper
        self._raw[target] = (record.raw_title, record.raw_abstract)
        self.new.append(target)
        return target

    def _gain(self, target: int, paper: Paper, record: Record) -> None:
        before = self._papers[target]
        after = merge(before, paper)
        if after == before:
            return
        if after.abstract != before.abstract:
            self._raw[target] = (self._raw[target][0], record.raw_abstract)
        self._papers[target] = after
        self._changed.add(target)

    def _absorb(self, target: int, other: int) -> None:
        before, gained = self._papers[target], self._papers.pop(other)
        self._papers[target] = merge(before, gained)
        if self._papers[target].abstract != before.abstract:
            self._raw[target] = (self._raw[target][0], self._raw[other][1])
        self._changed.add(target)
        self._absorbed[other] = target
        for key in self._keys.pop(other):
            self._holders[key].discard(other)
            self._hold(target, key)

    def is_absorbed(self, paper_id: int) -> bool:
        """Whether a later record of the listing tied this paper to an older one."""
        return paper_id in self._absorbed

    def write(self, listing_id: int, seen_at: datetime) -> None:
        """Write everything noted."""
        rows = [self._row(i) | {"id": i, "first_seen": seen_at} for i in self.new]
        self._run(insert(PAPER), rows)
        self._run(insert_or_ignore(PAPER_KEY).on_conflict_do_nothing(), self._new_keys)
        old = self._changed - set(self.new) - set(self._absorbed)
        changed = [self._row(i) | {"this": i} for i in sorted(old)]
        self._run(update(PAPER).where(PAPER.c.id == bindparam("this")), changed)
        for other, target in self._absorbed.items():
            self._connection.execute(
                update(PAPER)
                .where(or_(PAPER.c.id == other, PAPER.c.merged_into == other))
                .values(merged_into=target)
            )
        sightings = [row | {"listing_id": listing_id} for row in self._sightings]
        self._run(insert_or_ignore(SIGHTING).on_conflict_do_nothing(), sightings)

    def _row(self, paper_id: int) -> dict[str, Any]:
        root = paper_id
        while root in self._absorbed:  # a paper absorbed while its listing was read: its facts went there
            root = self._absorbed[root]
        paper, (title, abstract) = self._papers[root], self._raw[paper_id]
        row: dict[str, Any] = {name: getattr(paper, name) for name in FACTS}
        row["authors"], row["keywords"] = list(paper.authors), list(paper.keywords)
        row["raw_title"] = None if title == paper.title else title
        row["raw_abstract"] = None if abstract == paper.abstract else abstract
        return row

    def _run(self, statement: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401 - insert or update
        if rows:
            self._connection.execute(statement, rows)
