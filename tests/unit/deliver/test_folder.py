import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import FolderSender
from digest.deliver.folder import file_name
from digest.model import OutcomeKind

DATA = b"Subject: x\r\nDate: Fri, 20 Nov 2026 07:00:00 +0100\r\n\r\nDate: Sat, 21 Nov 2026 07:00:00 +0100\r\n"


def send(sender, to="vision@reader.example", data=DATA, message_id="<1@daily.example>"):
    return sender.send("digest@daily.example", to, data, message_id)


def test_a_file_is_named_after_its_day_and_reader(tmp_path):
    assert send(FolderSender(tmp_path)).detail == "2026-11-20 vision@reader.example 15ed3cc6.eml"
    (file,) = tmp_path.iterdir()
    assert file.name == "2026-11-20 vision@reader.example 15ed3cc6.eml"
    assert file.read_bytes() == DATA


def test_the_same_message_written_again_leaves_one_file(tmp_path):
    sender = FolderSender(tmp_path)
    assert sender.repeatable
    assert send(sender) == send(sender)
    assert len(list(tmp_path.iterdir())) == 1


def test_another_message_of_the_day_gets_its_own_file(tmp_path):
    sender = FolderSender(tmp_path)
    send(sender)
    send(sender, message_id="<2@daily.example>")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_missing_folder_is_made(tmp_path):
    assert send(FolderSender(tmp_path / "a" / "b")).kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize("broken", ["a file", "a file in between"])
def test_a_folder_that_cannot_be_written_defers_everything(tmp_path, broken):
    (tmp_path / "out").write_text("no folder")
    sender = FolderSender(tmp_path / "out" if broken == "a file" else tmp_path / "out" / "mail")
    outcome = send(sender)
    assert (outcome.kind, outcome.connection_lost) == (OutcomeKind.TRANSIENT, True)
    assert str(tmp_path / "out") in outcome.detail


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_defers_everything(tmp_path):
    tmp_path.chmod(0o500)
    outcome = send(FolderSender(tmp_path))
    tmp_path.chmod(0o700)
    assert (outcome.kind, outcome.connection_lost) == (OutcomeKind.TRANSIENT, True)


def test_a_file_that_could_not_be_finished_leaves_nothing_behind(tmp_path):
    name = file_name("vision@reader.example", DATA, "<1@daily.example>")
    (tmp_path / name).mkdir()  # in the way of the rename
    assert send(FolderSender(tmp_path)).kind is OutcomeKind.TRANSIENT
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: x",
        b"Date: yesterday",
        b"Date: \xff\xfe",
        b"Date: Fri, 99 Nov 2026 07:00:00 +0100",
        b"Date: Fri, 20 Nov 99999999999999999999 07:00:00 +0100",
        b"Date: Fri, 20 Nov 2026 07:00:00 +99999999999",
        b"Date:",
    ],
)
def test_a_message_without_a_usable_date_is_undated(header):
    assert file_name("a@b.example", header + b"\r\n\r\nx", "<1@x>").startswith("undated a@b.example ")


@given(st.text(max_size=400), st.binary(max_size=200), st.text(max_size=100))
def test_any_name_is_safe(recipient, data, message_id):
    name = file_name(recipient, b"Date: " + data, message_id)
    assert name.isascii()
    assert name.isprintable()
    assert not set(name) & set('/\\:*?"<>|\0')
    assert not name.startswith(".")
    assert len(f".{name}.part") <= 255
