"""Issues on their way into the store with their ledger lines, and evidence as the ledger keeps it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete

from digest.model import Evidence, EvidenceKind, Field, Interest, Issue
from digest.store.bulk import insert_all, next_ids, rows_of
from digest.store.chunks import chunks
from digest.store.tables import ISSUE, LEDGER, Json

_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIssue:
    """An issue to store."""

    issue: Issue
    #: ids of picks that it leaves out, and since when they compete
    cut: Mapping[int, datetime]
    #: the newest paper in the archive at its moment
    newest_paper: int


def put_issues(connection: Connection, new: Sequence[NewIssue]) -> range:
    """Store issues with their ledger lines, skips of the same moments giving way; their ids in order."""
    _drop_skips(connection, new)
    ids = next_ids(connection, ISSUE, len(new))
    issues = [_row(one) | {"id": number} for number, one in zip(ids, new, strict=True)]
    insert_all(connection, ISSUE, rows_of(ISSUE, issues))
    lines = [line for number, one in zip(ids, new, strict=True) for line in _lines(number, one.issue)]
    insert_all(connection, LEDGER, lines)
    return ids


def _drop_skips(connection: Connection, new: Sequence[NewIssue]) -> None:
    of_day: dict[date, list[int]] = defaultdict(list)
    for one in new:
        of_day[one.issue.edition.day].append(one.issue.subscriber.id)
    for day, everybody in of_day.items():
        for some in chunks(everybody):
            connection.execute(
                delete(ISSUE).where(
                    ISSUE.c.subscriber_id.in_(some), ISSUE.c.edition == day, ISSUE.c.skipped.is_not(None)
                )
            )


def _row(new: NewIssue) -> dict[str, Any]:
    issue = new.issue
    facts = {
        "counts": list(astuple(issue.counts)),
        "cut": {str(paper_id): _written(since) for paper_id, since in new.cut.items()},
        "notes": [[n.source, n.health, n.what] for n in issue.notes],
    }
    if issue.quiet:
        facts["quiet"] = [[d.isoformat() for d in issue.quiet.days], issue.quiet.listed]
    return {
        "subscriber_id": issue.subscriber.id,
        "edition": issue.edition.day,
        "composed_at": issue.composed_at,
        "period_start": issue.period[0],
        "listed": issue.counts.listed,
        "facts": facts,
        "newest_paper": new.newest_paper,
    }


@lru_cache(maxsize=256)
def _written(since: datetime) -> str:
    """Papers come in batches: a few moments stand in the issues of all readers."""
    return since.isoformat()


def _lines(issue_id: int, issue: Issue) -> Iterator[tuple[Any, ...]]:
    """The rows of the ledger, their columns in order."""
    subscriber_id = issue.subscriber.id
    for section in issue.sections:
        kind = section.kind.value
        for place, match in enumerate(section.matches, 1):
            evidence = packed_evidence(match.evidence)
            yield subscriber_id, match.paper.id, issue_id, kind, place, match.score, evidence


def packed_evidence(evidence: Sequence[Evidence]) -> Json:
    """Reasons as JSON."""
    return Json(_encode(list(map(_facts, evidence))).decode())


def _facts(evidence: Evidence) -> tuple[Any, ...]:
    one = evidence.interest
    interest = (one.text, one.weight, one.field, one.within) if one else None
    # numbers of numpy are none of JSON's
    points = float(evidence.points)
    return interest, evidence.field, evidence.words, points, evidence.spans, evidence.kind


def unpacked_evidence(packed: list[Any]) -> Evidence:
    """One reason as it was packed."""
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
