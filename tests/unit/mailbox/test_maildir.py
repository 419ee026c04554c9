"""A Maildir on real files: read once, moved, never deleted."""

import os

import pytest

from digest.errors import MailboxError
from digest.mailbox import MaildirMailbox


@pytest.fixture
def maildir(tmp_path):
    for part in ("tmp", "new", "cur"):
        (tmp_path / "mail" / part).mkdir(parents=True)
    return tmp_path / "mail"


def put(maildir, name, data=b"Subject: x\n\n"):
    (maildir / "new" / name).write_bytes(data)


def files(folder):
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def box(maildir, longest=100):
    return MaildirMailbox(maildir, longest=longest)


def test_new_mails_are_read_oldest_first_and_only_their_beginning(maildir):
    put(maildir, "20.b.host", b"b" * 500)
    put(maildir, "10.a.host", b"a")
    put(maildir, ".hidden")
    (maildir / "tmp" / "30.c.host").write_bytes(b"not there yet")
    (maildir / "cur" / "05.d.host:2,").write_bytes(b"seen by somebody")

    assert [(m.place, m.head, m.size) for m in box(maildir).mails()] == [
        ("new/10.a.host", b"a", 1),
        ("new/20.b.host", b"b" * 100, 500),
    ]


def test_what_was_understood_goes_to_a_folder_and_what_was_not_stays_in_the_inbox(maildir):
    put(maildir, "1.host")
    put(maildir, "2.host")
    found = box(maildir)
    understood, other = list(found.mails())

    found.put_away(understood, understood=True)
    found.put_away(other, understood=False)

    assert files(maildir) == {
        ".digest.done/cur/1.host:2,S",
        ".digest.done/maildirfolder",
        "cur/2.host:2,",
    }
    assert list(box(maildir).mails()) == []


def test_no_mail_is_written_over(maildir):
    for data in (b"one", b"two", b"three"):
        put(maildir, "1.host", data)
        found = box(maildir)
        (mail,) = found.mails()
        found.put_away(mail, understood=True)

    kept = {p.read_bytes() for p in (maildir / ".digest.done" / "cur").iterdir()}
    assert kept == {b"one", b"two", b"three"}


def test_a_mail_that_a_mail_program_took_meanwhile_is_theirs(maildir):
    put(maildir, "1.host")
    put(maildir, "2.host")
    found = box(maildir)
    mails = found.mails()
    first = next(mails)
    (maildir / "new" / "1.host").rename(maildir / "cur" / "1.host:2,")
    (maildir / "new" / "2.host").unlink()

    assert list(mails) == []
    found.put_away(first, understood=True)
    assert "cur/1.host:2," in files(maildir)


def test_links_and_folders_are_no_mails(maildir, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (maildir / "new" / "1.host").symlink_to(tmp_path / "secret")
    (maildir / "new" / "2.host").mkdir()
    os.mkfifo(maildir / "new" / "3.host")

    assert list(box(maildir).mails()) == []


def test_what_is_no_maildir_is_named(tmp_path):
    with pytest.raises(MailboxError, match="a folder with new/, cur/ and tmp/ inside"):
        list(box(tmp_path / "nowhere").mails())


def test_a_maildir_without_cur_is_named(maildir):
    put(maildir, "1.host")
    (maildir / "cur").rmdir()
    found = box(maildir)
    (mail,) = found.mails()

    with pytest.raises(MailboxError, match="no folder cur"):
        found.put_away(mail, understood=False)
    assert files(maildir) == {"new/1.host"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_mail_that_may_not_be_read_is_named(maildir):
    put(maildir, "1.host")
    (maildir / "new" / "1.host").chmod(0)

    with pytest.raises(MailboxError, match=r"1\.host"):
        list(box(maildir).mails())
