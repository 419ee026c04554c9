"""Issues on their way into the store with their ledger lines, and evidence as the ledger keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, delete

from digest.model import Evidence, EvidenceKind, Field, Interest, Issue
from digest.store.bulk import insertion, next_ids
from digest.store.prepared import Prepared
from digest.store.tables import ISSUE, LEDGER

_encode_lines: Final = msgspec.json.Encoder().encode_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIssue:
    """An issue to store."""

    issue: Issue
    #: ids of picks that it leaves out, and since when they compete
    cut: Mapping[int, datetime]
    #: the newest paper in the archive at its moment
    newest_paper: int


_DROP_SKIP: Final = Prepared(
    delete(ISSUE).where(
        ISSUE.c.subscriber_id == bindparam("subscriber"),
        ISSUE.c.edition == bindparam("day"),
        ISSUE.c.skipped.is_not(None),
    ),
    *("subscriber", "day"),
)
_INSERT: Final = insertion(
    ISSUE,
    *("id", "subscriber_id", "edition", "composed_at", "period_start", "newest_paper", "listed", "facts"),
)
_INSERT_LINE: Final = insertion(
    LEDGER,
    *("subscriber_id", "paper_id", "issue_id", "section", "place", "score", "evidence"),
    packed=("evidence",),
)


def put_issues(connection: Connection, new: Sequence[NewIssue]) -> range:
    """Store issues with their ledger lines, skips of the same moments giving way; their ids in order."""
    ids = next_ids(connection, ISSUE, len(new))
    if new:
        moments = [(one.issue.subscriber.id, one.issue.edition.day) for one in new]
        _DROP_SKIP.run(connection, *moments)
        _INSERT.run(connection, *[_row(number, one) for number, one in zip(ids, new, strict=True)])
    lines = list(_lines(ids, [one.issue for one in new]))
    if lines:
        _INSERT_LINE.run(connection, *lines)
    return ids


def _row(issue_id: int, new: NewIssue) -> tuple[Any, ...]:
    """The row of an issue, as `_INSERT` takes it."""
    issue, counts = new.issue, new.issue.counts
    facts = {
        "counts": [counts.listed, counts.sent_before, counts.shown, counts.below, counts.cut],
        "cut": {str(paper_id): _written(since) for paper_id, since in new.cut.items()},
        "notes": [[n.source, n.health, n.what] for n in issue.notes],
    }
    if issue.quiet:
        facts["quiet"] = [[d.isoformat() for d in issue.quiet.days], issue.quiet.listed]
    return (
        *(issue_id, issue.subscriber.id, issue.edition.day, issue.composed_at, issue.period[0]),
        *(new.newest_paper, counts.listed, facts),
    )


@lru_cache(maxsize=256)
def _written(since: datetime) -> str:
    """Papers come in batches: a few moments stand in the issues of all readers."""
    return since.isoformat()


def _lines(ids: Iterable[int], issues: Sequence[Issue]) -> Iterator[tuple[Any, ...]]:
    """The rows of the ledger, as `_INSERT_LINE` takes them."""
    reasons = [match.evidence for issue in issues for section in issue.sections for match in section.matches]
    packed = iter(packed_evidence(reasons))
    for issue_id, issue in zip(ids, issues, strict=True):
        subscriber_id = issue.subscriber.id
        for section in issue.sections:
            kind = section.kind.value
            for place, match in enumerate(section.matches, 1):
                yield subscriber_id, match.paper.id, issue_id, kind, place, match.score, next(packed)


def packed_evidence(reasons: Iterable[Sequence[Evidence]]) -> list[str]:
    """The reasons of each match as JSON."""
    lines = _encode_lines([list(map(_facts, some)) for some in reasons])
    # in JSON a line's end is always the end of a line
    return lines.decode().split("\n")[:-1]


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
