import os
from datetime import UTC, datetime
from threading import Event

import pytest

from digest.watching import Watcher, glimpse

PATIENCE = 30


@pytest.fixture
def watch():
    """Start a watcher on folders; answers with the event that it sets, and what it told."""
    started = []

    def start(*folders):
        noticed, told = Event(), []
        watcher = Watcher(folders, noticed.set, tell=told.append)
        watcher.start()
        started.append(watcher)
        return noticed, told

    yield start
    for watcher in started:
        watcher.stop()


def until_noticed(noticed, change):
    """Whether a change is noticed; made again and again, since nobody says when watching begins."""
    for number in range(PATIENCE * 10):
        change(number)
        if noticed.wait(0.1):
            return True
    return False


def test_a_new_file_is_noticed(tmp_path, watch):
    noticed, told = watch(tmp_path)
    assert until_noticed(noticed, lambda number: (tmp_path / f"{number}.txt").write_text("page"))
    assert told == []


def test_hidden_and_deleted_files_are_not_noticed(tmp_path, watch):
    (tmp_path / "old.txt").write_text("page")
    marker = tmp_path / "marker.txt"
    noticed, _ = watch(tmp_path)
    assert until_noticed(noticed, lambda number: marker.write_text(str(number)))  # it watches by now
    while noticed.wait(1.0):
        noticed.clear()  # until the marker's own changes are over

    (tmp_path / ".page.txt.part").write_text("unfinished")
    (tmp_path / "old.txt").unlink()

    assert not noticed.wait(2.0)


def test_a_folder_that_is_not_there_stops_nobody(tmp_path, watch):
    noticed, told = watch(tmp_path / "missing", tmp_path)
    assert until_noticed(noticed, lambda number: (tmp_path / f"{number}.txt").write_text("page"))
    assert told == []


def test_no_folder_is_nothing_to_do():
    watcher = Watcher((), pytest.fail, tell=pytest.fail)
    watcher.start()
    watcher.stop()


# ── glimpses ──────────────────────────────────────────────────────────────────────────────────


def test_a_glimpse_is_the_same_until_something_changes(tmp_path):
    (tmp_path / "a.txt").write_text("page")
    places = [tmp_path, tmp_path / "a.txt", tmp_path / "*.md", tmp_path / "gone" / "x"]
    first = glimpse(places)
    assert glimpse(places) == first
    (tmp_path / "a.txt").write_text("another")
    assert glimpse(places) != first


def test_a_file_that_took_anothers_place_is_seen_though_it_looks_the_same(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("one")
    facts = path.stat()
    folder = tmp_path.stat()
    first = glimpse([tmp_path])
    (tmp_path / "b").write_text("two")
    (tmp_path / "b").rename(path)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    os.utime(tmp_path, ns=(folder.st_atime_ns, folder.st_mtime_ns))
    assert path.stat().st_mtime_ns == facts.st_mtime_ns
    assert glimpse([tmp_path]) != first


def test_a_glimpse_tells_when_the_newest_thing_was_changed(tmp_path):
    for number, name in enumerate(("a", "b"), 1):
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (number * 1e9, number * 1e9))
    os.utime(tmp_path, (1, 1))
    assert glimpse([tmp_path]).newest == datetime.fromtimestamp(2e9, UTC)
    assert glimpse([]).newest == datetime.fromtimestamp(0, UTC)


def test_a_name_that_is_no_text_and_a_time_beyond_the_calendar_are_no_obstacle(tmp_path):
    odd = os.fsencode(tmp_path) + b"/\xff"
    with open(odd, "w") as file:  # noqa: PTH123 - a name that `Path` writes otherwise
        file.write("page")
    os.utime(odd, (1e12, 1e12))
    assert glimpse([tmp_path]).newest.year > 2400  # as far as the file system goes
