"""Reports as JSON documents: the words of `docs/glossary.md`, dates as `YYYY-MM-DD`, moments in UTC."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digest.app import RunReport
    from digest.model import Evidence, Issue, Judged, KnownPaper, Match, Paper, Problem, Skipped, Subscriber
    from digest.pipeline import (
        DeliverReport,
        FileReport,
        IngestReport,
        OutputReport,
        PublishReport,
        ReturnedMail,
        ReturnReport,
    )
    from digest.store import StoredPaper

#: control characters beyond ASCII, direction marks, line separators; and halves of characters, which
#: a file name may hold and UTF-8 cannot. All are legal in JSON, and these escapes mean the same.
_ACTING = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def print_json(document: object) -> None:
    """One JSON document on standard output, and nothing else; what could act in a terminal is escaped."""
    sys.stdout.write(_json(document) + "\n")


def print_long_json(head: dict[str, Any], name: str, rows: Iterable[object]) -> None:
    """The document `head` with one list more, written row by row: it may be longer than memory."""
    sys.stdout.write(_json(head)[:-2] + f",\n  {json.dumps(name)}: [")
    between = "\n"
    for row in rows:
        sys.stdout.write(between + textwrap.indent(_json(row), "    "))
        between = ",\n"
    sys.stdout.write("]\n}\n" if between == "\n" else "\n  ]\n}\n")


def _json(document: object) -> str:
    text = json.dumps(document, ensure_ascii=False, indent=2, default=plain)
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(value: object) -> object:
    """What JSON has no word for, in words."""
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("minutes")
        case Enum():
            return value.value
        case Path():
            return str(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no place in a JSON document")


def paper(value: Paper) -> dict[str, Any]:
    """Every field of a paper."""
    return {f.name: getattr(value, f.name) for f in fields(value)}


def known_paper(value: KnownPaper) -> dict[str, Any]:
    """A paper with its place in the archive."""
    return {
        "id": value.id,
        **paper(value.paper),
        "keys": value.keys,
        "first_seen": value.first_seen,
        "listings": value.listings,
    }


def stored_paper(value: StoredPaper) -> dict[str, Any]:
    """Everything kept about a paper."""
    return {
        **known_paper(value.known),
        "raw_title": value.raw_title,
        "raw_abstract": value.raw_abstract,
        "provenance": {
            field: {"source": p.source, "day": p.day, "is_replacement": p.is_replacement}
            for field, p in value.provenance.items()
        },
        "sightings": [
            {"source": s.source, "day": s.day, "position": s.position, "first_seen": s.seen_at}
            for s in value.sightings
        ],
    }


def problem(value: Problem) -> dict[str, Any]:
    """One finding about input."""
    return {"where": value.where, "what": value.what, "severity": value.severity}


def file_report(value: FileReport, *, records: bool) -> dict[str, Any]:
    """One file that was read; with `records` each of them as it stands in the source."""
    listing = value.listing
    document = {
        "file": listing.name,
        "source": value.source,
        "format": listing.format,
        "page_date": listing.day_label,
        "day": value.day,
        "health": listing.health,
        "read": listing.count,
        "new": value.new,
        "known": value.known,
        "seen_before": value.seen_before,
        "problems": [problem(p) for p in listing.problems],
    }
    if records:
        document["records"] = [
            {
                "file": listing.name,
                "position": r.position,
                "line": r.line,
                "page_date": listing.day_label,
                "page_day": listing.day,
                "raw_title": r.raw_title,
                "raw_abstract": r.raw_abstract,
                "title": r.paper.title,
                "abstract": r.paper.abstract,
            }
            for r in listing.records
        ]
    return document


def ingest_report(value: IngestReport, *, records: bool) -> dict[str, Any]:
    """What came of all sources."""
    return {
        "listings": [file_report(f, records=records) for f in value.files],
        "sources": [judged(one) for one in value.verdicts],
        "waiting": value.waiting,
        "fetches": [{f.name: getattr(one, f.name) for f in fields(one)} for one in value.fetches],
        "read": sum(f.listing.count for f in value.files),
        "new": value.new,
    }


def judged(value: Judged) -> dict[str, Any]:
    """What state a source is in, by what it showed."""
    capture, verdict = value.capture, value.verdict
    return {
        "source": capture.source,
        "day": capture.day,
        "papers": capture.papers,
        "health": verdict.health,
        "what": verdict.what,
    }


def evidence(value: Evidence) -> dict[str, Any]:
    """One reason for a score."""
    return {
        "kind": value.kind,
        "interest": value.interest.text if value.interest else None,
        "weight": value.interest.weight if value.interest else None,
        "field": value.field,
        "words": value.words,
        "points": round(value.points, 4),
        "spans": value.spans,
    }


def match(value: Match) -> dict[str, Any]:
    """A paper with its score and the reasons."""
    return {
        "score": round(value.score, 4),
        "evidence": [evidence(e) for e in value.evidence],
        "paper": known_paper(value.paper),
    }


def subscriber(value: Subscriber) -> dict[str, Any]:
    """A subscriber with preferences and interests."""
    preferences = value.preferences
    return {
        "id": value.id,
        "name": value.name,
        "address": value.address,
        "status": value.status,
        "status_reason": value.status_reason,
        "origin": value.origin,
        "created_at": value.created_at,
        "preferences": {f.name: getattr(preferences, f.name) for f in fields(preferences)},
        "interests": [
            {"text": i.text, "weight": i.weight, "field": i.field, "within": i.within}
            for i in value.interests
            if not i.muted
        ],
        "mutes": [{"text": i.text, "field": i.field, "within": i.within} for i in value.interests if i.muted],
        "feed": f"feeds/{value.feed_token}/",
    }


def issue(value: Issue) -> dict[str, Any]:
    """An issue with its sections."""
    return {
        "subscriber": value.subscriber.name,
        "edition": value.edition.key,
        "composed_at": value.composed_at,
        "period": value.period,
        "counts": {f.name: getattr(value.counts, f.name) for f in fields(value.counts)},
        "quiet": {"days": value.quiet.days, "listed": value.quiet.listed} if value.quiet else None,
        "notes": [{"source": n.source, "health": n.health, "what": n.what} for n in value.notes],
        "sections": [
            {"kind": s.kind, "heading": s.heading, "matches": [match(m) for m in s.matches]}
            for s in value.sections
        ],
    }


def skipped(value: Skipped) -> dict[str, Any]:
    """A due moment without an issue."""
    return {
        "subscriber": value.subscriber.name,
        "edition": value.edition.key,
        "composed_at": value.composed_at,
        "skipped": value.reason,
        "listed": value.listed,
    }


def publish_report(value: PublishReport) -> dict[str, Any]:
    """What became of every active subscriber: how many of each, and the first hundred."""
    return {
        "issue_count": value.issue_count,
        "skipped_count": value.skipped_count,
        "not_due_count": value.not_due_count,
        "issues": [issue(i) for i in value.issues],
        "skipped": [skipped(s) for s in value.skipped],
        "not_due": [
            {"subscriber": n.subscriber.name, "reason": n.reason, "next": n.next} for n in value.not_due
        ],
        "messages": value.messages,
        "problems": [problem(p) for p in value.problems],
    }


def deliver_report(value: DeliverReport) -> dict[str, Any]:
    """What became of the messages whose turn it was."""
    return {
        "deliveries": [
            {"recipient": d.recipient, "edition": d.edition, "state": d.state, "detail": d.detail}
            for d in value.deliveries
        ],
        "counts": {state.value: count for state, count in value.counts.items()},
        "stopped": value.stopped,
        "interrupted": value.interrupted,
        "paced_until": value.paced_until,
        "alarms": list(value.alarms),
    }


def returned_mail(value: ReturnedMail) -> dict[str, Any]:
    """One mail that came back, or one refusal, and what it did."""
    return {
        "mail": value.place,
        "kind": value.kind,
        "recipient": value.recipient,
        "status": value.status,
        "detail": value.detail,
        "proven": value.proven,
        "became": value.became,
        "why": value.why,
        "again": value.again,
        "held": value.held,
        "for_a_person": value.for_a_person,
    }


def return_report(value: ReturnReport) -> dict[str, Any]:
    """What came back, and what it did."""
    return {
        "mails": [returned_mail(m) for m in value.mails],
        "counts": {kind.value: number for kind, number in value.counts.items()},
        "removed": [m.recipient for m in value.removed],
        "problem": value.problem,
        "more": value.more,
    }


def output_report(value: OutputReport) -> dict[str, Any]:
    """Files looked after."""
    return {"files": value.files, "written": value.written, "problem": value.problem}


def run_report(value: RunReport) -> dict[str, Any]:
    """What one whole run did."""
    return {
        "returned": return_report(value.returned) if value.returned else None,
        "ingest": ingest_report(value.ingest, records=False),
        "publish": publish_report(value.publish),
        "output": output_report(value.output) if value.output else None,
        "deliver": deliver_report(value.deliver) if value.deliver else None,
    }
