"""Whether bounces, complaints and wishes to leave are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from digest.doctor.case import Case
from digest.doctor.findings import Finding, advice, broken, fine
from digest.errors import MailboxError

_SUBJECT = "mailbox"


def check_reading(case: Case) -> Iterator[Finding]:
    """Whether there is a mailbox to read, and addresses that tell whose bounces they are."""
    mail = case.settings.mail
    if not case.way.reaches_readers:
        return
    if mail.mailbox.maildir is None and mail.mailbox.imap.host is None:
        yield advice(
            _SUBJECT,
            "none is read: bounces, complaints and mails that ask to leave are left to you",
            "set mail.mailbox to the mailbox that they come to (docs/operating.md)",
            rule="B04",
        )
    if case.bounce_address == mail.from_address:
        yield advice(
            "bounce address",
            f"bounces come to {mail.from_address}, and are told apart by their Message-ID alone",
            "set mail.bounce_address to an address that takes any tag after a plus sign",
            rule="B01",
        )


def check_mailbox(case: Case) -> Iterator[Finding]:
    """Whether the mailbox can be opened; nothing in it is marked or moved."""
    try:
        box = case.mailbox()
        if box is None:
            return
        with closing(box):
            first = next(iter(box.mails()), None)
    except MailboxError as error:
        remedy = "until it can be read nobody leaves by mail, and dead addresses stay"
        yield broken(_SUBJECT, str(error), remedy, rule="B04")
        return
    waiting = "nothing waits in it" if first is None else "mails wait in it for the next run"
    yield fine(_SUBJECT, f"can be read, and {waiting}", rule="B04")
