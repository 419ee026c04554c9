"""Bytes to a `Listing`, whatever the bytes are. Pure: no file, no clock, no exception for bad input."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from digest.model import Health, Listing, Problem, Severity
from digest.sources import dates
from digest.sources.decode import decode
from digest.sources.recording import Known, records_of
from digest.sources.registry import READER_VERSION, SHAPES, detect
from digest.sources.shape import UNKNOWN, Finding, Page, Wire
from digest.text import clip, printable

#: a broken page may hold a problem per line; nobody reads more than this
_MOST_PROBLEMS = 100


def read(
    data: bytes,
    *,
    name: str,
    latest: date,
    max_records: int = 50_000,
    headers: Mapping[str, str] | None = None,
    known: Known | None = None,
) -> Listing:
    """The listing in `data`; what could not be read is in its problems.

    `name` serves only to name problems: the shape is found from the bytes. `latest` is the last day
    that the page's date may mean: the day the file was written, and never one in the future.
    `headers` are the answer's, where the bytes came by HTTP: a feed's encoding may stand there alone.
    `known` is told the fingerprints of all records and says which are stored: these become repeats, since
    making a text readable costs more than all else.
    """
    page = _read_page(decode(data, headers), max_records)
    day = _day(page, latest)
    records, repeats, findings = records_of(page.entries[:max_records], day, latest, known)
    findings = [*page.findings, *findings, *_about_page(page, day, latest, max_records)]
    return Listing(
        name=printable(name),
        format=page.format,
        fingerprint=hashlib.sha256(data).hexdigest(),
        reader_version=READER_VERSION,
        day_label=printable(page.day_label) if page.day_label else None,
        day=day,
        records=records,
        problems=_problems(name, findings),
        health=_health(findings, empty=not records and not repeats),
        repeats=repeats,
    )


def unreadable(problem: Problem, *, name: str) -> Listing:
    """A listing that stands for bytes which could not even be had, so that callers treat all alike."""
    return Listing(
        name=printable(name),
        format=UNKNOWN,
        fingerprint=hashlib.sha256(b"").hexdigest(),
        reader_version=READER_VERSION,
        day_label=None,
        day=None,
        records=(),
        problems=(problem,),
        health=Health.BROKEN,
    )


def _day(page: Page, latest: date) -> date | None:
    if page.day:
        return page.day if page.day <= latest else None
    return dates.resolve(page.day_label, latest) if page.day_label else None


def _read_page(wire: Wire, max_records: int) -> Page:
    start = wire.text[:200].lstrip()
    if not wire.flaw and not start and not wire.text.strip():
        return _refused("the file is empty")
    shape = detect(wire)
    if shape is None and wire.flaw:
        return _refused(wire.flaw)
    if shape is None:
        looked_for = ", or ".join(shape.looks_for for shape in SHAPES)
        return _refused(
            f"no listing of papers: looked for {looked_for}; it begins “{clip(printable(start), 60)}”"
        )
    page = shape.read(wire, max_records)
    if not wire.cut:
        return page
    cut = Finding(what="the file ends in the middle of a character", severity=Severity.NOTE)
    return replace(page, findings=(*page.findings, cut))


def _refused(what: str) -> Page:
    return Page(format=UNKNOWN, findings=(Finding(what=what, severity=Severity.FATAL),))


def _about_page(page: Page, day: date | None, latest: date, max_records: int) -> Iterable[Finding]:
    if page.day and day is None:
        what = f"the listing's day {page.day} is after {latest}, and does not count"
        yield Finding(what=what, severity=Severity.NOTE)
    if page.day_label and day is None:
        what = f"the page's date “{printable(page.day_label)}” is no day up to {latest}"
        yield Finding(what=what, severity=Severity.NOTE)
    if len(page.entries) > max_records:
        what = f"{len(page.entries):,} papers, of which only the first {max_records:,} were taken"
        first = page.entries[max_records]
        yield Finding(what=what, severity=Severity.LOST, line=first.line, number=first.number)


def _problems(name: str, findings: Sequence[Finding]) -> tuple[Problem, ...]:
    """The findings as problems, fatal ones first, then by line; too many are summed up in one."""
    ordered = sorted(findings, key=lambda f: (f.severity is not Severity.FATAL, f.line or f.number or 0))
    problems = [
        Problem(where=_where(name, finding), what=finding.what, severity=finding.severity)
        for finding in ordered[:_MOST_PROBLEMS]
    ]
    rest = ordered[_MOST_PROBLEMS:]
    if rest:
        worst = Severity.LOST if any(f.severity is not Severity.NOTE for f in rest) else Severity.NOTE
        problems.append(Problem(where=_where(name, rest[0]), what=f"{len(rest):,} more such", severity=worst))
    return tuple(problems)


def _where(name: str, finding: Finding) -> str:
    if finding.line is not None:
        return f"{printable(name)}:{finding.line}"
    if finding.number is not None:
        return f"{printable(name)}, record {finding.number}"
    return printable(name)


def _health(findings: Sequence[Finding], *, empty: bool) -> Health:
    severities = {finding.severity for finding in findings}
    if Severity.FATAL in severities:
        return Health.BROKEN
    if Severity.LOST in severities:
        return Health.PARTIAL
    return Health.QUIET if empty else Health.OK
