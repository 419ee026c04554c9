"""Issues and skipped moments, and the ledger of what each subscriber was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, or_, select, update

from digest.model import (
    Counts,
    Evidence,
    EvidenceKind,
    Field,
    Health,
    Interest,
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
from digest.store.paper_rows import ROOT
from digest.store.papers import PaperBook
from digest.store.tables import ISSUE, LEDGER, PAPER


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

    def sent_papers(self, subscriber_id: int, paper_ids: Collection[int]) -> set[int]:
        """Which of these papers the subscriber was sent, under any of the names that became one."""
        found: set[int] = set()
        for part in chunks(paper_ids):
            found.update(
                self._connection.scalars(
                    select(ROOT)
                    .join(LEDGER, LEDGER.c.paper_id == PAPER.c.id)
                    .where(
                        LEDGER.c.subscriber_id == subscriber_id,
                        or_(PAPER.c.id.in_(part), PAPER.c.merged_into.in_(part)),
                    )
                )
            )
        return found

    def put(self, issue: Issue, *, cut: Mapping[int, datetime], newest_paper: int) -> int:
        """Store an issue with its ledger lines; a skip noted for the same moment gives way."""
        facts = {
            "counts": list(astuple(issue.counts)),
            "cut": {str(paper_id): since.isoformat() for paper_id, since in cut.items()},
            "notes": [[n.source, n.health, n.what] for n in issue.notes],
        }
        if issue.quiet:
            facts["quiet"] = [[d.isoformat() for d in issue.quiet.days], issue.quiet.listed]
        self._drop_skip(issue.subscriber.id, issue.edition.day)
        row = {"period_start": issue.period[0], "listed": issue.counts.listed, "facts": facts}
        issue_id = self._insert(issue, row | {"skipped": None, "newest_paper": newest_paper})
        lines = [
            {
                "subscriber_id": issue.subscriber.id,
                "paper_id": match.paper.id,
                "issue_id": issue_id,
                "section": section.kind.value,
                "place": place,
                "score": match.score,
                "evidence": [_pack(e) for e in match.evidence],
            }
            for section in issue.sections
            for place, match in enumerate(section.matches, 1)
        ]
        if lines:
            self._connection.execute(insert(LEDGER), lines)
        return issue_id

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
            self._insert(skipped, row | {"period_start": period_start, "facts": {}})

    def _drop_skip(self, subscriber_id: int, edition: date) -> None:
        self._connection.execute(
            delete(ISSUE).where(
                ISSUE.c.subscriber_id == subscriber_id,
                ISSUE.c.edition == edition,
                ISSUE.c.skipped.is_not(None),
            )
        )

    def _insert(self, what: Issue | Skipped, row: dict[str, Any]) -> int:
        return self._connection.execute(
            insert(ISSUE)
            .values(
                subscriber_id=what.subscriber.id,
                edition=what.edition.day,
                composed_at=what.composed_at,
                **row,
            )
            .returning(ISSUE.c.id)
        ).scalar_one()

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
                    evidence=tuple(_unpack(e) for e in row.evidence),
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


def _pack(evidence: Evidence) -> list[Any]:
    interest = evidence.interest
    return [
        [interest.text, interest.weight, interest.field, interest.within] if interest else None,
        evidence.field,
        list(evidence.words),
        evidence.points,
        [list(span) for span in evidence.spans],
        evidence.kind,
    ]


def _unpack(packed: list[Any]) -> Evidence:
    # lines written before there were kinds have none, nor has an interest from before there was `within`
    interest, where, words, points, spans, kind = (*packed, EvidenceKind.WORDS)[:6]
    return Evidence(
        interest=_interest(*interest) if interest else None,
        field=Field(where),
        words=tuple(words),
        points=points,
        spans=tuple((start, end) for start, end in spans),
        kind=EvidenceKind(kind),
    )


def _interest(text: str, weight: float, field: str, within: int | None = None) -> Interest:
    return Interest(text=text, weight=weight, field=Field(field), within=within)
