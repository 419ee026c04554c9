"""What a mail server's answer means for one message. Pure; the codes are those of RFC 5321 4.2."""

from __future__ import annotations

from enum import StrEnum

from digest.model import Outcome, OutcomeKind
from digest.text import clip, printable

#: RFC 4954 and RFC 3207: log in first, wrong login, encrypt first
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_CLOSING = 421
_LONGEST_DETAIL = 500


class Phase(StrEnum):
    """How far an attempt came; the values stand in what people read."""

    CONNECT = "connecting"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    #: from the first byte of the message to the answer to the final dot
    END = "end of message"


def expected(phase: Phase, code: int) -> bool:
    """Whether this answer lets the conversation go on."""
    return code == 354 if phase is Phase.DATA else 200 <= code < 300


def judge(phase: Phase, code: int, text: bytes) -> Outcome:
    """The outcome of an attempt that a server's answer ended: refusals, and the final acceptance."""
    words = spoken(text)
    detail = f"{phase}: {code} {words}".rstrip()
    if phase is Phase.END and expected(phase, code):
        return Outcome(kind=OutcomeKind.ACCEPTED, detail=words, code=code)
    if code == _CLOSING:
        return Outcome(kind=OutcomeKind.TRANSIENT, detail=detail, code=code, connection_lost=True)
    if code in _LOGIN_CODES:
        # not this message's fault: every other one would be refused likewise
        advice = f"{detail} (check user name, password and security)"
        return Outcome(kind=OutcomeKind.TRANSIENT, detail=advice, code=code, connection_lost=True)
    if 400 <= code < 500:
        return Outcome(kind=OutcomeKind.TRANSIENT, detail=detail, code=code)
    if 500 <= code < 600:
        return Outcome(kind=OutcomeKind.PERMANENT, detail=detail, code=code)
    return broken(phase, f"an answer that is not SMTP ({words})" if words else "an answer that is not SMTP")


def broken(phase: Phase, why: str, *, way_out_down: bool = True) -> Outcome:
    """The outcome of an attempt that ended without an answer.

    Before the first byte of the message the server cannot have it; from then on nobody knows.
    """
    kind = OutcomeKind.UNKNOWN if phase is Phase.END else OutcomeKind.TRANSIENT
    lost = way_out_down or kind is OutcomeKind.UNKNOWN
    return Outcome(kind=kind, detail=f"{phase}: {why}", connection_lost=lost)


def spoken(text: bytes | str) -> str:
    """A server's words on one line, harmless to print and of bounded length."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return clip(printable(plain[: 4 * _LONGEST_DETAIL]), _LONGEST_DETAIL)
