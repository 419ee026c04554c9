"""Whether bounces, complaints and wishes to leave are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from digest.doctor.case import LATELY, Case
from digest.doctor.findings import Finding, advice, broken, fine
from digest.errors import MailboxError

_SUBJECT = "mailbox"
#: shares of mails that are called unwanted: providers warn, and refuse
_WARN, _STOP = 0.001, 0.003
#: fewer mails make no share
_ENOUGH_MAILS = 300


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


def check_complaints(case: Case) -> Iterator[Finding]:
    """How many of the last month's mails readers called unwanted (rule A07)."""
    audience = case.facts.audience
    if audience is None or audience.accepted < _ENOUGH_MAILS:
        return
    share = audience.complaints / audience.accepted
    said = f"{audience.complaints:,} of {audience.accepted:,} mails in {LATELY.days} days, {share:.2%}"
    remedy = "look who complained (`digest subscribers list`), and that nobody is added who did not ask"
    if share >= _STOP:
        yield broken(
            "complaints", f"{said}: providers refuse a sender from {_STOP:.1%} on", remedy, rule="A07"
        )
    elif share >= _WARN:
        yield advice("complaints", f"{said}: providers want less than {_WARN:.1%}", remedy, rule="A07")
    else:
        yield fine("complaints", said, rule="A07")


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
