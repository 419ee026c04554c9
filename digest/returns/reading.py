"""The bytes of a mail that came back → what it says. Never raises."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from digest.model import Returned, ReturnKind
from digest.returns.automatic import auto_submitted, has_automatic_subject, is_automatic
from digest.returns.complaints import FEEDBACK_TYPE, feedback, feedback_senders, older_complaint
from digest.returns.delivery import RECEIPT_TYPES, STATUS_TYPES, delivery_report, receipt
from digest.returns.mime import Part, parse
from digest.returns.plain import plain_bounce
from digest.returns.said import Said
from digest.returns.wishes import wish
from digest.text import clip, printable

#: no more is looked at, whoever brings it; a report stands in front of the mail that it returns
_LONGEST: Final = 1 << 20
_ENVELOPE: Final = (
    "delivered-to",
    "x-original-to",
    "x-envelope-to",
    "envelope-to",
    "x-delivered-to",
    "to",
    "cc",
)
_MAIL_TYPES: Final = (
    *("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"),
    "message/global-headers",
)
_ADDRESS = re.compile(r"[^\s<>(),;:\"]{1,128}@[^\s<>(),;:\"]{1,255}")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,200}@[^<>\s]{1,255}>")
_ID_LINE = re.compile(r"^[ \t>]*Message-ID:[ \t]*(<[^<>\s]{1,400}>)", re.IGNORECASE | re.MULTILINE)
_SENDER_LINE = re.compile(r"^[ \t>]*Return-Path:[ \t]*<([^<>\s]{1,400})>", re.IGNORECASE | re.MULTILINE)
_LINK = re.compile(r"unsubscribe(?:%20|\s)([A-Za-z0-9_-]{24,34})(?![A-Za-z0-9_-])|/u/([A-Za-z0-9_-]{24,34})>")
_FEW: Final = 20
_DETAIL: Final = 300


def read(data: bytes, *, envelope: str | None = None) -> Returned:
    """What the mail in `data` says; whoever brings it bounds it, by `LONGEST`.

    `envelope` is the address that it was delivered to, where whoever brought it knows.
    """
    try:
        return read_hostile(data[:_LONGEST], envelope)
    except Exception:  # noqa: BLE001 - the wall: one mail never stops the others; a fuzzer looks behind it
        return Returned(kind=ReturnKind.UNKNOWN, detail="it cannot be read")


def read_hostile(data: bytes, envelope: str | None) -> Returned:
    """What `read` answers, without its wall."""
    mail = parse(data)
    if mail is None:
        return Returned(kind=ReturnKind.UNKNOWN, detail="it cannot be taken apart")
    sent_to = _unique([*([envelope.lower()] if envelope else ()), *_addresses(mail)])
    said = _said(mail, data, sent_to)
    found = Returned(
        kind=said.kind,
        status=said.status,
        code=said.code,
        recipient=said.recipient and printable(said.recipient),
        detail=clip(printable(said.detail[: 4 * _DETAIL]), _DETAIL),
        sent_to=sent_to,
        token=said.token,
        is_report=said.is_report,
    )
    return _with_original(found, mail)


def _said(mail: Part, data: bytes, ours: tuple[str, ...]) -> Said:
    parts = list(mail.parts())
    human = _human(parts)
    for part in parts:
        if part.type == FEEDBACK_TYPE:
            return replace(feedback(part), is_report=True)
    for part in parts:
        if part.type in STATUS_TYPES and (report := delivery_report(part, human)):
            return report
    for part in parts:
        if part.type in RECEIPT_TYPES:
            return receipt(part, human)
    if complaint := older_complaint(mail):
        return complaint
    if not has_automatic_subject(mail) and (bounce := plain_bounce(mail, human, data, ours)):
        return bounce
    return _of_a_person(mail, human)


def _of_a_person(mail: Part, human: str) -> Said:
    """A mail that is no report: an answer of a program, a wish to leave, or something else."""
    asked = wish(mail, human)
    if asked and auto_submitted(mail) == "no" and not has_automatic_subject(mail):
        return asked
    if is_automatic(mail):
        return Said(kind=ReturnKind.AUTO_REPLY, detail=mail.header("subject"))
    return Said(kind=ReturnKind.UNKNOWN, detail=mail.header("subject"))


def _human(parts: Iterable[Part]) -> str:
    """The text for people: the first plain part, else the first in HTML."""
    texts = [part for part in parts if part.type in {"text/plain", "text/html"}]
    plain = [part.text() for part in texts if part.type == "text/plain"]
    return next((t for t in plain if t.strip()), "") or next((part.text() for part in texts), "")


def _addresses(mail: Part) -> list[str]:
    return [
        address.lower()
        for name in _ENVELOPE
        for value in mail.headers(name)[:_FEW]
        for address in _ADDRESS.findall(value)[:_FEW]
    ]


def _with_original(found: Returned, mail: Part) -> Returned:
    """`found` with all that the mail tells of the one it speaks of."""
    ids = [*_ids(mail, ("x-original-message-id", "original-message-id", "in-reply-to", "references"))]
    senders: list[str] = []
    links: list[str] = []
    for part in mail.parts():
        if part.type in {FEEDBACK_TYPE, *STATUS_TYPES, *RECEIPT_TYPES}:
            block = part.block()
            ids += _MESSAGE_ID.findall(block)[:_FEW]
            senders += feedback_senders(part)
        elif part.type in _MAIL_TYPES and (inner := part.inner()):
            ids += _ids(inner, ("message-id",))
            senders += [a for value in inner.headers("return-path") for a in _ADDRESS.findall(value)[:_FEW]]
            links += _links(" ".join(inner.headers("list-unsubscribe")))
        elif part.type == "text/plain":
            text = part.text()
            ids += _ID_LINE.findall(text)[:_FEW]
            senders += _SENDER_LINE.findall(text)[:_FEW]
            links += _links(text)
    return replace(
        found,
        message_ids=_unique(ids),
        senders=_unique(s.lower() for s in senders),
        link_tokens=_unique(links),
    )


def _ids(mail: Part, names: Iterable[str]) -> list[str]:
    return [
        found for name in names for value in mail.headers(name) for found in _MESSAGE_ID.findall(value)[:_FEW]
    ]


def _links(text: str) -> list[str]:
    return [one or other for one, other in _LINK.findall(text)[:_FEW]]


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))[:_FEW]
