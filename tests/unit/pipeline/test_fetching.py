"""Sources with an address, asked for real at a server on this machine that misbehaves on request."""

import re
import socket
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from digest import sources
from digest.model import FetchOutcome, Health, Severity, Source
from digest.pipeline import Fetching, ingest, outlook
from digest.sources.fetch import wire
from tests import source_server
from tests.builders import NOON
from tests.source_cases import CASES, GOOD, MAX_BYTES, NEXT, SECONDS
from tests.source_server import Reply
from tests.unit.pipeline.test_rank_files import SPEECH, page

ROOT = Path(__file__).resolve().parents[3]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOST = "papers.example"
NAMES = {HOST: ["127.0.0.1"], "inside.example": ["10.0.0.7"]}


def resolver(host, port):
    if host in NAMES:
        return NAMES[host]
    if not re.fullmatch(r"[\d.:a-f]+", host):
        raise socket.gaierror("no such name")
    return wire.resolve(host, port)


class Hurried(sources.Stopwatch):
    """Its pauses take no time, and count as if they did."""

    def __init__(self):
        self.pauses = []

    def seconds(self):
        return sum(self.pauses)

    def pause(self, seconds):
        self.pauses.append(seconds)


@pytest.fixture(scope="module")
def server():
    with source_server.running() as found:
        yield found


@pytest.fixture(autouse=True)
def forgetful(server):
    server.replies.clear()
    server.asked.clear()


@pytest.fixture
def source(server):
    return Source(name="feed", location=server.url(host=HOST), every_seconds=3600.0, allow_hosts=(HOST,))


def web(**values):
    facts = {"user_agent": "digest/test", "seconds": 20.0, "max_bytes": MAX_BYTES, "delay": 0.0}
    return sources.WebSettings(**(facts | values))


def run(database, *wanted, now=NOON, settings=None, stopwatch=None):
    fetching = Fetching(
        settings or web(), ask=partial(sources.ask, resolver=resolver), stopwatch=stopwatch or Hurried()
    )
    return ingest(database, wanted, now=now, fetching=fetching)


def state(database, source="feed"):
    with database.read() as transaction:
        (found,) = transaction.fetches.of_source(source)
    return found


def host(database, name=HOST):
    with database.read() as transaction:
        return transaction.fetches.host(name)


def readings(database):
    with database.read() as transaction:
        return transaction.listings.readings_between(NOON - 99 * DAY, NOON + 99 * DAY)


def papers(database):
    with database.read() as transaction:
        return {p.known.paper.title for p in transaction.papers.search()}


# ── what a server may do ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.does)
def test_what_follows_from_what_a_server_does(database, server, source, case):
    server.give(GOOD)
    run(database, source)
    before, known = state(database), papers(database)
    for target, reply in case.replies.items():
        server.give(reply, target=target)
    now = NOON + HOUR

    report = run(database, source, now=now, settings=web(seconds=SECONDS) if case.slow else None)

    after = state(database)
    noted = [r for r in readings(database) if r.read_at >= now]
    assert after.outcome is case.outcome
    assert [r.health for r in noted] == ([case.health] if case.health else [])
    assert case.words in "".join(p.what for r in noted for p in r.problems)
    assert "secret" not in repr((report, noted))
    assert (report.new, report.exit_code) == (case.new, 4 if case.health is Health.BROKEN else 0)
    assert papers(database) >= known
    if case.etag is None:
        assert after.validators == before.validators
    else:
        assert (after.validators.etag if after.validators else "") == case.etag
    assert after.moved_to == (server.url(case.moved, host=HOST) if case.moved else None)
    with database.read() as transaction:
        seen = outlook(transaction, source, now=now)
    assert host(database).not_before == (now + case.alone if case.alone else None)
    assert seen.next == now + case.again
    # and nothing of it is in the way of a good answer later
    server.give(Reply(body=NEXT))
    later = run(database, source, now=now + 8 * DAY)
    assert later.exit_code == 0
    assert len(papers(database)) == 2


def test_the_documentation_has_the_same_table():
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    section = text.partition("## What a server may do, and what follows\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    assert rows == [("A server …", "and what follows"), *((c.does, c.follows) for c in CASES)]
