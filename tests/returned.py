"""The gallery of what comes back, and small mails in its shapes."""

import csv
from dataclasses import dataclass
from pathlib import Path

from digest.tokens import KeyRing, Purpose, bounce_address, message_id, sign

GALLERY = Path(__file__).parent / "data" / "returns"
#: the key under which the gallery's tags and tokens are genuine; all of it speaks of this subscriber
KEYS = KeyRing(secrets={1: bytes(range(32))}, current=1)
READER = 12


@dataclass(frozen=True)
class Case:
    """One mail of the gallery with what it means."""

    name: str
    kind: str
    status: str | None
    recipient: str | None

    @property
    def data(self):
        return (GALLERY / f"{self.name}.eml").read_bytes()


def cases():
    with (GALLERY / "expected.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    return [Case(name, kind, *(None if v == "-" else v for v in rest)) for name, kind, *rest in rows]


CASES = cases()


def bounce(
    subscriber=READER,
    *,
    keys=KEYS,
    status="5.1.1",
    said="550 5.1.1 User unknown",
    recipient="r12@reader.example",
    action="failed",
    to=None,
    message=None,
    number=0,
):
    """A delivery report for one of our mails, as Postfix words it; `number` makes it another mail."""
    to = to or bounce_address("bounces@daily.example", subscriber, keys)
    original = f"Message-ID: {message}\n" if message else ""
    return f"""Return-Path: <>
Delivered-To: {to}
From: MAILER-DAEMON@relay.daily.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{number}@relay.daily.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

<{recipient}>: host mx.reader.example said: {said}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.daily.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b
Content-Type: text/rfc822-headers

Subject: nine papers
{original}
--b--
""".encode()


def complaint(subscriber=READER, *, keys=KEYS):
    """A complaint as providers send it."""
    sender = bounce_address("bounces@daily.example", subscriber, keys)
    return f"""From: <abusedesk@reader.example>
To: abuse@daily.example
Subject: FW: nine papers
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

A reader called this unwanted.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1
Original-Mail-From: <{sender}>

--b
Content-Type: text/rfc822-headers

Subject: nine papers

--b--
""".encode()


def wish(subscriber=READER, *, keys=KEYS, token=None, extra=""):
    """A mail that asks to leave, as the link in every mail makes it."""
    token = token or sign(Purpose.UNSUBSCRIBE, subscriber, keys)
    return f"""From: r12@reader.example
To: leave@daily.example
Subject: unsubscribe {token}
{extra}MIME-Version: 1.0
Content-Type: text/plain

""".encode()


def our_message_id(edition="2026-11-20", subscriber=READER, keys=KEYS):
    return message_id(edition, subscriber, "daily.example", keys)
