"""Files on their way through an inbox: moved or left, piped in, and noticed while `serve` stays."""

import json
import os
import subprocess
import time

import pytest

from tests.acceptance.serving import PATIENCE, serving, wait_until


@pytest.fixture
def moving(workspace):
    """A workspace whose inbox puts away what was read."""
    workspace.configure(sources=[{"name": "inbox", "path": "inbox", "after_reading": "move"}])
    return workspace


def in_inbox(workspace):
    return sorted(str(p.relative_to(workspace.inbox)) for p in workspace.inbox.rglob("*") if p.is_file())


def test_a_file_that_was_read_is_moved_and_counts_once(moving, dumps, at):
    moving.put(dumps[0], name="monday.txt")
    first = moving.json("ingest", now=at(0))
    assert first["new"] == 90
    assert in_inbox(moving) == ["read/monday.txt"]

    moving.put(dumps[0], name="monday.txt")
    again = moving.json("ingest", now=at(1))
    assert (again["read"], again["new"]) == (90, 0)
    assert in_inbox(moving) == ["read/monday-2.txt", "read/monday.txt"]


def test_a_file_that_cannot_be_read_stays_in_sight(moving, at):
    moving.put("nothing that anybody could read as a listing", name="odd.txt")
    for day in (0, 1):
        assert "odd.txt" in moving("ingest", now=at(day), code=4).stderr
    assert in_inbox(moving) == ["odd.txt"]


def test_a_rehearsal_moves_nothing(moving, dumps, at):
    moving.put(dumps[0])
    moving("ingest", "--dry-run", now=at(0))
    moving("run", "--dry-run", now=at(0))
    assert in_inbox(moving) == [dumps[0].name]


def test_files_are_left_where_they_are_by_default(workspace, dumps, at):
    workspace.put(dumps[0])
    workspace("ingest", now=at(0))
    assert in_inbox(workspace) == [dumps[0].name]


def test_a_listing_can_be_piped_in(workspace, dumps, at):
    with dumps[0].open("rb") as page:
        process = workspace.start("ingest", "-", "--json", now=at(0), stdin=page)
        printed, complaints = process.communicate(timeout=PATIENCE)
    assert (process.returncode, complaints) == (0, "")
    report = json.loads(printed)
    assert report["new"] == 90
    assert {(f["source"], f["file"]) for f in report["listings"]} == {("standard input", "standard input")}


def test_a_listing_can_be_piped_into_the_ranking(workspace, dumps, at):
    with dumps[0].open("rb") as page:
        process = workspace.start("rank", "-i", "diffusion models", "-", "--json", now=at(0), stdin=page)
        printed, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert json.loads(printed)["papers"] == 90


def test_nothing_piped_in_is_an_empty_file_and_named(workspace, at):
    process = workspace.start("ingest", "-", now=at(0))
    _, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 4
    assert "standard input: the file is empty" in complaints


def test_standard_input_may_be_closed_where_nobody_reads_it(workspace, dumps, at):
    workspace.put(dumps[0])
    options = workspace.invocation("ingest", "--json", now=at(0))
    closed = {"args": ["sh", "-c", 'exec "$@" <&-', "sh", *options.pop("args")]}
    done = subprocess.run(**closed, **options, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["new"] == 90


def test_serve_reads_a_new_file_and_never_one_that_still_grows(workspace, dumps):
    workspace.configure(sources=[{"name": "inbox", "path": "inbox", "settle": "2s", "after_reading": "move"}])
    workspace.inbox.mkdir(exist_ok=True)
    whole = dumps[0].read_bytes()
    with serving(workspace, web=False) as serve:
        # the run at the start is over once it is noted
        wait_until(lambda: workspace.database.exists() and workspace.json("status")["runs"])
        page = workspace.inbox / "page.txt"
        with page.open("wb") as growing:
            for start in range(0, len(whole), len(whole) // 8):
                growing.write(whole[start : start + len(whole) // 8])
                growing.flush()
                os.fsync(growing.fileno())
                time.sleep(0.4)  # longer in all than a file takes to settle
        wait_until((workspace.inbox / "read" / "page.txt").exists)
        wait_until(lambda: not serve.at_work)
        assert serve.stop() == 0
    assert serve.complaints == []
    # one listing: no reading saw a part of the file
    assert workspace.rows("SELECT records FROM listing") == [(90,)]
