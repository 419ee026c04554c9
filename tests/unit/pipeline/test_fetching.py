"""Sources with an address, asked for real at a server on this machine that misbehaves on request."""

import re
import socket
from dataclasses import replace
from datetime import date, timedelta
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


# ── one address after another ─────────────────────────────────────────────────────────────────


def test_without_the_allow_list_the_same_server_is_refused_and_not_even_connected(database, server, source):
    server.give(GOOD)
    report = run(database, replace(source, allow_hosts=()))
    (problem,) = report.problems
    assert problem.where == server.url(host=HOST)
    assert problem.what.startswith(
        f"{HOST} is no public address: where that is meant, put it into allow_hosts"
    )
    assert server.asked == []


def test_an_answer_is_a_listing_under_the_name_of_its_address(database, server, source):
    server.give(GOOD, target="/list?token=secret")
    report = run(database, replace(source, location=server.url("/list?token=secret", host=HOST)))
    assert [(f.listing.name, f.new, f.listing.health) for f in report.files] == [
        (server.url("/list?…", host=HOST), 1, Health.OK)
    ]
    assert "secret" not in repr(report)
    assert "secret" not in repr(readings(database))


def test_unchanged_asks_with_what_the_server_gave_and_notes_the_reading_again(database, server, source):
    server.give(GOOD, Reply(status=304))
    run(database, source)
    report = run(database, source, now=NOON + HOUR)
    assert server.asked[1].headers["if-none-match"] == 'W/"monday"'
    assert server.asked[1].headers["if-modified-since"] == "Fri, 20 Nov 2026 08:00:00 GMT"
    assert (report.files, report.new, report.exit_code) == ((), 0, 0)
    assert [(r.health, r.records, r.new, r.read_at) for r in readings(database)] == [
        (Health.OK, 1, 1, NOON + HOUR)
    ]
    run(database, source, now=NOON + DAY)
    assert [(r.new, r.read_at) for r in readings(database)] == [(1, NOON + HOUR), (0, NOON + DAY)]


def test_a_source_that_is_unchanged_after_it_failed_is_well_again(database, server, source):
    server.give(GOOD, Reply(status=500), Reply(status=304))
    for hours in range(3):
        run(database, source, now=NOON + hours * HOUR)
    with database.read() as transaction:
        (found,) = transaction.listings.per_source()
    assert (found.health, found.problem, found.last_good) == (Health.OK, None, NOON + 2 * HOUR)


@pytest.mark.parametrize("status", [301, 308])
def test_what_moved_for_good_is_asked_there_until_that_fails(database, server, source, status):
    server.give(Reply(status=status, headers={"Location": "/new"}))
    server.give(GOOD, Reply(status=304), Reply(status=500), target="/new")
    for hours in range(4):
        report = run(database, source, now=NOON + hours * HOUR)
        if hours < 2:
            moved = f"moved permanently to {server.url('/new', host=HOST)}: change it in config.yaml"
            assert moved in report.fetches[0].what
    assert [asked.target for asked in server.asked] == ["/", "/new", "/new", "/new", "/", "/new"]
    assert ["if-none-match" in asked.headers for asked in server.asked] == [
        False,
        False,
        True,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("status", [302, 303, 307])
def test_what_is_elsewhere_for_now_is_asked_where_it_was(database, server, source, status):
    server.give(Reply(status=status, headers={"Location": "/there"}))
    server.give(GOOD, target="/there")
    for hours in range(2):
        run(database, source, now=NOON + hours * HOUR)
    assert [asked.target for asked in server.asked] == ["/", "/there", "/", "/there"]


def test_a_listing_that_lost_a_record_is_vouched_for_and_its_loss_told_again(database, server, source):
    lossy = page(SPEECH, ("", "An abstract without a title, which nobody can place. " * 9))
    server.give(Reply(body=lossy.encode(), headers={"ETag": '"lossy"'}), Reply(status=304))
    first = run(database, source)
    run(database, source, now=NOON + DAY)
    noted = readings(database)
    assert [r.health for r in noted] == [first.files[0].listing.health] * 2
    assert noted[0].problems == noted[1].problems


def test_nobody_is_asked_again_before_it_is_due_whoever_looks(database, server, source):
    server.give(GOOD)
    run(database, source)
    report = run(database, source, now=NOON + HOUR / 2)
    assert len(server.asked) == 1
    assert [(f.outcome, f.until, f.what) for f in report.fetches] == [
        (None, NOON + HOUR - HOUR / 10, "last asked 2026-11-20 12:00 UTC")
    ]
    assert report.exit_code == 0
    assert len(readings(database)) == 1


def test_one_source_that_fails_stops_no_other(database, server, source, tmp_path):
    (tmp_path / "a.txt").write_text(page(SPEECH))
    server.give(Reply(body=NEXT, cut=10, reset=True))
    server.give(Reply(body=NEXT), target="/good")
    good = replace(source, name="good", location=server.url("/good", host=HOST))
    files = Source(name="files", location=str(tmp_path / "a.txt"))
    bad = replace(source, name="bad", location="http://no.such.name.example/")

    report = run(database, bad, source, good, files)

    assert {f.source: f.listing.health for f in report.files} == {
        "bad": Health.BROKEN,
        "feed": Health.BROKEN,
        "good": Health.OK,
        "files": Health.OK,
    }
    assert len(papers(database)) == 2


def test_without_somebody_to_ask_the_plan_alone_is_told(database, server, source):
    report = ingest(database, [source], now=NOON)
    assert [(f.outcome, f.what) for f in report.fetches] == [(None, "would fetch: never asked before")]
    assert (server.asked, report.exit_code) == ([], 0)


# ── politeness ────────────────────────────────────────────────────────────────────────────────


def test_requests_to_one_host_keep_their_distance(database, server, source):
    for target in ("/", "/b", "/c"):
        server.give(GOOD, target=target)
    others = [replace(source, name=n, location=server.url(f"/{n}", host=HOST)) for n in "bc"]
    stopwatch = Hurried()
    run(database, source, *others, settings=web(delay=3.0), stopwatch=stopwatch)
    assert stopwatch.pauses == [3.0, 3.0]
    # a run that begins right after, as after a restart, keeps it as well
    later = Hurried()
    server.give(GOOD, target="/d")
    another = replace(source, name="d", location=server.url("/d", host=HOST))
    run(database, another, now=NOON + timedelta(seconds=7), settings=web(delay=3.0), stopwatch=later)
    assert later.pauses == [2.0]


def test_a_host_that_wants_to_be_left_alone_is_for_every_source(database, server, source):
    server.give(Reply(status=429, headers={"Retry-After": "1800"}))
    server.give(GOOD, target="/b")
    other = replace(source, name="b", location=server.url("/b", host=HOST))
    report = run(database, source, other)
    assert [(f.source, f.outcome, f.until) for f in report.fetches] == [
        ("feed", FetchOutcome.FAILED, NOON + HOUR / 2),
        ("b", None, NOON + HOUR / 2),
    ]
    assert len(server.asked) == 1
    assert run(database, other, now=NOON + HOUR / 2).new == 1


def test_a_wish_for_a_short_wait_is_waited_for(database, server, source):
    server.give(Reply(status=503, headers={"Retry-After": "20"}))
    server.give(GOOD, target="/b")
    stopwatch = Hurried()
    other = replace(source, name="b", location=server.url("/b", host=HOST))
    assert run(database, source, other, stopwatch=stopwatch).new == 1
    assert stopwatch.pauses == [20.0]


# ── a crash in between ────────────────────────────────────────────────────────────────────────


class PowerCut(Exception):  # noqa: N818 - not an error
    pass


def test_a_crash_between_papers_and_validators_keeps_neither(database, server, source, monkeypatch):
    """Validators without their papers would lose these for ever: the server would say "unchanged"."""
    from digest.store.fetches import FetchBook

    keep = FetchBook.keep

    def cut(book, state):
        keep(book, state)
        if state.outcome is FetchOutcome.FETCHED:
            raise PowerCut

    server.give(GOOD)
    monkeypatch.setattr(FetchBook, "keep", cut)
    with pytest.raises(PowerCut):
        run(database, source)
    monkeypatch.undo()

    assert papers(database) == set()
    assert (state(database).outcome, state(database).validators) == (FetchOutcome.ASKED, None)
    # not asked again at once, as a program that is restarted again and again would
    assert run(database, source, now=NOON + timedelta(minutes=9)).new == 0
    assert run(database, source, now=NOON + timedelta(minutes=10)).new == 1
    assert ["if-none-match" in asked.headers for asked in server.asked] == [False, False]


# ── a day in the address ──────────────────────────────────────────────────────────────────────

FRIDAY = NOON.date()


def listing_of(number):
    title = f"A Paper That Stands for Number {number}"
    return Reply(body=page((title, SPEECH[1])).replace("Nov 19\n\n", "").encode())


@pytest.fixture
def daily(server, source):
    for day in range(1, 31):
        server.give(listing_of(day), target=f"/2026-11-{day:02}?key=secret")
    return replace(source, location=server.url("/{day}?key=secret", host=HOST))


def test_each_day_counts_for_itself_and_missed_ones_are_made_up_for(database, server, daily):
    run(database, daily, now=NOON - 3 * DAY)
    report = run(database, daily)
    assert [asked.target[:11] for asked in server.asked] == [
        "/2026-11-17",
        "/2026-11-17",
        "/2026-11-18",
        "/2026-11-19",
        "/2026-11-20",
    ]
    assert [f.day for f in report.files] == [FRIDAY - 3 * DAY, FRIDAY - 2 * DAY, FRIDAY - DAY, FRIDAY]
    assert report.files[1].listing.name == f"{server.url('/2026-11-18?…', host=HOST)} of 2026-11-18"
    assert "secret" not in repr((report, readings(database)))


def test_after_a_long_absence_the_last_seven_days_come_and_the_others_are_told_of(database, server, daily):
    run(database, daily, now=NOON - 12 * DAY)
    report = run(database, daily)
    assert [f.day.day for f in report.files] == [14, 15, 16, 17, 18, 19, 20]
    assert report.fetches[0].what == "2026-11-09 to 2026-11-13: missed too long ago, not asked for any more"
    assert "missed" not in repr(run(database, daily, now=NOON + DAY).fetches)


def test_a_page_that_is_not_there_yet_is_no_trouble_and_one_that_never_came_is_told_once(
    database, server, daily
):
    run(database, daily, now=NOON - 4 * DAY)  # Monday
    server.give(Reply(status=404), target="/2026-11-17?key=secret")
    codes = [run(database, daily, now=NOON - days * DAY).exit_code for days in (3, 2, 1, 0)]
    assert codes == [0, 4, 0, 0]
    (told,) = [r for r in readings(database) if r.problems and r.problems[0].severity is Severity.FATAL]
    assert (told.day, told.problems[0].what) == (date(2026, 11, 17), "there is no such page (404)")


def test_a_weekend_without_pages_is_no_trouble(database, server, daily):
    for day in (21, 22):
        server.give(Reply(status=404), target=f"/2026-11-{day}?key=secret")
    assert [run(database, daily, now=NOON + days * DAY).exit_code for days in range(4)] == [0] * 4


def test_a_host_that_does_not_answer_is_not_asked_for_six_more_days(database, server, daily):
    run(database, daily, now=NOON - 6 * DAY)
    server.asked.clear()
    for day in range(14, 21):
        server.give(Reply(slow="head"), target=f"/2026-11-{day}?key=secret")
    report = run(database, daily, settings=web(seconds=0.2))
    assert len(server.asked) == 1
    assert [f.outcome for f in report.fetches] == [FetchOutcome.FAILED, *[None] * 6]


# ── what status tells ─────────────────────────────────────────────────────────────────────────


def seen(database, source, now=NOON):
    with database.read() as transaction:
        found = outlook(transaction, source, now=now)
    return found.next, found.why, found.outcome


def test_status_knows_when_an_address_is_asked_next_and_why(database, server, source, daily):
    assert seen(database, source) == (NOON, "never asked before", None)
    server.give(GOOD)
    run(database, source)
    assert seen(database, source)[::2] == (NOON + HOUR - HOUR / 10, FetchOutcome.FETCHED)
    other = replace(daily, name="daily")
    run(database, other)
    assert seen(database, other)[::2] == (NOON + HOUR - HOUR / 10, FetchOutcome.FETCHED)
    assert seen(database, other, NOON + 12 * HOUR)[0] == NOON + 12 * HOUR


# ── what state that means the source is in ────────────────────────────────────────────────────


def a_day(number):
    """A page of a dozen papers that no other day has; NOON is on a Friday."""
    title, abstract = SPEECH
    papers = "".join(f"{title} {number}.{n}\n\n{abstract}\n\n" for n in range(12))
    return f"Daily Papers\n\nby AK and the research community\n\n{papers}".encode()


def healths(report):
    return [one.verdict.health for one in report.verdicts]


def every_day_until(database, server, source, now):
    """Three weeks in which an address brings something new on each working day."""
    for days in range(21, 0, -1):
        moment = now - days * DAY
        if moment.weekday() < 5:
            server.give(Reply(body=a_day(days), headers={"ETag": f'"{days}"'}))
            assert healths(run(database, source, now=moment)) == [Health.OK]


def test_an_address_that_says_unchanged_all_day_is_stale_where_every_day_brought_something(
    database, server, source
):
    every_day_until(database, server, source, NOON)
    server.give(Reply(304))
    assert healths(run(database, source, now=NOON + 3 * HOUR)) == [Health.STALE]


def test_an_address_that_says_unchanged_at_a_weekend_is_quiet(database, server, source):
    saturday = NOON + DAY
    every_day_until(database, server, source, saturday)
    server.give(Reply(304))
    assert healths(run(database, source, now=saturday)) == [Health.QUIET]


def test_an_address_that_nobody_asked_is_as_it_was(database, server, source):
    every_day_until(database, server, source, NOON)
    report = run(database, source, now=NOON - DAY + timedelta(minutes=5))
    assert report.files == ()
    assert healths(report) == []
    with database.read() as transaction:
        assert transaction.captures.latest()["feed"].health is Health.OK


def test_an_address_that_failed_and_then_says_unchanged_is_as_well_as_before_it_failed(
    database, server, source
):
    every_day_until(database, server, source, NOON)
    server.give(Reply(body=a_day(0), headers={"ETag": '"0"'}))
    assert healths(run(database, source, now=NOON)) == [Health.OK]
    server.give(Reply(500))
    assert healths(run(database, source, now=NOON + 2 * HOUR)) == [Health.BROKEN]
    server.give(Reply(304))
    assert healths(run(database, source, now=NOON + 4 * HOUR)) == [Health.OK]
