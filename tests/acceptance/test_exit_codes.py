"""Each documented exit code, provoked for real, and what a script or cron sees of it."""

import contextlib
import fcntl
import os
import pty
import socket
import subprocess
import time
from pathlib import Path

import pytest

from digest.exits import EXIT_CODES

#: a limit that cuts nothing off, so that a day without new papers is a quiet one
READER = ("subscribers", "add", "vision@reader.example", "--interest", "diffusion models", "--limit", "100")


@contextlib.contextmanager
def holding_the_lock(workspace):
    """What another running digest does, done by this process."""
    with workspace.database.with_name("digest.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def dead_server():
    """A port at which nobody listens, as environment variables."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        yield {"DIGEST__MAIL__SMTP__HOST": "127.0.0.1", "DIGEST__MAIL__SMTP__PORT": str(port)}


def test_the_codes_are_documented_where_the_commands_are(digest, tmp_path):
    helped = digest("--help", cwd=tmp_path)
    assert helped.returncode == 0
    assert [line.strip() for line in EXIT_CODES.splitlines()] == [
        line.strip() for line in helped.stdout.splitlines()[-4:]
    ]


def test_cron_hears_nothing_when_all_is_well_and_a_terminal_sees_a_report(workspace, dumps, at):
    workspace(*READER)
    workspace.put(dumps[0])
    for moment in (at(0), at(0, 9), at(1)):  # an issue, nothing due, nothing new
        quiet = workspace("run", now=moment)
        assert (quiet.stdout, quiet.stderr) == ("", "")
    assert len(workspace.mails) == 1

    workspace.put(dumps[1])
    workspace.env = {"COLUMNS": "120"}
    report = on_a_terminal(workspace, "run", now=at(2))
    for word in ("page date", "vision@reader.example", "1 sent"):
        assert word in report
    assert len(workspace.mails) == 2
    status = workspace.json("status")
    assert [run["exit_code"] for run in status["runs"]] == [0, 0, 0, 0]
    assert status["outbox"]["accepted"] == 2


def on_a_terminal(workspace, *args, now):
    """What the command prints when standard output is a terminal."""
    here, there = pty.openpty()
    with subprocess.Popen(
        **workspace.invocation(*args, now=now), stdin=there, stdout=there, stderr=subprocess.DEVNULL
    ) as process:
        os.close(there)
        printed = b""
        with contextlib.suppress(OSError):  # the way Linux says that the other end was closed
            while chunk := os.read(here, 4096):
                printed += chunk
        os.close(here)
    assert process.returncode == 0
    return printed.decode()


def test_failed_deliveries_are_3_also_where_a_source_failed_as_well(workspace, dumps, at, dead_server):
    workspace(*READER)
    workspace.put(dumps[0])
    workspace.put(b"", name="empty.txt")
    workspace.env = dead_server
    failed = workspace("run", now=at(0), code=3)
    assert failed.stdout == ""
    lines = failed.stderr.splitlines()
    assert len(lines) == 2
    assert "empty.txt" in lines[0]
    assert "vision@reader.example" in lines[1]
    # its turn comes again by a rule, and by then the way out is a folder
    workspace.env = {}
    assert workspace.json("deliver", now=at(0))["deliveries"] == []
    sent = workspace.json("deliver", now=at(0, 10))
    assert [d["state"] for d in sent["deliveries"]] == ["accepted"]
    assert len(workspace.mails) == 1


def test_a_source_that_failed_is_4_and_the_rest_was_done(workspace, dumps, at, tmp_path):
    workspace(*READER)
    missing = workspace("ingest", dumps[0], tmp_path / "missing.txt", now=at(0), code=4)
    assert len(missing.stderr.splitlines()) == 1
    assert "missing.txt" in missing.stderr
    workspace.put("what somebody wrote down\n", name="notes.txt")
    failed = workspace("run", now=at(0), code=4)
    assert failed.stdout == ""
    assert len(failed.stderr.splitlines()) == 1
    assert "notes.txt" in failed.stderr
    assert len(workspace.mails) == 1
    assert workspace.json("status")["runs"][0]["exit_code"] == 4


def test_a_held_lock_is_5_at_once_for_run_while_others_wait_and_readers_do_not_care(workspace, dumps, at):
    workspace(*READER)
    with holding_the_lock(workspace):
        before = workspace.snapshot()
        refused = workspace("run", now=at(0), code=5)
        assert refused.stdout == ""
        assert len(refused.stderr.splitlines()) == 1
        assert "another run holds the lock" in refused.stderr
        assert "lock" in workspace("ingest", dumps[0], "--wait", 0, code=5).stderr
        assert workspace.json("papers") == []
        assert workspace.json("run", "--dry-run", now=at(0))["dry_run"] is True
        assert workspace.snapshot() == before

        waiting = workspace.start("ingest", dumps[0], "--wait", 60, now=at(0))
        lock = workspace.folder / "digest.db.lock"
        while lock not in open_files(waiting):
            assert waiting.poll() is None
            time.sleep(0.02)
        time.sleep(0.3)  # some polls of the lock
        assert waiting.poll() is None
    _, complaints = waiting.communicate()
    assert (waiting.returncode, complaints) == (0, "")
    assert workspace.rows("SELECT count(*) FROM paper") == [(90,)]


def open_files(process):
    """The paths that a running process holds open."""
    found = set()
    with contextlib.suppress(OSError):
        for link in Path(f"/proc/{process.pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found.add(link.readlink())
    return found


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (["nonsense"], "nonsense"),
        (["ingest", "--date", "yesterday"], "yesterday"),
        (["papers", "--now", "noon"], "noon"),
        (["subscribers", "show", "nobody@reader.example"], "nobody@reader.example"),
        (["subscribers", "add", "no-address", "--interest", "x"], "no-address"),
    ],
)
def test_a_command_that_cannot_be_followed_is_2_and_names_what_it_is_about(workspace, args, named):
    refused = workspace(*args, code=2)
    assert refused.stdout == ""
    assert named in refused.stderr
    assert "Traceback" not in refused.stderr
