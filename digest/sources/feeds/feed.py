"""RSS, Atom and RDF: arXiv's, bioRxiv's, a community's or any blog's feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from digest.model import Severity
from digest.sources.feeds import conventions, guard
from digest.sources.feeds.item import Item, Parsed
from digest.sources.shape import UNKNOWN, Entry, Finding, Page, Shape, Wire
from digest.text import printable

#: how far the beginning is searched
_HEAD = 64 * 1024
_EBCDIC = b"\x4c\x6f\xa7\x94"
_PROLOG = re.compile(r"\s++|<\?[^>]*+>|<!--|<!DOCTYPE[^<>\[]*+(?:\[[^\]]*+\]\s*+)?>", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?P<name>[A-Za-z][\w.-]*+)")
_FEED = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel|item|entry)(?=[\s>/])", re.IGNORECASE)
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]{1,40})", re.IGNORECASE)
#: somebody's content management wraps its feed in a page
_WRAPPED = re.compile(r"<feed\s[^<>]{0,200}?http://www\.w3\.org/2005/Atom|<rss\s[^<>]{0,200}?version=")
_ROOTS = frozenset(("rss", "feed", "rdf", "channel"))
_FAMILIES = (("atom", "atom"), ("rss10", "rdf"), ("rss090", "rdf"), ("rss", "rss"))


def _is_feed(wire: Wire) -> bool:
    head = _legible(wire.data[:_HEAD])
    if not head.lstrip().startswith("<"):
        return False
    root = _root(head)
    if root in _ROOTS:
        return True
    return bool((_WRAPPED if root == "html" else _FEED).search(head))


def _legible(data: bytes) -> str:
    """Markup of any encoding, so far that its tags can be read."""
    if data.startswith(_EBCDIC):
        return data.decode("cp037")
    return data.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").decode("latin-1").lstrip("ÿþ")


def _root(head: str) -> str:
    """The name of the first element, in lower case; empty where none begins."""
    at = 0
    while found := _PROLOG.match(head, at):
        at = found.end()
        if found.group() == "<!--":
            ends = head.find("-->", at)
            if ends < 0:
                return ""
            at = ends + 3
    root = _ROOT.match(head, at)
    return root["name"].lower() if root else ""


def _read(wire: Wire, max_records: int) -> Page:
    parsed = guard.parse(wire.data, _telling(wire.headers), max_records)
    if isinstance(parsed, str):
        return _refused(f"not readable as a feed: {parsed}")
    if not parsed.version and not parsed.items:
        return _refused("not readable as a feed: nothing in it says that it is one")
    flaws = _flaws(wire, parsed)
    if not parsed.items and parsed.flaw and not parsed.flaw_is_encoding:
        return _refused(f"not readable as a feed: broken XML without an entry: {printable(parsed.flaw)}")
    entries, findings = entries_of(parsed.items)
    return Page(
        format=_family(parsed.version),
        day=announcement_day(parsed.items),
        entries=entries,
        findings=(*flaws, *findings),
    )


def _telling(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that help: the place, and the type if it names an encoding.

    A type without one says by the book that the feed is ASCII, which is hardly ever true.
    """
    given = {name.lower(): value for name, value in headers.items()}
    told = {name: given[name] for name in ("content-location",) if name in given}
    if charset := _CHARSET.search(given.get("content-type", "")):
        told["content-type"] = f"application/xml; charset={charset[1]}"
    return told


def entries_of(items: Iterable[Item]) -> tuple[tuple[Entry, ...], list[Finding]]:
    """The entries that `items` make, in order, and the findings about them."""
    entries: list[Entry] = []
    findings: list[Finding] = []
    for number, item in enumerate(items, 1):
        made, about = conventions.entry(item, number)
        entries += [made] if made else []
        findings += about
    return tuple(entries), findings


def announcement_day(items: Iterable[Item]) -> date | None:
    """The day of an arXiv list, which is a listing of one day; `None` for every other feed.

    A blog's feed holds its last posts, of weeks or years: they are listed on the day they are read,
    and each has its own date as `published`. With a past day, none of them would be new.
    """
    days = (conventions.known_day(item.published) for item in items if conventions.is_announcement(item))
    return max(filter(None, days), default=None)


def _flaws(wire: Wire, parsed: Parsed) -> list[Finding]:
    found: list[Finding] = []
    if parsed.flaw:
        kind = "an encoding other than it says" if parsed.flaw_is_encoding else "loose XML"
        what = f"{kind}, read as well as it can be: {printable(parsed.flaw)}"
        found.append(Finding(what=what, severity=Severity.NOTE))
    if parsed.flaw and not parsed.flaw_is_encoding and _is_cut(wire.data):
        what = "the feed ends in its middle: what followed is missing"
        found.append(Finding(what=what, severity=Severity.LOST))
    if parsed.count > len(parsed.items):
        what = f"{parsed.count:,} entries, of which only the first {len(parsed.items):,} were taken"
        found.append(Finding(what=what, severity=Severity.LOST, number=len(parsed.items) + 1))
    return found


def _is_cut(data: bytes) -> bool:
    """Whether the end of the outermost element is missing."""
    root = _root(_legible(data[:_HEAD]))
    ends = _legible(data[-_HEAD:]) if not data.startswith(_EBCDIC) else data[-_HEAD:].decode("cp037")
    return root in _ROOTS and not re.search(rf"</(?:[\w.-]+:)?{re.escape(root)}\s*>", ends, re.IGNORECASE)


def _family(version: str) -> str:
    return next((family for start, family in _FAMILIES if version.startswith(start)), version or "rss")


def _refused(what: str) -> Page:
    return Page(format=UNKNOWN, findings=(Finding(what=what, severity=Severity.FATAL),))


FEED = Shape(
    name="feed",
    looks_for="a feed (RSS, Atom or RDF)",
    matches=_is_feed,
    read=_read,
    reads_bytes=True,
)
