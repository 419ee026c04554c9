"""One mail from a pipe, and mails in files."""

import io

import pytest

from digest.errors import MailboxError
from digest.mailbox import FilesMailbox, PipedMailbox


def piped(data, keep, longest=100):
    stream = io.BytesIO(data)
    return PipedMailbox(stream, keep=keep, longest=longest, envelope="bounces+x@daily.example"), stream


def test_one_mail_comes_from_a_pipe_with_its_envelope(tmp_path):
    box, _ = piped(b"x" * 500, tmp_path / "kept")

    (mail,) = box.mails()

    assert (mail.head, mail.envelope) == (b"x" * 100, "bounces+x@daily.example")


def test_a_mail_that_was_understood_is_read_to_its_end_and_let_go(tmp_path):
    box, stream = piped(b"x" * 5_000_000, tmp_path / "kept")
    (mail,) = box.mails()
    box.put_away(mail, understood=True)

    assert stream.read() == b""
    assert not (tmp_path / "kept").exists()


def test_a_mail_for_a_person_is_kept_whole_for_its_owner_alone_and_once(tmp_path):
    data = bytes(range(256)) * 20_000
    for _ in range(2):
        box, _ = piped(data, tmp_path / "kept")
        (mail,) = box.mails()
        box.put_away(mail, understood=False)

    (kept,) = (tmp_path / "kept").iterdir()
    assert kept.read_bytes() == data
    assert (kept.suffix, kept.stat().st_mode & 0o777) == (".eml", 0o600)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "kept").write_text("a file")
    box, _ = piped(b"x", tmp_path / "kept")
    (mail,) = box.mails()

    with pytest.raises(MailboxError, match="kept"):
        box.put_away(mail, understood=False)


def test_an_empty_pipe_brings_nothing_and_a_closed_one_is_a_problem(tmp_path):
    box, _ = piped(b"", tmp_path)
    assert list(box.mails()) == []
    with pytest.raises(MailboxError, match="closed"):
        list(PipedMailbox(None, keep=tmp_path, longest=9).mails())


def test_files_are_read_and_stay(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_text(name * 50)
    box = FilesMailbox([tmp_path / "a", tmp_path / "b"], longest=10)
    mails = list(box.mails())
    for mail in mails:
        box.put_away(mail, understood=True)

    assert [(m.head, m.size) for m in mails] == [(b"a" * 10, 50), (b"b" * 10, 50)]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]
    with pytest.raises(MailboxError, match="nothing-here"):
        list(FilesMailbox([tmp_path / "nothing-here"], longest=10).mails())
