"""Addresses by the real command: a server on this machine, which the configuration lets it ask."""

import signal
import time
from datetime import timedelta

import pytest

from tests import source_server
from tests.acceptance.conftest import day_at
from tests.source_server import Reply
from tests.unit.pipeline.test_rank_files import IMAGES, SPEECH, page

HOUR = timedelta(hours=1)
NOW = day_at(0)
GOOD = Reply(body=page(SPEECH).encode(), headers={"ETag": '"monday"'})
READER = {"name": "ada", "interests": ["speech synthesis"], "format": "feed"}


@pytest.fixture
def server():
    with source_server.running() as found:
        yield found


@pytest.fixture
def fetching(workspace, server):
    """A workspace whose one source is the server."""
    workspace.configure(
        sources=[{"name": "feed", "url": server.url("/?token=secret"), "allow_hosts": ["127.0.0.0/8"]}],
        fetch={"delay": "0s", "contact": "keeper@papers.example"},
        subscribers=[READER],
    )
    return workspace


def test_a_run_fetches_ranks_and_publishes_and_is_polite_the_next_time(fetching, server):
    server.give(GOOD, Reply(status=304), target="/?token=secret")
    first = fetching.json("run", now=NOW)
    assert first["ingest"]["new"] == 1
    assert len(first["publish"]["issues"]) == 1
    (fetch,) = first["ingest"]["fetches"]
    assert (fetch["outcome"], fetch["url"]) == ("fetched", server.url("/?…"))
    assert server.asked[0].headers["user-agent"].endswith(" (+keeper@papers.example)")

    fetching("run", now=NOW + HOUR / 2)
    assert len(server.asked) == 1
    assert fetching.json("run", now=NOW + HOUR)["ingest"]["fetches"][0]["outcome"] == "unchanged"
    assert server.asked[1].headers["if-none-match"] == '"monday"'


def test_a_dry_run_asks_nobody_and_says_what_it_would(fetching, server):
    server.give(GOOD, target="/?token=secret")
    said = fetching("ingest", "--dry-run", now=NOW).stdout
    assert f"feed: {server.url('/?…')}: would fetch: never asked before" in said
    assert "would fetch" in fetching("run", "--dry-run", now=NOW).stdout
    assert fetching("ingest", "--dry-run", server.url("/?token=secret"), now=NOW)
    assert server.asked == []


def test_a_failing_server_is_one_line_and_code_4_and_status_says_what_comes_next(fetching, server):
    server.give(Reply(status=503, headers={"Retry-After": "7200"}), target="/?token=secret")
    done = fetching("run", now=NOW, code=4)
    assert done.stdout == ""
    assert done.stderr == f"digest: {server.url('/?…')}: the server is busy (503)\n"
    said = fetching("status", now=NOW).stdout
    assert "broken" in said
    assert f"{NOW + 2 * HOUR:%Y-%m-%d %H:%M} UTC" in said
    assert "the server asked to wait" in said
    (fetch,) = fetching.json("status", now=NOW)["fetches"]
    assert (fetch["outcome"], fetch["source"]) == ("failed", "feed")
    assert "secret" not in said + done.stderr


def test_an_address_that_moved_is_told_to_its_operator(fetching, server):
    server.give(Reply(status=301, headers={"Location": "/new"}), target="/?token=secret")
    server.give(GOOD, target="/new")
    told = f"moved permanently to {server.url('/new')}: change it in config.yaml"
    assert told in fetching("ingest", now=NOW).stdout
    assert f"moved to {server.url('/new')}: change it in config.yaml" in " ".join(
        fetching("status", now=NOW).stdout.split()
    )


def test_an_address_on_the_command_line_is_asked_at_once_and_guarded_alike(fetching, server):
    server.give(GOOD, target="/?token=secret")
    for minutes in (0, 1):
        fetching("ingest", server.url("/?token=secret"), now=NOW + timedelta(minutes=minutes))
    assert len(server.asked) == 2

    server.give(Reply(body=page(IMAGES).encode()), target="/other")
    refused = fetching("ingest", server.url("/other"), now=NOW, code=4)
    assert "127.0.0.1 is no public address" in refused.stderr
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("file:///etc/passwd", "only http:// and https:// addresses are asked, not file:"),
        ("https://ada:secret@papers.example/", "a name or password in front of the host"),
        ("https://papers.example/{date}", "only {day} may stand in braces"),
    ],
)
def test_what_is_no_address_to_ask_is_refused(fetching, place, why):
    done = fetching("ingest", place, now=NOW, code=2)
    assert why in done.stderr
    assert "secret" not in done.stderr


def test_a_run_killed_in_the_middle_of_an_answer_loses_nothing_and_does_not_press(fetching, server):
    server.give(Reply(body=b"x", length=1000, slow="body"), GOOD, target="/?token=secret")
    process = fetching.start("run", now=NOW)
    while not server.asked:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)

    assert fetching.json("ingest", now=NOW + timedelta(minutes=9))["read"] == 0
    assert len(server.asked) == 1
    assert fetching.json("ingest", now=NOW + timedelta(minutes=11))["new"] == 1
    assert "if-none-match" not in server.asked[1].headers
