"""Whether bounces, complaints and wishes to leave are read."""

import pytest

from digest.doctor import coming_back
from digest.errors import MailboxError
from digest.mailbox import MaildirMailbox
from digest.store import Audience, Facts

MAIL = {"from_address": "papers@list.example", "smtp": {"host": "localhost"}}


@pytest.fixture
def look(case_of):
    return lambda check, **values: [(f.subject, f.verdict.value) for f in check(case_of(**values))]


def test_without_a_mailbox_and_an_address_of_its_own_there_is_advice(look, tmp_path):
    check = coming_back.check_reading
    assert look(check, mail=MAIL) == [("mailbox", "advice"), ("bounce address", "advice")]
    here = MAIL | {"mailbox": {"maildir": "box"}, "bounce_address": "bounces@list.example"}
    assert look(check, mail=here) == []
    # mails that reach nobody do not come back
    assert look(check) == []


def test_a_maildir_is_opened_and_nothing_in_it_moves(look, tmp_path):
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    (tmp_path / "box/new/1").write_bytes(b"Subject: leave\r\n\r\n")
    box = MaildirMailbox(tmp_path / "box", longest=1000)

    assert look(coming_back.check_mailbox, box=lambda: box) == [("mailbox", "fine")]
    assert (tmp_path / "box/new/1").exists()


def test_a_mailbox_that_cannot_be_opened_is_broken(look, tmp_path):
    box = MaildirMailbox(tmp_path / "gone", longest=1000)
    assert look(coming_back.check_mailbox, box=lambda: box) == [("mailbox", "broken")]

    def half():
        raise MailboxError("the password of mail.mailbox.imap is missing")

    assert look(coming_back.check_mailbox, box=half) == [("mailbox", "broken")]
    assert look(coming_back.check_mailbox) == []


@pytest.mark.parametrize(
    ("accepted", "complaints", "verdicts"),
    [
        (299, 299, []),
        (10_000, 9, ["fine"]),
        (10_000, 10, ["advice"]),
        (10_000, 29, ["advice"]),
        (10_000, 30, ["broken"]),
    ],
)
def test_complaints_are_measured_against_what_providers_allow(look, tmp_path, accepted, complaints, verdicts):
    facts = Facts(path=tmp_path / "digest.db", audience=Audience(accepted=accepted, complaints=complaints))

    assert [v for _, v in look(coming_back.check_complaints, facts=facts)] == verdicts
