"""Issues and skipped moments, and the ledger of what each subscriber was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, insert, or_, select, update

from digest.model import (
    Counts,
    Health,
    Issue,
    KnownPaper,
    Match,
    Moment,
    Quiet,
    SectionKind,
    Skipped,
    SkipReason,
    SourceNote,
)
from digest.store.chunks import chunks
from digest.store.ledger import NewIssue, PackedIssue, packed_issues, put_issues, unpacked_evidence
from digest.store.paper_rows import ROOT
from digest.store.papers import PaperBook
from digest.store.prepared import Prepared
from digest.store.tables import ISSUE, LEDGER, PAPER
from digest.store.together import list_of, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPaper:
    """One line of the ledger, with the paper and the reasons as they were."""

    subscriber_id: int
    issue_id: int
    edition: date
    composed_at: datetime
    section: str
    #: the id the paper was sent under; `match.paper` is the paper that it is now
    paper_id: int
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class PastIssue:
    """A stored issue or skipped moment, without its papers."""

    id: int
    subscriber_id: int
    edition: date
    composed_at: datetime
    skipped: SkipReason | None
    listed: int
    counts: Counts | None
    quiet: Quiet | None
    notes: tuple[SourceNote, ...]


class IssueBook:
    """What subscribers were sent, and what they were not."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def moments(self, subscriber_ids: Collection[int], since: date) -> dict[int, list[Moment]]:
        """What became of these subscribers' moments from edition `since` on, oldest first."""
        found: dict[int, list[Moment]] = defaultdict(list)
        for part in chunks(subscriber_ids):
            rows = self._connection.execute(
                select(ISSUE)
                .where(ISSUE.c.subscriber_id.in_(part), ISSUE.c.edition >= since)
                .order_by(ISSUE.c.edition)
            )
            for row in rows:
                cut = row.facts.get("cut", {}).items()
                found[row.subscriber_id].append(
                    Moment(
                        edition=row.edition,
                        composed_at=row.composed_at,
                        skipped=SkipReason(row.skipped) if row.skipped else None,
                        listed=row.listed,
                        newest_paper=row.newest_paper,
                        cut=tuple((int(k), datetime.fromisoformat(v)) for k, v in cut),
                    )
                )
        return found

    def sent_papers(self, subscriber_ids: Collection[int], paper_ids: Collection[int]) -> dict[int, set[int]]:
        """Which of these papers each subscriber was sent, under any of the names that became one."""
        found: dict[int, set[int]] = {number: set() for number in subscriber_ids}
        roots: dict[int, int] = {}
        for part in chunks(paper_ids):
            group = or_(PAPER.c.id.in_(part), PAPER.c.merged_into.in_(part))
            rows = self._connection.execute(select(PAPER.c.id, ROOT).where(group))
            roots.update((paper_id, root) for paper_id, root in rows)
        if not roots:
            return found
        # the ledger is ordered by subscriber and paper: a range of it is read at once
        between = LEDGER.c.paper_id.between(min(roots), max(roots))
        query = select(LEDGER.c.subscriber_id, LEDGER.c.paper_id).where(between)
        for some in chunks(subscriber_ids):
            for subscriber_id, paper_id in self._connection.execute(
                query.where(LEDGER.c.subscriber_id.in_(some))
            ):
                if paper_id in roots:
                    found[subscriber_id].add(roots[paper_id])
        return found

    def put(self, issue: Issue, *, cut: Mapping[int, datetime], newest_paper: int) -> int:
        """Store an issue with its ledger lines; a skip noted for the same moment gives way."""
        return self.put_all(packed_issues([NewIssue(issue=issue, cut=cut, newest_paper=newest_paper)]))[0]

    def put_all(self, new: Sequence[PackedIssue]) -> range:
        """Store many issues; their ids in order."""
        return put_issues(self._connection, new)

    def put_skip(self, skipped: Skipped, *, period_start: datetime, newest_paper: int) -> None:
        """Note that a due moment brought nothing so far; a later note of the same moment replaces it."""
        row = {"skipped": skipped.reason.value, "listed": skipped.listed, "newest_paper": newest_paper}
        known = self._connection.execute(
            update(ISSUE)
            .where(
                ISSUE.c.subscriber_id == skipped.subscriber.id,
                ISSUE.c.edition == skipped.edition.day,
                ISSUE.c.skipped.is_not(None),
            )
            .values(composed_at=skipped.composed_at, **row)
        )
        if not known.rowcount:
            new = {
                "subscriber_id": skipped.subscriber.id,
                "edition": skipped.edition.day,
                "composed_at": skipped.composed_at,
                "period_start": period_start,
                "facts": {},
            }
            self._connection.execute(insert(ISSUE).values(new | row))

    def past(
        self, *, subscriber_id: int | None = None, edition: date | None = None, since: date | None = None
    ) -> list[PastIssue]:
        """Stored issues and skipped moments, oldest first."""
        query = select(ISSUE).order_by(ISSUE.c.composed_at, ISSUE.c.id)
        if subscriber_id is not None:
            query = query.where(ISSUE.c.subscriber_id == subscriber_id)
        if edition is not None:
            query = query.where(ISSUE.c.edition == edition)
        if since is not None:
            query = query.where(ISSUE.c.edition >= since)
        return [_past(row) for row in self._connection.execute(query)]

    def newest_id(self) -> int:
        """The number of the newest issue or skip; 0 where there is none."""
        return self._connection.scalar(select(func.max(ISSUE.c.id))) or 0

    def with_newer(self, subscriber_ids: Collection[int], newest_id: int) -> set[int]:
        """Which of these subscribers got an issue, or a skip, with a number behind `newest_id`."""
        return set(_NEWER.run(self._connection, (newest_id, list_of(subscriber_ids))).scalars())

    def count(self) -> tuple[int, int]:
        """How many issues there are, and how many moments that brought none."""
        query = select(func.count(), func.count(ISSUE.c.skipped)).select_from(ISSUE)
        everything, skipped = self._connection.execute(query).one()
        return everything - skipped, skipped

    def sent_by(self, issue_id: int) -> list[SentPaper]:
        """The papers of one issue, in order."""
        return self._sent(LEDGER.c.issue_id == issue_id)

    def sent_since(self, subscriber_id: int, since: datetime) -> list[SentPaper]:
        """What a subscriber was sent after a moment, oldest issue first."""
        return self._sent(LEDGER.c.subscriber_id == subscriber_id, ISSUE.c.composed_at > since)

    def picks_since(self, subscriber_ids: Collection[int], since: datetime) -> dict[int, list[int]]:
        """Ids of the papers that each of these was sent as picks after a moment, newest issue first.

        An id is that of the paper which stands for the sent one now. Subscribers without any are left out.
        """
        found: dict[int, list[int]] = {}
        for part in chunks(subscriber_ids):
            query = (
                select(LEDGER.c.subscriber_id, ROOT)
                .join(ISSUE, ISSUE.c.id == LEDGER.c.issue_id)
                .join(PAPER, PAPER.c.id == LEDGER.c.paper_id)
                .where(
                    ISSUE.c.subscriber_id.in_(part),
                    ISSUE.c.composed_at > since,
                    LEDGER.c.section == SectionKind.FOR_YOU.value,
                )
                .order_by(ISSUE.c.composed_at.desc(), LEDGER.c.issue_id, LEDGER.c.place)
            )
            for subscriber_id, paper_id in self._connection.execute(query):
                found.setdefault(subscriber_id, []).append(paper_id)
        return found

    def lines_for(self, paper_id: int, subscriber_id: int) -> list[SentPaper]:
        """The ledger lines of a paper's whole group for one subscriber."""
        group = select(PAPER.c.id).where(or_(PAPER.c.id == paper_id, PAPER.c.merged_into == paper_id))
        return self._sent(LEDGER.c.paper_id.in_(group), LEDGER.c.subscriber_id == subscriber_id)

    def _sent(self, *conditions: ColumnElement[bool]) -> list[SentPaper]:
        query: Select[Any] = (
            select(LEDGER, ISSUE.c.edition, ISSUE.c.composed_at)
            .join(ISSUE, ISSUE.c.id == LEDGER.c.issue_id)
            .where(*conditions)
            .order_by(ISSUE.c.composed_at, ISSUE.c.id, LEDGER.c.section, LEDGER.c.place)
        )
        rows = self._connection.execute(query).all()
        papers = _by_stored_id(self._connection, {row.paper_id for row in rows})
        return [
            SentPaper(
                subscriber_id=row.subscriber_id,
                issue_id=row.issue_id,
                edition=row.edition,
                composed_at=row.composed_at,
                section=row.section,
                paper_id=row.paper_id,
                match=Match(
                    paper=papers[row.paper_id],
                    score=row.score,
                    evidence=tuple(unpacked_evidence(e) for e in row.evidence),
                ),
            )
            for row in rows
        ]


def _by_stored_id(connection: Connection, ids: Collection[int]) -> dict[int, KnownPaper]:
    """Each id with the paper that stands for it now."""
    papers = PaperBook(connection)
    roots = papers.roots(ids)
    known = {p.id: p for p in papers.by_ids(set(roots.values()))}
    return {paper_id: known[root] for paper_id, root in roots.items()}


def _counts(listed: int, sent_before: int, shown: int, below: int, cut: int) -> Counts:
    return Counts(listed=listed, sent_before=sent_before, shown=shown, below=below, cut=cut)


def _past(row: Any) -> PastIssue:  # noqa: ANN401 - a row of the issue table
    counts, quiet = row.facts.get("counts"), row.facts.get("quiet")
    return PastIssue(
        id=row.id,
        subscriber_id=row.subscriber_id,
        edition=row.edition,
        composed_at=row.composed_at,
        skipped=SkipReason(row.skipped) if row.skipped else None,
        listed=row.listed,
        counts=_counts(*counts) if counts else None,
        quiet=Quiet(days=tuple(map(date.fromisoformat, quiet[0])), listed=quiet[1]) if quiet else None,
        notes=tuple(
            SourceNote(source=source, health=Health(health), what=what)
            for source, health, what in row.facts.get("notes", ())
        ),
    )


_NEWER: Final = Prepared(
    select(ISSUE.c.subscriber_id).where(
        ISSUE.c.id > bindparam("newest"), ISSUE.c.subscriber_id.in_(listed())
    ),
    *("newest", "list"),
)
