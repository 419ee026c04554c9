from threading import Event

import pytest

from digest.watching import Watcher

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
