"""Issues on their way into the store with their ledger lines, and evidence as the ledger keeps it.

They are packed first, which needs no database and takes longer than writing them: copies of a process can
do it for the one that writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, delete

from digest.alongside import Alongside
from digest.model import Evidence, EvidenceKind, Field, Interest, Issue, Match
from digest.store.bulk import insertion, next_ids
from digest.store.prepared import Prepared
from digest.store.tables import ISSUE, LEDGER

_encode_lines: Final = msgspec.json.Encoder().encode_lines
#: evidence as it is kept: readers who ask for the same have the same matches
_PACKED: Final = Alongside[str]()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIssue:
    """An issue to store."""

    issue: Issue
    #: ids of picks that it leaves out, and since when they compete
    cut: Mapping[int, datetime]
    #: the newest paper in the archive at its moment
    newest_paper: int


class PackedIssue(NamedTuple):
    """An issue as the tables hold it, without its number. A tuple, which costs little to hand on."""

    subscriber_id: int
    edition: date
    #: the other columns of `_INSERT`
    facts: tuple[Any, ...]
    #: the columns of `_INSERT_LINE` but for the subscriber and the issue
    lines: list[tuple[Any, ...]]


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
    packed=("facts",),
)
_INSERT_LINE: Final = insertion(
    LEDGER,
    *("subscriber_id", "issue_id", "paper_id", "section", "place", "score", "evidence"),
    packed=("evidence",),
)


def packed_issues(new: Sequence[NewIssue]) -> list[PackedIssue]:
    """Issues as the tables hold them."""
    evidence = _evidence_of(m for one in new for section in one.issue.sections for m in section.matches)
    return [
        PackedIssue(
            one.issue.subscriber.id, one.issue.edition.day, _facts_of(one), _lines(one.issue, evidence)
        )
        for one in new
    ]


def put_issues(connection: Connection, new: Sequence[PackedIssue]) -> range:
    """Store issues with their ledger lines, skips of the same moments giving way; their ids in order."""
    if not new:
        return range(0)
    ids = next_ids(connection, ISSUE, len(new))
    _DROP_SKIP.run(connection, *[(one.subscriber_id, one.edition) for one in new])
    rows = [
        (number, one.subscriber_id, one.edition, *one.facts) for number, one in zip(ids, new, strict=True)
    ]
    _INSERT.run(connection, *rows)
    lines = [
        (one.subscriber_id, number, *line) for number, one in zip(ids, new, strict=True) for line in one.lines
    ]
    if lines:
        _INSERT_LINE.run(connection, *lines)
    return ids


def _facts_of(new: NewIssue) -> tuple[Any, ...]:
    issue, counts = new.issue, new.issue.counts
    facts = {
        "counts": [counts.listed, counts.sent_before, counts.shown, counts.below, counts.cut],
        "cut": {str(paper_id): _written(since) for paper_id, since in new.cut.items()},
        "notes": [[n.source, n.health, n.what] for n in issue.notes],
    }
    if issue.quiet:
        facts["quiet"] = [[d.isoformat() for d in issue.quiet.days], issue.quiet.listed]
    return issue.composed_at, issue.period[0], new.newest_paper, counts.listed, json.dumps(facts)


@lru_cache(maxsize=256)
def _written(since: datetime) -> str:
    """Papers come in batches: a few moments stand in the issues of all readers."""
    return since.isoformat()


def _lines(issue: Issue, evidence: Mapping[int, str]) -> list[tuple[Any, ...]]:
    return [
        (match.paper.id, section.kind.value, place, match.score, evidence[id(match)])
        for section in issue.sections
        for place, match in enumerate(section.matches, 1)
    ]


def _evidence_of(matches: Iterable[Match]) -> dict[int, str]:
    """The evidence of matches as JSON, by their identity; packed at once where it was not before."""
    found: dict[int, str] = {}
    new: dict[int, Match] = {}
    for match in matches:
        packed = _PACKED.get(match) if match.evidence else "[]"
        if packed is None:
            new[id(match)] = match
        else:
            found[id(match)] = packed
    for match, packed in zip(new.values(), packed_evidence(m.evidence for m in new.values()), strict=True):
        _PACKED.put(match, packed)
        found[id(match)] = packed
    return found


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
