"""Files that are no listing, or only part of one: named, never believed, and in nobody's way."""

import os
from datetime import timedelta

import pytest

HUGE = 200 * 1024 * 1024
#: the tables that hold what was read; the note of each act of reading is in another one
ARCHIVE = ("paper", "paper_key", "listing", "sighting", "background")
#: name → bytes and what its problem says
BAD = {
    "controls.txt": (b"\x00\x01\x02\x03\x04 abc" * 4000, "mostly control bytes"),
    "data.json": (b'{"rows": [{"name": "A", "value": 1}]}\n', "no listing of papers"),
    "empty.txt": (b"", "the file is empty"),
    "image.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "not UTF-8"),
    "latin1.txt": ("Daily Papers\n\nÜber die Künste\n".encode("latin-1"), "not UTF-8"),
    "notes.txt": (b"Buy milk.\nCall the library about the two books.\n", "no listing of papers"),
    "page.html": (b"<!doctype html><html><body><h1>Daily</h1></body></html>\n", "no listing of papers"),
    "spaces.txt": (b" \n\n \r\n", "the file is empty"),
}


@pytest.fixture
def bad(tmp_path):
    """A folder of files that hold no listing, one of them large and one with a name that is no text."""
    folder = tmp_path / "bad"
    folder.mkdir()
    for name, (data, _) in BAD.items():
        (folder / name).write_bytes(data)
    with (folder / "huge.txt").open("wb") as huge:
        huge.truncate(HUGE)  # takes no space on the disk
    with open(os.fsencode(folder) + b"/na\xffme.txt", "wb") as odd:  # noqa: PTH123 - a name in bytes
        odd.write(b"neither title nor abstract")
    return folder


def archived(workspace):
    return {table: workspace.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in ARCHIVE}


def test_files_that_are_no_listing_are_named_problems_and_leave_the_archive_alone(archive, bad, at):
    before = archived(archive)
    report = archive.json("ingest", bad, now=at(0), code=4)
    problems = {f["file"]: f["problems"] for f in report["listings"]}
    assert len(problems) == len(BAD) + 2
    for name, (_, what) in BAD.items():
        (problem,) = problems[name]
        assert problem["where"] == name
        assert problem["severity"] == "fatal"
        assert what in problem["what"]
    (huge,) = (p for name, found in problems.items() if name.endswith("huge.txt") for p in found)
    assert f"{HUGE:,} bytes" in huge["what"]
    assert {f["health"] for f in report["listings"]} == {"broken"}
    assert report["new"] == report["read"] == 0
    assert archived(archive) == before
    noted = archive.rows("SELECT count(*), sum(records), sum(new) FROM reading WHERE health = 'broken'")
    assert noted == [(len(BAD) + 2, 0, 0)]


def test_the_other_files_are_read_and_the_reader_is_told(workspace, bad, dumps, at):
    workspace("subscribers", "add", "vision@reader.example", "--interest", "diffusion models", now=at(0))
    for path in bad.iterdir():
        if path.name in BAD:
            workspace.put(path)
    workspace.put(dumps[0])
    failed = workspace("run", now=at(0), code=4)
    assert failed.stdout == ""
    assert [line.split(": ")[1] for line in failed.stderr.splitlines()] == sorted(BAD)
    assert workspace.rows("SELECT count(*) FROM paper") == [(90,)]
    told = workspace("issues", "vision@reader.example", "--day", "2026-11-16").stdout
    assert "inbox" in told


def test_of_a_file_cut_after_a_title_all_records_before_it_are_kept(workspace, dumps, at):
    whole = dumps[1].read_text(encoding="utf-8")
    lines = whole.splitlines()
    last = next(n for n, line in enumerate(lines) if line.startswith("SpeedUpNet"))
    path = workspace.put("\n".join(lines[: last + 1]), name="monday.txt")
    (cut,) = workspace.json("ingest", path, now=at(0), code=4)["listings"]
    assert (cut["read"], cut["new"], cut["health"]) == (6, 6, "partial")
    (problem,) = cut["problems"]
    assert problem["where"] == f"monday.txt:{last + 1}"
    assert problem["severity"] == "lost"
    assert "SpeedUpNet" in problem["what"]
    titles = [p["title"] for p in workspace.json("papers")]
    assert len(titles) == 6
    assert all(title in lines[:last] for title in titles)

    # reading it again brings no second sighting; when the whole file comes, the rest is added
    again = workspace.json("ingest", path, now=at(0, 9), code=4)["listings"][0]
    assert (again["new"], again["known"], again["seen_before"]) == (0, 6, False)
    assert workspace.rows("SELECT count(*) FROM sighting") == [(6,)]
    workspace.put(dumps[1], name="monday.txt")
    (complete,) = workspace.json("ingest", path, now=at(1))["listings"]
    assert (complete["read"], complete["new"], complete["known"]) == (80, 74, 6)
    assert workspace.rows("SELECT count(*) FROM paper") == [(80,)]


def test_a_file_that_somebody_still_writes_waits_for_the_next_run(workspace, dumps, at):
    workspace.put(dumps[0], changed=at(0) - timedelta(seconds=4))
    assert workspace.json("run", now=at(0))["ingest"] == {
        "listings": [],
        "sources": [],
        "waiting": [str(workspace.inbox / dumps[0].name)],
        "fetches": [],
        "read": 0,
        "new": 0,
    }
    assert workspace.json("run", now=at(0) + timedelta(minutes=1))["ingest"]["new"] == 90
    # named on the command line, it is read at once
    path = workspace.put(dumps[1], changed=at(1))
    assert workspace.json("ingest", path, now=at(1))["new"] == 55
