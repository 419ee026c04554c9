"""Returns: what comes back for a mail that was sent, or because of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReturnKind(StrEnum):
    """What a mail that came back says. The values are stored: never change one."""

    #: the address does not work and will not
    HARD = "hard"
    #: the address does not work for now: a full mailbox, a server out of reach
    SOFT = "soft"
    #: the mail was not wanted, for what it is or where it comes from; it says nothing of the address
    BLOCK = "block"
    #: still being tried
    DELAYED = "delayed"
    #: a program's answer: away from the office, a ticket, a list's notice
    AUTO_REPLY = "auto_reply"
    #: the reader called the mail unwanted, and their provider tells (RFC 5965)
    COMPLAINT = "complaint"
    #: the reader asks to leave
    UNSUBSCRIBE = "unsubscribe"
    #: a report that asks for nothing: delivered, relayed, read, not spam
    NOTICE = "notice"
    #: none of these: something for a person to read
    UNKNOWN = "unknown"


#: kinds that say that a mail did not reach its reader
BOUNCES = (ReturnKind.HARD, ReturnKind.SOFT, ReturnKind.BLOCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One mail that came back, as it states things itself. Nothing in it is proven."""

    kind: ReturnKind
    #: enhanced status code such as `5.1.1` (RFC 3463)
    status: str | None = None
    #: three-digit SMTP reply code
    code: int | None = None
    #: the address that is said to have failed, or to have complained
    recipient: str | None = None
    #: the server's words, safe to print
    detail: str = ""
    #: the addresses that it was sent to; one of them may be a subscriber's bounce address
    sent_to: tuple[str, ...] = ()
    #: envelope senders of the mail that it speaks of
    senders: tuple[str, ...] = ()
    #: Message-IDs of the mail that it speaks of, with their angle brackets
    message_ids: tuple[str, ...] = ()
    #: whether a machine-readable report says so
    is_report: bool = False
    #: for a wish to leave: the token that came with it
    token: str | None = None
    #: tokens of the unsubscribe links in the mail that it speaks of
    link_tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mail in a mailbox, as far as it is looked at."""

    #: where it lies, in the mailbox's own words
    place: str
    #: its first bytes
    head: bytes
    #: of the whole mail, in bytes
    size: int
    #: the address that it was delivered to, where whoever brought it knows
    envelope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReturn:
    """Something that came back for a subscriber earlier, as it was counted."""

    kind: ReturnKind
    received_at: datetime
