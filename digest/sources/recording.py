"""Entries to records: texts made readable, dates understood; what is known already is only named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import blake2b
from typing import TypeAlias

from digest.model import Paper, Record, Repeat, Severity
from digest.repair import readable, shown
from digest.sources import dates
from digest.sources.links import code_link
from digest.sources.registry import READER_VERSION
from digest.sources.shape import NO_FACTS, Entry, Finding

Known: TypeAlias = Callable[[Sequence[bytes], date | None], Collection[bytes]]
"""Says which of these fingerprints are stored, for a listing of this day (`None`: it names none)."""

_AHEAD = timedelta(days=366)


def records_of(
    entries: Sequence[Entry], day: date | None, latest: date, known: Known | None
) -> tuple[tuple[Record, ...], tuple[Repeat, ...], list[Finding]]:
    """Records of what nobody knows, repeats of what is known, and what could not be made a record.

    `day` is the listing's own, `latest` the last one that a date may mean.
    """
    prints = [fingerprint(entry, day, latest) for entry in entries] if known else [b""] * len(entries)
    stored = known(prints, day) if known else ()
    records: list[Record] = []
    repeats: list[Repeat] = []
    findings: list[Finding] = []
    for entry, mark in zip(entries, prints, strict=True):
        position = len(records) + len(repeats) + 1
        if mark in stored:
            repeats.append(Repeat(position=position, fingerprint=mark, upvotes=entry.facts.upvotes))
            continue
        paper = _paper(entry, day, latest)
        if not paper.title:
            what = "a title without letters"
            findings.append(Finding(what=what, severity=Severity.LOST, line=entry.line, number=entry.number))
            continue
        record = Record(
            position=position,
            line=entry.line,
            raw_title=entry.raw_title,
            raw_abstract=entry.raw_abstract,
            paper=paper,
            number=entry.number,
            is_replacement=entry.is_replacement,
            fingerprint=mark,
        )
        records.append(record)
    return tuple(records), tuple(repeats), findings


def fingerprint(entry: Entry, day: date | None, latest: date) -> bytes:
    """A name for all that an entry says, dates as they are understood: 16 bytes."""
    said = (
        READER_VERSION,
        entry.raw_title,
        entry.raw_abstract,
        entry.facts,
        entry.is_replacement,
        _published(entry, day, latest),
        _listed(entry, day, latest),
    )
    return blake2b(repr(said).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _published(entry: Entry, day: date | None, latest: date) -> date | None:
    published = entry.facts.published
    if published is None and entry.published_label:
        published = dates.resolve(entry.published_label, day or latest)
    # a date far ahead is none at all: journals print next month's, nobody the next century's
    return published if published is None or published <= latest + _AHEAD else None


def _listed(entry: Entry, day: date | None, latest: date) -> date | None:
    listed = entry.facts.listed
    return listed if listed and listed <= latest else day


def _paper(entry: Entry, day: date | None, latest: date) -> Paper:
    title, abstract = shown(entry.raw_title), shown(entry.raw_abstract)
    facts = entry.facts
    code = facts.code_url or code_link(abstract)
    published = _published(entry, day, latest)
    if facts is NO_FACTS:
        return Paper(title=title, abstract=abstract, code_url=code, published=published, listed=day)
    return replace(
        facts,
        title=title,
        abstract=abstract,
        summary=readable(facts.summary) if facts.summary else facts.summary,
        code_url=code,
        published=published,
        listed=_listed(entry, day, latest),
    )
