"""Known flaws of Python's mail library, each tried on made-up mail."""

from __future__ import annotations

import email
import email.errors
import email.policy
import email.utils
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

_INJECTED = "X-Injected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One of them, and how to see it."""

    name: str
    what: str
    is_present: Callable[[], bool]


def present() -> list[Flaw]:
    """Those that this Python has."""
    return [flaw for flaw in FLAWS if flaw.is_present()]


class _Literal(str):
    """A header's value that folds itself, as values of programs may: here badly."""

    __slots__ = ()
    name = "Subject"
    max_count = 1

    def fold(self, *, policy: email.policy.Policy) -> str:  # noqa: ARG002 - as the library calls it
        """The header's lines, one too many."""
        return f"Subject: {self}\n{_INJECTED}: yes\n"


def _written_badly(as_text: bool) -> bool:
    """Whether a header that would become two is written all the same."""
    message: EmailMessage = email.message_from_string(
        "To: a@mail.example\n\nbody", policy=email.policy.default
    )
    message["Subject"] = _Literal("hello")
    try:
        written = message.as_string() if as_text else message.as_bytes().decode("ascii", "replace")
    except email.errors.MessageError:
        return False
    return _INJECTED in email.message_from_string(written)


def _finds_no_address_within() -> bool:
    """Whether of two addresses that stand in one another one is believed."""
    return email.utils.parseaddr("alice@mail.example<bob@other.example>")[1] != ""


def _encodes_comma() -> bool:
    """Whether the comma between two addresses is encoded away where a line is folded."""
    message = EmailMessage()
    message["To"] = f"{'a' * 61}@mail.example, ä <b@mail.example>"
    return "=?utf-8?q?=2C?=" in message.as_string().lower().replace("=2c", "=2C")


FLAWS = (
    Flaw(
        name="CVE-2024-6923",
        what="headers written as text may become two",
        is_present=lambda: _written_badly(as_text=True),
    ),
    Flaw(
        name="CVE-2026-1299",
        what="headers written as bytes may become two",
        is_present=lambda: _written_badly(as_text=False),
    ),
    Flaw(
        name="CVE-2023-27043",
        what="of an ambiguous address the wrong part is taken",
        is_present=_finds_no_address_within,
    ),
    Flaw(
        name="CVE-2025-1795",
        what="the comma between two addresses may be lost",
        is_present=_encodes_comma,
    ),
)
