import os
import stat

import pytest

from digest.files import write, write_if_changed

LONG_AGO = 1_000_000_000


@pytest.fixture
def old_file(tmp_path):
    path = tmp_path / "rss.xml"
    path.write_bytes(b"old")
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def test_a_new_file_is_written_with_its_folders(tmp_path):
    path = tmp_path / "feeds" / "token" / "rss.xml"

    assert write_if_changed(path, b"new \x00\xff\r\n") is True
    assert path.read_bytes() == b"new \x00\xff\r\n"


def test_a_file_with_these_bytes_already_is_not_touched(old_file):
    before = old_file.stat()

    assert write_if_changed(old_file, b"old") is False
    assert old_file.stat().st_mtime == LONG_AGO
    assert old_file.stat().st_ino == before.st_ino


def test_other_bytes_take_the_place_of_the_old_ones(old_file):
    assert write_if_changed(old_file, b"new") is True
    assert old_file.read_bytes() == b"new"
    assert old_file.stat().st_mtime > LONG_AGO


def test_who_reads_the_old_file_at_that_moment_reads_all_of_it(old_file):
    with old_file.open("rb") as reader:
        write(old_file, b"new")

        assert reader.read() == b"old"
    assert old_file.read_bytes() == b"new"


def test_a_web_server_may_read_what_was_written(tmp_path):
    before = os.umask(0o077)
    try:
        write(tmp_path / "rss.xml", b"new")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "rss.xml").stat().st_mode) == 0o644


def test_an_empty_file_is_a_file(tmp_path):
    assert write_if_changed(tmp_path / "empty", b"") is True
    assert write_if_changed(tmp_path / "empty", b"") is False
    assert (tmp_path / "empty").read_bytes() == b""


def test_nothing_else_is_left_in_the_folder(old_file):
    write(old_file, b"new")

    assert list(old_file.parent.iterdir()) == [old_file]


@pytest.mark.parametrize("fault", ["fsync", "fchmod"])
def test_a_write_that_fails_leaves_the_old_file_and_no_other(old_file, monkeypatch, fault):
    def fail(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, fault, fail)
    with pytest.raises(OSError, match="No space left"):
        write_if_changed(old_file, b"new")

    assert old_file.read_bytes() == b"old"
    assert list(old_file.parent.iterdir()) == [old_file]


def test_a_folder_in_place_of_the_file_is_an_error_and_stays(tmp_path):
    (tmp_path / "rss.xml").mkdir()

    with pytest.raises(IsADirectoryError):
        write_if_changed(tmp_path / "rss.xml", b"new")

    assert [p.name for p in tmp_path.iterdir()] == ["rss.xml"]
