import mailbox
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import MaildirSender
from digest.deliver.maildir import file_name
from digest.model import OutcomeKind

DATA = b"Subject: x\r\nDate: Fri, 20 Nov 2026 07:00:00 +0100\r\n\r\n.\r\nOne line.\r\n"


def send(sender, data=DATA, message_id="<1@daily.example>"):
    return sender.send("digest@daily.example", "vision@reader.example", data, message_id)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "Maildir"


def names(folder, part):
    return sorted(p.name for p in (folder / part).iterdir())


def test_a_message_is_new_whole_and_the_readers_alone(folder):
    outcome = send(MaildirSender(folder))
    (path,) = (folder / "new").iterdir()

    assert (outcome.kind, outcome.detail) == (OutcomeKind.ACCEPTED, path.name)
    assert path.read_bytes() == DATA.replace(b"\r\n", b"\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "new").stat().st_mode) == 0o700
    assert path.stat().st_nlink == 1
    assert names(folder, "tmp") == names(folder, "cur") == []


def test_a_mail_program_finds_it(folder):
    send(MaildirSender(folder))
    (found,) = mailbox.Maildir(folder, create=False)
    assert found["Subject"] == "x"
    assert found.get_subdir() == "new"


def test_a_name_has_the_three_parts_of_every_maildir():
    second, unique, host = file_name(DATA, "<1@daily.example>").split(".", 2)
    assert (second, host) == ("1795154400", "daily.example")
    assert unique.startswith("M")
    assert len(unique) == 33


@pytest.mark.parametrize("moved", [None, "", ":2,", ":2,RS"])
def test_the_same_message_again_leaves_one_file(folder, moved):
    sender = MaildirSender(folder)
    first = send(sender)
    if moved is not None:
        (folder / "new" / first.detail).rename(folder / "cur" / (first.detail + moved))
    assert send(sender) == first
    assert len(names(folder, "new")) + len(names(folder, "cur")) == 1
    assert sender.repeatable


def test_a_message_that_was_read_does_not_show_up_as_new_even_for_a_moment(folder, monkeypatch):
    sender = MaildirSender(folder)
    first = send(sender)
    (folder / "new" / first.detail).rename(folder / "cur" / f"{first.detail}:2,S")
    monkeypatch.setattr(os, "link", lambda source, target: pytest.fail("it is written into new"))
    assert send(sender) == first


def test_a_message_that_is_taken_while_it_is_written_again_is_there_once(folder, monkeypatch):
    sender = MaildirSender(folder)
    first = send(sender)
    link = os.link

    def taken_meanwhile(source, target):
        (folder / "new" / first.detail).rename(folder / "cur" / f"{first.detail}:2,S")
        link(source, target)

    monkeypatch.setattr(os, "link", taken_meanwhile)
    assert send(sender) == first
    assert (names(folder, "new"), names(folder, "cur")) == ([], [f"{first.detail}:2,S"])


def test_a_file_that_a_crash_left_unfinished_is_no_obstacle(folder):
    sender = MaildirSender(folder)
    (folder / "tmp").mkdir(parents=True)
    (folder / "tmp" / file_name(DATA, "<1@daily.example>")).write_bytes(b"half")
    assert send(sender).kind is OutcomeKind.ACCEPTED
    assert names(folder, "tmp") == []
    assert len(names(folder, "new")) == 1


def test_two_messages_are_two_files(folder):
    sender = MaildirSender(folder)
    send(sender)
    send(sender, message_id="<2@daily.example>")
    assert len(names(folder, "new")) == 2


def test_bytes_that_servers_read_differently_are_not_written(folder):
    assert send(MaildirSender(folder), data=b"a\nb\r\n").kind is OutcomeKind.PERMANENT
    assert not folder.exists()


@pytest.mark.parametrize("part", ["", "tmp", "new", "cur"])
def test_a_mailbox_that_cannot_be_written_defers_everything(folder, part):
    (folder / part).parent.mkdir(parents=True, exist_ok=True)
    (folder / part).write_text("no folder")
    outcome = send(MaildirSender(folder))
    assert (outcome.kind, outcome.connection_lost) == (OutcomeKind.TRANSIENT, True)
    assert str(folder) in outcome.detail


@given(st.binary(max_size=200), st.text(max_size=300))
def test_any_name_is_safe(data, message_id):
    name = file_name(b"Date: " + data, message_id)
    assert name.isascii()
    assert name.isprintable()
    assert not set(name) & set('/\\:*?"<>|\0 ')
    assert not name.startswith(".")
    assert len(name) <= 255
