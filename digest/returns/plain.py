"""Bounces without a machine-readable part: qmail, Exim, old Sendmail, Exchange, and many others.

Only mails of mail systems are looked at, and what kind of failure it is our own words decide. Where
they know nothing flufl.bounce is asked: it knows fifty formats more, and calls each failure permanent.
"""

from __future__ import annotations

import logging
import re
from email import message_from_bytes
from email.policy import compat32
from typing import Final

from digest.model import ReturnKind
from digest.returns.mime import Part
from digest.returns.phrases import AFTER_DATA, DELAYED
from digest.returns.refusals import severity
from digest.returns.reports import code_in, status_in
from digest.returns.said import Said

_SYSTEM_ADDRESS = re.compile(
    r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|mdaemon|mail[-_.]?(?:system|delivery))@",
    re.IGNORECASE,
)
_SYSTEM_NAME = re.compile(
    r"mail delivery (?:sub)?system|mailer[- ]daemon|courier mail server|system administrator|"
    r"mail administrator",
    re.IGNORECASE,
)
#: from here on a plain bounce shows the mail that it returns
_COPY = re.compile(
    r"^[ \t>=*_-]*(?:"
    r"below this line is a copy of|this is a copy of|the header of the original|original message follows|"
    r"original message -|unsent message|returned message|message text follows|start of returned message|"
    r"message headers? follow|-+ ?original message ?-+|below the next line is a copy)",
    re.IGNORECASE | re.MULTILINE,
)
_ANGLED_LINE = re.compile(r"<([^<>\s@]{1,64}@[^<>\s@]{1,255})>\s*:")
_ADDRESS = re.compile(r"(?<![\w.+@=/-])([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})", re.ASCII)
#: how much of a mail flufl.bounce is shown, and of each line
_BYTES: Final = 32_768
_LINE: Final = 200
_WARNING: Final = ("warning:", "delayed", "delivery status notification (delay)", "verzögert", "retard")


def plain_bounce(mail: Part, human: str, data: bytes, ours: tuple[str, ...]) -> Said | None:
    """What a bounce in words says; `None` for a mail of no mail system, or without any known words.

    `ours` are the addresses that it was sent to: none of them has failed.
    """
    if not comes_from_a_system(mail):
        return None
    start = _COPY.search(human)
    words = human[: start.start()] if start else human
    if _is_warning(mail, words):
        return Said(kind=ReturnKind.DELAYED, recipient=_recipient(mail, words, ours), detail=words)
    status, code = status_in(words), code_in(words)
    subject = mail.header("subject")
    after_data = bool(AFTER_DATA.search(words.lower()))
    kind = severity(status, code, f"{words}\n{subject}", after_data=after_data)
    recipient = _recipient(mail, words, ours)
    if kind is ReturnKind.UNKNOWN:
        return _asked(data, words)
    return Said(kind=kind, status=status, code=code, recipient=recipient, detail=words)


def comes_from_a_system(mail: Part) -> bool:
    """Whether a mail server wrote this mail, as far as a mail can say so."""
    sender = mail.header("from")
    return bool(
        mail.header("x-failed-recipients") or _SYSTEM_ADDRESS.search(sender) or _SYSTEM_NAME.search(sender)
    )


def _is_warning(mail: Part, words: str) -> bool:
    subject = mail.header("subject").lower()
    return bool(DELAYED.search(words.lower())) or any(sign in subject for sign in _WARNING)


def _recipient(mail: Part, words: str, ours: tuple[str, ...]) -> str | None:
    """The failed address: as Exim and qmail mark it, else the first in the text that is not ours."""
    for text, pattern in (
        (mail.header("x-failed-recipients"), _ADDRESS),
        (words, _ANGLED_LINE),
        (words, _ADDRESS),
    ):
        for address in pattern.findall(text):
            if address.lower() not in ours and not _SYSTEM_ADDRESS.match(address):
                return str(address)
    return None


def _asked(data: bytes, words: str) -> Said | None:
    """What flufl.bounce says, which knows formats that we do not, but no reasons.

    A failure without a known reason is no proof of a dead address, whatever it is called.
    """
    from flufl.bounce import all_failures  # noqa: PLC0415 - heavy, and seldom needed

    logging.getLogger("flufl.bounce").disabled = True
    # its patterns take quadratic time on long lines
    short = b"\n".join(line[:_LINE] for line in data[:_BYTES].splitlines())
    try:
        for_now, for_good = all_failures(message_from_bytes(short, policy=compat32))
    except Exception:  # noqa: BLE001 - the wall: what a library cannot read is not known
        return None
    found = sorted(for_good or for_now)
    if not found:
        return None
    kind = ReturnKind.SOFT if for_good else ReturnKind.DELAYED
    return Said(kind=kind, recipient=found[0].decode("ascii", "replace"), detail=words)
