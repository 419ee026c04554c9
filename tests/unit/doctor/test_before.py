"""The quick look before a run: what would end it halfway is told before."""

import os

import pytest

from digest import doctor, store
from tests.builders import NOON
from tests.outbox import put_message, put_person

as_nobody = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
MB = 1_000_000


class Disk:
    def __init__(self, free):
        self.f_frsize, self.f_bavail = 1_000, free // 1_000


@pytest.fixture
def subjects(settings_of):
    return lambda **values: [f.subject for f in doctor.before_run(settings_of(**values))]


def test_a_fresh_installation_may_begin_and_nothing_is_made(subjects, tmp_path):
    assert subjects() == []
    assert {p.name for p in tmp_path.iterdir()} == {"config.yaml", "inbox"}


@as_nobody
@pytest.mark.parametrize("place", ["database", "mail"])
def test_what_cannot_be_written_stops_it(subjects, tmp_path, place):
    folder = tmp_path / place
    folder.mkdir(mode=0o500)

    assert subjects(database="database/digest.db") == [{"mail": "mail.folder"}.get(place, place)]


def test_what_the_system_refuses_stops_it(subjects, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)

    assert subjects() == ["database", "mail.folder"]
    # with a server the folder is of no importance
    assert subjects(mail={"smtp": {"host": "mail.example"}}) == ["database"]


def test_a_mailbox_that_cannot_be_written_and_a_program_that_is_not_there_stop_it(subjects, tmp_path):
    (tmp_path / "box").write_text("mine")

    assert subjects(mail={"maildir": "box"}) == ["mail.maildir"]
    assert subjects(mail={"sendmail": "gone"}) == ["mail.sendmail"]
    assert subjects(mail={"sendmail": "/bin/true"}) == []


def test_a_file_in_the_folders_place_stops_it(subjects, tmp_path):
    (tmp_path / "mail").write_text("mine")

    assert subjects() == ["mail.folder"]


@pytest.fixture
def with_readers(tmp_path):
    """Ten readers, and a mail of some hundred bytes, compressed."""
    shelf = store.Database(tmp_path / "digest.db")
    shelf.prepare()
    with shelf.write() as transaction:
        people = [put_person(transaction, n) for n in range(10)]
        put_message(transaction, people[0], 1, now=NOON)
    shelf.close()


@pytest.mark.usefixtures("with_readers")
def test_a_disk_too_small_for_what_will_be_frozen_stops_it(subjects, monkeypatch):
    # ten readers need their rows and bytes twice, beside the least that is always wanted
    for free, expected in ((19, ["disk"]), (20.1, ["disk"]), (21, []), (5_000, [])):
        monkeypatch.setattr(os, "statvfs", lambda _, free=free: Disk(int(free * MB)))
        assert subjects() == expected


@pytest.mark.usefixtures("with_readers")
def test_the_words_name_the_numbers(settings_of, monkeypatch):
    monkeypatch.setattr(os, "statvfs", lambda _: Disk(5 * MB))
    (found,) = doctor.before_run(settings_of())

    assert found.verdict == "broken"
    assert "5 MB are free" in found.what
    assert "10 readers" in found.what


def test_a_disk_that_does_not_answer_stops_nothing(subjects, monkeypatch):
    def fail(_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "statvfs", fail)

    assert subjects() == []
