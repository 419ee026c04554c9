"""Hostile mails: whatever comes, an answer comes back, and soon."""

import base64

import pytest

from digest.model import Returned, ReturnKind
from digest.returns import LONGEST, read
from tests.returned import CASES, bounce, wish

REPORT = b"""From: MAILER-DAEMON@x.example
Subject: failure notice
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; r12@reader.example
Action: failed
Status: 5.1.1

--b--
"""


def nested(depth, kind):
    """A mail in a mail in a mail, or parts in parts."""
    if kind == "mails":
        return b"Content-Type: message/rfc822\n\n" * depth + REPORT
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    return b"From: MAILER-DAEMON@x.example\n" + head + b"Content-Type: text/plain\n\nUser unknown\n"


HOSTILE = {
    "nothing": b"",
    "a line end": b"\n",
    "zeros": bytes(10_000),
    "all bytes": bytes(range(256)) * 100,
    "no colon": b"hello\n" * 1000,
    "only a boundary": b"Content-Type: multipart/report; boundary=\n\n--\n--\n",
    "an endless header": b"Subject: " + b"x" * LONGEST,
    "an endless word that is encoded": b"Subject: =?utf-8?q?" + b"=41" * 300_000 + b"?=\n\n",
    "many headers": b"To: a@b.example\n" * 60_000,
    "many headers of one kind each": b"".join(b"X-%d: y\n" % n for n in range(60_000)),
    "folds without end": b"Subject: a\n" + b" b\n" * 200_000,
    "addresses without end": b"To: " + b"a@b.example, " * 70_000,
    "a long line without an address": b"From: MAILER-DAEMON@x.example\n\nHi. This is the\n\n"
    + b"x" * 900_000,
    "blanks": b"From: MAILER-DAEMON@x.example\n\n" + b" " * 900_000,
    "angles": b"From: MAILER-DAEMON@x.example\nContent-Type: text/html\n\n" + b"<" * 900_000,
    "users": b"From: MAILER-DAEMON@x.example\n\n" + b"user " * 180_000,
    "boundaries": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 200_000,
    "mails in mails": nested(3_000, "mails"),
    "parts in parts": nested(3_000, "parts"),
    "a charset that is none": b"Content-Type: text/plain; charset=\xff\n\nUser unknown",
    "a charset that is slow": b"Content-Type: text/plain; charset=punycode\n\n" + b"a" * 500_000,
    "a codec that is no charset": b"Content-Type: text/plain; charset=zlib\n\nx",
    "broken base64": b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n====A===\xff",
    "uuencode": b"Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 x\nfoo\n",
    "a parameter in a charset": b"Content-Type: text/plain; charset*=x-y'en'%ff%fe; boundary*0=\"a\n\nx",
    "an encoded word cut off": b"Subject: =?utf-8?b?4oKs4o?= =?x?q?=\n\n",
    "a Message-ID that breaks newer parsers": b"Message-ID: <[a].1@[x].example>\nReferences: <@> <<>>\n\n",
    "an address that breaks newer parsers": b"From: \xff<.@>\nTo: <\n\n",
    "a date that is none": b"Date: yesterday\nFrom: MAILER-DAEMON@x.example\n\nUser unknown",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_mail_is_answered(data):
    assert isinstance(read(data), Returned)


def test_a_report_behind_too_many_mails_in_mails_is_not_believed():
    assert read(nested(3_000, "mails")).kind is ReturnKind.UNKNOWN


@pytest.mark.parametrize("case", [c for c in CASES if c.kind == "hard"][:6], ids=lambda c: c.name)
def test_of_a_huge_mail_the_beginning_counts(case):
    huge = case.data.replace(b"Nine papers for you.", b"Nine papers for you.\n" + b"paper\n" * 9_000_000)

    assert (read(huge).kind, read(huge).recipient) == (ReturnKind.HARD, case.recipient)


def test_a_mail_cut_off_anywhere_is_answered():
    for case in CASES[::7]:
        for end in range(0, len(case.data), 97):
            assert isinstance(read(case.data[:end]), Returned)


def test_the_address_of_the_envelope_counts_first():
    found = read(bounce(to="bounces@daily.example"), envelope="Bounces+Tag@Daily.example")

    assert found.sent_to[0] == "bounces+tag@daily.example"


def test_a_report_in_base64_is_a_report():
    body = base64.encodebytes(b"Final-Recipient: rfc822; r12@reader.example\nAction: failed\nStatus: 5.2.2\n")
    mail = REPORT.split(b"Content-Type: message")[0] + (
        b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n" + body + b"\n--b--\n"
    )

    found = read(mail)

    assert (found.kind, found.status, found.recipient) == (ReturnKind.SOFT, "5.2.2", "r12@reader.example")


@pytest.mark.parametrize(
    "mark",
    [
        "Auto-Submitted: auto-replied\n",
        "Auto-Submitted: auto-generated\n",
        "Auto-Submitted: auto-notified (something)\n",
    ],
)
def test_a_program_does_not_unsubscribe_anybody(mark):
    found = read(wish(extra=mark))

    assert (found.kind, found.token) == (ReturnKind.AUTO_REPLY, None)


def test_a_person_who_says_so_does():
    assert read(wish(extra="Auto-Submitted: no\n")).kind is ReturnKind.UNSUBSCRIBE
    assert read(wish(extra="Precedence: bulk\n")).kind is ReturnKind.UNSUBSCRIBE


@pytest.mark.parametrize(
    "body",
    [
        "> unsubscribe {token}",
        "see mailto:leave@daily.example?subject=unsubscribe%20{token}",
        "they wrote: unsubscribe {token}, what is that?",
        "https://daily.example/u/{token}",
        "unsubscribe {token}x{token}",
    ],
)
def test_what_is_quoted_or_linked_is_not_asked_for(body):
    token = "A" * 24
    mail = (
        f"From: r12@reader.example\nTo: leave@daily.example\nSubject: hello\n\n{body.format(token=token)}\n"
    )

    assert read(mail.encode()).token is None


def test_of_several_recipients_the_mildest_answer_counts():
    groups = {
        ("delivered", "2.0.0"): ReturnKind.NOTICE,
        ("delayed", "4.4.1"): ReturnKind.DELAYED,
        ("failed", "5.7.1"): ReturnKind.BLOCK,
        ("failed", "4.2.2"): ReturnKind.SOFT,
    }
    for (action, status), kind in groups.items():
        other = f"Final-Recipient: rfc822; other@reader.example\nAction: {action}\nStatus: {status}\n"
        more = f"Status: 5.1.1\n\n{other}"
        assert read(REPORT.replace(b"Status: 5.1.1\n", more.encode())).kind is kind


def test_a_second_recipient_needs_no_empty_line():
    more = b"Status: 5.1.1\nFinal-Recipient: rfc822; other@reader.example\nAction: delivered\nStatus: 2.0.0\n"

    assert read(REPORT.replace(b"Status: 5.1.1\n", more)).kind is ReturnKind.NOTICE
