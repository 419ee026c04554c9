"""The test mail: one real mail by the real way out, and what was answered."""

import asyncio
import email
import email.policy

import dkim as dkimpy
import pytest

from digest import deliver
from digest.doctor import letter, send_test_mail
from digest.model import Outcome, OutcomeKind
from tests.unit.deliver.mail_server import running

MAIL = {
    "from_address": "papers@list.example",
    "from_name": "Täglich, Papers",
    "title": "Reading <room>",
    "list_id": "daily.list.example",
}
TO = "me@list.example"


@pytest.fixture
def case(case_of):
    return case_of(mail=MAIL)


class Says:
    """A way out with one lane that answers what it is told to."""

    repeatable, lanes = False, 1

    def __init__(self, offered=None, transmitted=None, wait=None):
        self.offered, self.transmitted, self.wait, self.ended = offered, transmitted, wait, []

    def lane(self):
        return self

    async def offer(self, letter):
        if self.wait == "offer":
            await asyncio.sleep(60)
        return self.offered

    async def transmit(self, letter, then):
        if self.wait == "transmit":
            await asyncio.sleep(60)
        return self.transmitted

    async def close(self):
        self.ended.append("lane")


class Closing(Says):
    def lane(self):
        lane = Says(self.offered, self.transmitted, self.wait)
        lane.ended = self.ended
        return lane

    def close(self):
        self.ended.append("sender")


def outcome(kind, detail="words", **facts):
    return Outcome(kind=kind, detail=detail, **facts)


def test_a_folder_holds_the_whole_mail(case, tmp_path):
    (found,) = send_test_mail(case, TO, deliver.OneByOne(deliver.FolderSender(tmp_path / "mail")))
    (path,) = (tmp_path / "mail").glob("*.eml")
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)

    assert found.verdict == "fine"
    assert (mail["From"], mail["To"]) == ('"Täglich, Papers" <papers@list.example>', TO)
    assert mail["Subject"] == "Reading <room>: a test mail"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@list.example>")
    assert "digest doctor --send" in mail.get_body(("plain",)).get_content()
    assert "<room>" not in mail.get_body(("html",)).get_content()


def test_a_real_server_gets_it_signed_and_its_answer_is_told(case_of, tmp_path):
    key = deliver.make_key(1024)
    signer = deliver.Signer(domain="list.example", selector="s2026", key=key)
    with running({"plain": {}}, tmp_path) as server:
        sender = deliver.SmtpSender(server.settings("plain"))
        (found,) = send_test_mail(case_of(mail=MAIL, signers=(signer,)), TO, sender)
        (received,) = server.received()

    assert found.verdict == "fine"
    assert "Q0001" in found.what
    assert ", signed: " in found.what
    record = deliver.record(key).encode()
    assert dkimpy.verify(received["data"], dnsfunc=lambda name, timeout=5: record)
    assert (received["sender"], received["recipients"]) == ("papers@list.example", [TO])


@pytest.mark.parametrize(
    ("kind", "verdict", "words"),
    [
        (OutcomeKind.ACCEPTED, "fine", "accepted for me@list.example"),
        (OutcomeKind.PERMANENT, "broken", "refused it: 550 words"),
        (OutcomeKind.TRANSIENT, "broken", "for now: 550 words"),
        (OutcomeKind.UNKNOWN, "broken", "nobody knows"),
    ],
)
@pytest.mark.parametrize("when", ["offered", "transmitted"])
def test_every_answer_is_told_and_all_is_closed(case, kind, verdict, words, when):
    sender = Closing(**{when: outcome(kind, code=550)})
    (found,) = send_test_mail(case, TO, sender)

    assert found.verdict == verdict
    assert words in found.what
    assert sender.ended == ["lane", "sender"]


@pytest.mark.parametrize(("where", "words"), [("offer", "for now"), ("transmit", "nobody knows")])
def test_a_server_that_thinks_for_ever_is_not_waited_for(case, monkeypatch, where, words):
    monkeypatch.setattr(letter, "PATIENCE", 0.1)
    sender = Closing(wait=where)
    (found,) = send_test_mail(case, TO, sender)

    assert found.verdict == "broken"
    assert words in found.what
    assert "within 0.1 seconds" in found.what
    assert sender.ended == ["lane", "sender"]


def test_an_address_that_mail_cannot_have_is_told(case):
    sender = Closing()
    (found,) = send_test_mail(case, "a..b@list.example", sender)

    assert found.verdict == "broken"
    assert "cannot be written" in found.what
    assert sender.ended == ["sender"]
