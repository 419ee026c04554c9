"""A finished mail as bytes for the wire: pure, and the same bytes for the same values every time.

The parts are encoded already (`render.quoted`) and joined by hand; the tests read every mail back
with `email`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from digest.model import Message, require_utc
from digest.render.headers import address, ascii_address, checked, header, mailbox, uri, worded
from digest.render.mail import MailParts
from digest.render.settings import Unsubscribe

_LIST_ID = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who writes to whom, when, and how to get out of it."""

    from_address: str
    from_name: str
    to_address: str
    to_name: str | None = None
    #: where bounces go; `from_address` where not given
    sender: str | None = None
    #: where complaints go as reports (RFC 9477)
    complaints: str | None = None
    #: with its angle brackets
    message_id: str
    #: aware, in UTC
    date: datetime
    #: words before the list's id
    list_name: str
    #: such as `daily.digest.example` (RFC 2919); never changes
    list_id: str
    #: `mailto:` or https URIs
    list_help: str | None = None
    list_owner: str | None = None
    unsubscribe: Unsubscribe = field(default_factory=Unsubscribe)


def encode(parts: MailParts, envelope: Envelope) -> Message:
    """`parts` as a multipart/alternative mail with all its headers, every line ending in CR LF.

    All of it is ASCII, but for the recipient's address where this has other letters before the @: then
    To holds it in UTF-8 (RFC 6532), and only a server that offers SMTPUTF8 takes the mail.

    Raises `ValueError` naming the header that cannot be sent: it holds CR, LF, NUL or another
    control, or an address that is none.
    """
    sender = ascii_address("From", envelope.from_address)
    bounces = ascii_address("Sender", envelope.sender) if envelope.sender else sender
    recipient = address("To", envelope.to_address)
    text, html = parts.quoted_text.data, parts.quoted_html.data
    values = {
        "From": mailbox("From", envelope.from_name, sender),
        "To": mailbox("To", envelope.to_name or "", recipient),
        "Subject": worded("Subject", parts.subject),
        **_message_headers(envelope),
        **_list_headers(envelope),
        **_complaint_header(envelope),
        "MIME-Version": "1.0",
    }
    boundary = _boundary(envelope.message_id)
    values["Content-Type"] = f'multipart/alternative;\r\n boundary="{boundary}"'
    mark = f"--{boundary}".encode("ascii")
    data = b"\r\n".join(
        (
            *(header(name, value, utf8=name == "To") for name, value in values.items()),
            b"",
            *_part(mark, b"text/plain", text),
            *_part(mark, b"text/html", html),
            mark + b"--",
            b"",
        )
    )
    return Message(
        message_id=envelope.message_id,
        sender=bounces,
        recipient=recipient,
        subject=parts.subject,
        data=data,
    )


def _message_headers(envelope: Envelope) -> dict[str, str]:
    if not _MESSAGE_ID.fullmatch(checked("Message-ID", envelope.message_id)):
        raise ValueError(f"Message-ID: {envelope.message_id!r} is not of the form <id@host>")
    return {
        "Date": _date(require_utc(envelope.date)),
        "Message-ID": envelope.message_id,
        "Auto-Submitted": "auto-generated",
    }


# all mails of a run have the same
@lru_cache(maxsize=8)
def _date(moment: datetime) -> str:
    return format_datetime(moment)


def _list_headers(envelope: Envelope) -> dict[str, str]:
    """RFC 2919, 2369 and 8058; the https way out first, the one-click promise only with it."""
    if not _LIST_ID.fullmatch(checked("List-Id", envelope.list_id)) or len(envelope.list_id) > 200:
        raise ValueError(f"List-Id: {envelope.list_id!r} is not of the form daily.host.example")
    found = {"List-Id": mailbox("List-Id", envelope.list_name, envelope.list_id)}
    if "<" not in found["List-Id"]:
        found["List-Id"] = f"<{envelope.list_id}>"
    ways = [way for way in (envelope.unsubscribe.url, envelope.unsubscribe.mailto) if way]
    if ways:
        found["List-Unsubscribe"] = ",\r\n ".join(uri("List-Unsubscribe", way) for way in ways)
    if envelope.unsubscribe.url:
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for name, target in (("List-Help", envelope.list_help), ("List-Owner", envelope.list_owner)):
        if target:
            found[name] = uri(name, target)
    return found | {"List-Post": "NO"}


def _complaint_header(envelope: Envelope) -> dict[str, str]:
    """Where a provider that hears a reader complain may write to, and in which form (RFC 9477 3)."""
    if not envelope.complaints:
        return {}
    return {"CFBL-Address": f"{ascii_address('CFBL-Address', envelope.complaints)}; report=arf"}


def _part(mark: bytes, kind: bytes, body: bytes) -> tuple[bytes, ...]:
    return (
        mark,
        b"Content-Type: " + kind + b"; charset=utf-8",
        b"Content-Transfer-Encoding: quoted-printable",
        b"",
        body,
    )


def _boundary(message_id: str) -> str:
    """Made from the message id. No part can hold it: `=_` never occurs in quoted-printable."""
    return "=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32]
