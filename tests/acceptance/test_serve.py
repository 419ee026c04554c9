"""Staying: `serve` does what `run` does, stops when told, and a monitor hears of good runs."""

import signal
import socketserver
import threading
import time
from contextlib import contextmanager

import pytest

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


def test_serve_finishes_the_tick_in_which_it_is_told_to_stop(workspace, dumps):
    # all by the real clock, which `serve` goes by: midnight is past, and the papers came just now
    workspace("ingest", *dumps)
    workspace(*READER, "--at", "00:00")
    lock = workspace.folder / "digest.db.lock"
    process = workspace.start("serve")
    try:
        while f"process {process.pid}" not in lock.read_text():  # the tick begins
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        printed, complaints = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, complaints) == (0, "")
    assert "serving" in printed
    assert len(workspace.mails) == 1
    assert [run["exit_code"] for run in workspace.json("status")["runs"]] == [0]
    assert workspace("run").stderr == ""  # cron's way finds nothing left to do
    assert len(workspace.mails) == 1


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
