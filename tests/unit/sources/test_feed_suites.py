"""Feeds as other people published them, and the conformance suites of two other projects."""

import io
import re
import tarfile
from datetime import date
from pathlib import Path

import feedparser
import pytest

from digest.model import Severity
from digest.sources import read
from digest.sources.decode import decode
from digest.sources.feeds import feed, guard
from tests.unit.sources.test_feeds import opened_while_reading

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "feeds"
SAVED = date(2026, 11, 22)
ACTING = re.compile(
    r"<\s*(?:script|style|iframe|object|embed|svg|textarea|form|input|meta|link|base)\b[^<>]*>"
    r"|<[a-z][^<>]*[\s/\"'](?:on\w+|style|href|src|formaction)\s*=[^<>]*>",
    re.IGNORECASE,
)
#: pages that explain markup, which stands there as text
EXPLAINS = {"feedjira__TenderLovemaking.xml", "feedjira__TrotterCashionHome.xml"}

needs = pytest.mark.skipif(not SHARED.is_dir(), reason=f"no {SHARED}")


def published():
    return {path.name: path.read_bytes() for path in sorted((SHARED / "dev").iterdir())}


def suite(name):
    with tarfile.open(SHARED / "suites" / f"{name}.tar.gz") as archive:
        files = (member for member in archive if member.isfile() and member.name.endswith(".xml"))
        return {member.name: archive.extractfile(member).read() for member in files}


def lost(data):
    wire = decode(data)
    if not feed.FEED.matches(wire):
        return 0
    page = feed.FEED.read(wire, 20_000)
    return sum(f.severity is Severity.LOST and f.number is not None for f in page.findings)


def check(files):
    """Each entry that feedparser sees is a record or a named loss; no text could act."""
    different, acting = [], []
    for name, data in files.items():
        listing = read(data, name=name, latest=SAVED)
        expected = len(feedparser.parse(io.BytesIO(data)).entries)
        if len(listing.records) != expected and len(listing.records) + lost(data) != expected:
            different.append((name, expected, len(listing.records)))
        texts = [text for r in listing.records for text in (r.raw_title, r.raw_abstract)]
        if Path(name).name not in EXPLAINS and any(ACTING.search(text) for text in texts):
            acting.append(name)
        for record in listing.records:
            assert record.paper.published is None or date(1990, 1, 1) <= record.paper.published <= date(
                2027, 11, 23
            )
    assert different == []
    assert acting == []


@needs
def test_every_published_feed_is_read(monkeypatch):
    monkeypatch.setattr(guard, "_SMALL", 10**9)  # a process for each would take long
    files = published()

    assert len(files) == 57
    check(files)


@needs
@pytest.mark.parametrize(("name", "count"), [("feedparser-tests", 2106), ("feedvalidator-testcases", 1687)])
def test_every_case_of_a_suite_is_read(name, count):
    files = suite(name)

    assert len(files) == count
    check(files)


@needs
@pytest.mark.parametrize("name", ["feedparser-tests", "feedvalidator-testcases"])
def test_no_case_of_a_suite_opens_a_file_or_a_connection(name):
    assert opened_while_reading(*suite(name).values()) == "[]"
