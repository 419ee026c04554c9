"""Listings in JSON: answers of the Daily Papers API, and any objects with a title and an abstract."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from digest.model import Severity
from digest.sources import values
from digest.sources.json_lists import records
from digest.sources.json_lists.json_walk import Item, Walk
from digest.sources.shape import UNKNOWN, Entry, Finding, Page, Shape, Wire
from digest.text import clip, printable

API, ANY = "daily-papers-json", "json"
_START = re.compile(r"""[\s\ufeff]*(?:\[\s*(?:[\[{]\s*["'{}\[\]]|"\s*\{|\]\s*\Z)|\{\s*["'}])""")
#: a JSON Feed is a feed, and other shapes read those
_FEED = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org')
#: nobody looks at more, and a file with so many is not what we think
_MOST_LOST = 10_000
_SHOWN = 8
_FEW = 3


@dataclass(slots=True)
class _Found:
    """What was found so far."""

    entries: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    #: entries in a shape of the API
    from_api: int = 0
    lost: int = 0
    #: names in what was no paper
    names: Counter[str] = field(default_factory=Counter)
    #: what an answer that is no listing says about itself
    says: str = ""

    def add(self, item: Item, number: int) -> None:
        """Take one item."""
        got = _entry(item, number)
        if isinstance(got, Entry):
            self.entries.append(got)
            self.from_api += records.is_from_api(item.value)
            return
        self.findings.append(got)
        if got.severity is Severity.LOST:
            self.lost += 1
            self.names.update([name[:40] for name in list(item.value)[:_SHOWN]])
            self.says = self.says or values.label(item.value.get("error")) or ""

    def stop(self, what: str, number: int | None = None) -> None:
        """Note what costs everything from here on."""
        self.findings.append(Finding(what=what, severity=Severity.LOST, number=number))


def _is_json(wire: Wire) -> bool:
    head = _START.match(wire.text)
    return head is not None and (head.group().lstrip()[0] == "[" or not _FEED.search(wire.text))


def read_text(text: str, max_records: int) -> Page:
    """The page that a JSON text spells; its format is `unknown` where there is none."""
    walk, found = Walk(), _Found()
    for number, item in enumerate(walk.items(text), 1):
        if len(found.entries) == max_records:
            found.stop(f"the list goes on: only its first {max_records:,} papers were read", number)
            break
        found.add(item, number)
        if found.lost == _MOST_LOST:
            found.stop(f"{_MOST_LOST:,} bad records: what follows was not read", number)
            break
    if walk.cut and not walk.cut_record:
        found.stop("the file ends before its list does")
    return _page(walk, found)


def _entry(item: Item, number: int) -> Entry | Finding:
    if item.flaw:
        return Finding(what=item.flaw, severity=Severity.LOST, number=number)
    return records.entry(item.value, number, item.listed)


def _page(walk: Walk, found: _Found) -> Page:
    if found.entries:
        return _listing(walk, found)
    if found.lost or not walk.has_list:
        return Page(format=UNKNOWN, findings=(_refusal(found),))
    empty = Finding(what="a list without papers", severity=Severity.NOTE)
    return Page(format=API, day=walk.day, findings=(empty, *found.findings))


def _listing(walk: Walk, found: _Found) -> Page:
    found.findings += _about_abstracts(found.entries)
    of_api = 2 * found.from_api >= len(found.entries)
    if not of_api:
        what = "JSON of an unknown build: read because its records have title and abstract"
        found.findings.insert(0, Finding(what=what, severity=Severity.NOTE))
    return Page(
        format=API if of_api else ANY,
        day=walk.day or _common_day(found.entries),
        entries=tuple(found.entries),
        findings=tuple(found.findings),
    )


def _about_abstracts(entries: list[Entry]) -> list[Finding]:
    """A finding where abstracts are missing: one may be, but if all are, the source has changed."""
    bare = sum(not entry.raw_abstract for entry in entries)
    if not bare:
        return []
    changed = bare == len(entries) >= _FEW
    what = f"{bare:,} of {len(entries):,} papers without an abstract"
    return [Finding(what=what, severity=Severity.LOST if changed else Severity.NOTE)]


def _common_day(entries: list[Entry]) -> date | None:
    """The day on which more than half of the papers were listed."""
    days = Counter(entry.facts.listed for entry in entries if entry.facts.listed)
    day, count = days.most_common(1)[0] if days else (None, 0)
    return day if 2 * count > len(entries) else None


def _refusal(found: _Found) -> Finding:
    names = ", ".join(f"“{clip(printable(name), 40)}”" for name, _ in found.names.most_common(_SHOWN))
    first = next((f"record {f.number}: {f.what}" for f in found.findings if f.number), "no record at all")
    has = f"its objects have {names}" if names else first
    says = f", and says “{clip(found.says, 200)}”" if found.says else ""
    what = f"no listing of papers: JSON, looked for {records.LOOKED_FOR}; {has}{says}"
    return Finding(what=what, severity=Severity.FATAL)


SHAPE = Shape(
    name="json",
    looks_for=f"JSON records with {records.LOOKED_FOR}",
    matches=_is_json,
    read=lambda wire, max_records: read_text(wire.text, max_records),
)
