"""Staying: `serve` does what `run` does, stops when told, and a monitor hears of good runs."""

import os
import socketserver
import threading
from contextlib import contextmanager

import pytest

from tests.acceptance.serving import family_of, serving, wait_until

READER = ("subscribers", "add", "vision@reader.example", "--interest", "diffusion models")
GOOD = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
GARBAGE = b"220 this is a mail server\r\n"


@contextmanager
def monitor(answer):
    """A server that gives one answer to everything, and the list of what it was asked."""
    asked = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            asked.append(self.rfile.readline().decode().strip())
            self.wfile.write(answer)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/ping/7f3a", asked
        finally:
            server.shutdown()
            thread.join()


def test_what_is_cut_off_when_serve_is_told_to_stop_is_neither_lost_nor_doubled(workspace, dumps):
    # all by the real clock, which `serve` goes by: midnight is past, and the papers came just now
    workspace("ingest", *dumps)
    workspace(*READER, "--at", "00:00")
    lock = workspace.folder / "digest.db.lock"
    before = lock.read_text()
    with serving(workspace) as serve:
        wait_until(lambda: lock.read_text() not in {before, ""})  # the run has begun
        assert serve.at_work
        assert serve.stop() == 0
    assert serve.complaints == []
    assert len(workspace.mails) <= 1
    assert workspace("run").stderr == ""  # cron's way does the rest
    assert len(workspace.mails) == 1
    assert workspace("run").stderr == ""
    assert len(workspace.mails) == 1


def test_serve_does_what_a_run_does_and_tells_of_a_lasting_trouble_once(workspace, dumps):
    workspace.put("not a listing", name="notes.txt")
    workspace("ingest", *dumps)
    workspace(*READER, "--at", "00:00")
    with serving(workspace) as serve:
        wait_until(lambda: workspace.rows("SELECT 1 FROM run") and not serve.at_work)
        assert serve.stop() == 0
    assert len(workspace.mails) == 1
    (complaint,) = serve.complaints
    assert complaint.startswith("digest: ")
    assert "notes.txt" in complaint
    assert [run["exit_code"] for run in workspace.json("status")["runs"]] == [4]


def test_a_signal_from_the_terminal_reaches_the_run_through_serve_alone(workspace, dumps):
    workspace("ingest", *dumps)
    with serving(workspace) as serve:
        wait_until(lambda: serve.at_work)
        (run,) = family_of(serve.process.pid)[1:]
        assert os.getpgid(run) == run != os.getpgid(serve.process.pid)


def test_a_monitor_hears_of_every_good_run_and_of_no_other(workspace, dumps, at):
    with monitor(GOOD) as (url, asked):
        workspace.env = {"DIGEST__SCHEDULE__PING_URL": url}
        workspace.put(dumps[0])
        assert workspace("run", now=at(0)).stderr == ""
        assert asked == ["GET /ping/7f3a HTTP/1.1"]
        workspace("run", "--dry-run", now=at(0))
        workspace.put("not a listing", name="notes.txt")
        workspace("run", now=at(0, 9), code=4)
        assert len(asked) == 1


@pytest.mark.parametrize("answer", [b"", GARBAGE, GOOD.replace(b"204 No Content", b"500 Oh No")])
def test_a_monitor_that_is_down_or_out_of_its_mind_costs_one_line_and_no_run(workspace, at, answer):
    with monitor(answer) as (url, _):
        workspace.env = {"DIGEST__SCHEDULE__PING_URL": url}
        told = workspace("run", now=at(0)).stderr
    assert len(told.splitlines()) == 1
    assert "ping_url" in told
