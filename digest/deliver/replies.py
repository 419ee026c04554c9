"""What a mail server's answer means for one message. Pure.

Codes are those of RFC 5321 4.2, enhanced codes those of RFC 2034 and RFC 3463.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from digest.model import Outcome, OutcomeKind
from digest.text import clip, printable

#: RFC 4954 and RFC 3207: log in first, wrong login, encrypt first
_LOGIN_CODES: Final = frozenset({530, 534, 535, 538})
_CLOSING: Final = 421
_LONGEST_DETAIL: Final = 500

#: at the beginning of the text; some write a # before it
_STATUS: Final = re.compile(r"#?([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9.])", re.ASCII)
#: a security or policy reason at 4xx is how the large providers ask for less: 4.7.0, 4.7.28, 4.7.32,
#: 4.7.500, 4.7.650; 4.3.2 and 4.4.5 are a system that takes no more for now; 4.5.3 counts recipients, of
#: which a message of ours has one, so that it means a session's or an hour's
_ASKS_FOR_LESS: Final = re.compile(r"4\.7\.[0-9]+|4\.3\.2|4\.4\.5|4\.5\.3", re.ASCII)
#: "an unusual rate of unsolicited mail", the one refusal for good that is about a rate
_RATE_REFUSED: Final = "5.7.28"
#: a server that turns everybody away once will take this message from the second knock on
_GREY: Final = re.compile(r"gr[ae]y-?list", re.IGNORECASE)
#: said without an enhanced code, or with one that says nothing of it
_RATE_WORDS: Final = re.compile(
    r"rate.?limit|throttl|unusual (rate|traffic)|unexpected volume|too (quickly|fast|frequently)"
    r"|too (many|much) (connections|sessions|mails?|e-?mails?|messages|transactions)",
    re.IGNORECASE,
)
#: how servers say that one connection has carried enough
_SESSION_FULL: Final = re.compile(
    r"(too many|maximum|max\b|limit).{0,60}(mails?|messages?|transactions?|recipients?)"
    r".{0,60}(connection|session)|(mails?|messages?|transactions?|recipients?) per (connection|session)",
    re.IGNORECASE | re.DOTALL,
)
#: how servers say that commands came too early for them
_TOO_EARLY: Final = re.compile(r"synchroni[sz]|pipelin", re.IGNORECASE)
_BAD_SEQUENCE: Final = 503


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
    if phase is Phase.END and expected(phase, code):
        return Outcome(kind=OutcomeKind.ACCEPTED, detail=words, code=code, status=status_of(code, text))
    if not 400 <= code < 600:
        why = f"an answer that is not SMTP ({words})" if words else "an answer that is not SMTP"
        return broken(phase, why)
    # not this message's fault: every other one would be refused likewise
    login = code in _LOGIN_CODES
    advice = " (check user name, password and security)" if login else ""
    lost = login or code == _CLOSING
    return Outcome(
        kind=OutcomeKind.TRANSIENT if code < 500 or login else OutcomeKind.PERMANENT,
        detail=f"{phase}: {code} {words}".rstrip() + advice,
        code=code,
        status=status_of(code, text),
        at_recipient=phase is Phase.RCPT and not lost,
        throttled=asks_for_less(code, text),
        connection_lost=lost,
    )


def broken(phase: Phase, why: str, *, way_out_down: bool = True) -> Outcome:
    """The outcome of an attempt that ended without an answer.

    Before the first byte of the message the server cannot have it; from then on nobody knows.
    """
    kind = OutcomeKind.UNKNOWN if phase is Phase.END else OutcomeKind.TRANSIENT
    lost = way_out_down or kind is OutcomeKind.UNKNOWN
    return Outcome(kind=kind, detail=f"{phase}: {why}", connection_lost=lost)


def unreachable(why: str, code: int | None = None, text: bytes = b"") -> Outcome:
    """The outcome for a message when no connection came about, whatever the server answered."""
    return Outcome(
        kind=OutcomeKind.TRANSIENT,
        detail=f"{Phase.CONNECT}: {why}",
        code=code,
        status=status_of(code, text) if code else None,
        throttled=code is not None and asks_for_less(code, text),
        connection_lost=True,
    )


def refused(why: str) -> Outcome:
    """The outcome of a message that we do not send: no server was asked."""
    return Outcome(kind=OutcomeKind.PERMANENT, detail=why)


def status_of(code: int, text: bytes) -> str | None:
    """The enhanced code that an answer begins with; one of another class than the reply is none."""
    found = _STATUS.match(text[:32].decode("ascii", "replace").lstrip())
    if found is None or int(found[1]) != code // 100:
        return None
    return ".".join(str(int(part)) for part in found.groups())


def asks_for_less(code: int, text: bytes) -> bool:
    """Whether the answer is about how much we send, not about this message.

    A mailbox that gets mail too quickly (450 4.2.1) asks nothing of the others.
    """
    status, words = status_of(code, text) or "", spoken(text)
    if code == _CLOSING or status == _RATE_REFUSED:
        return True
    if not 400 <= code < 500 or status.startswith("4.2.") or _GREY.search(words):
        return False
    return bool(_ASKS_FOR_LESS.fullmatch(status) or _RATE_WORDS.search(words))


def session_full(outcome: Outcome) -> bool:
    """Whether a refusal of MAIL is about the connection, so that a new one may help."""
    return outcome.code is not None and bool(_SESSION_FULL.search(outcome.detail))


def out_of_step(outcome: Outcome) -> bool:
    """Whether a refusal is about commands that were sent together, so that one by one may help."""
    return outcome.code == _BAD_SEQUENCE or bool(_TOO_EARLY.search(outcome.detail))


def spoken(text: bytes | str) -> str:
    """A server's words on one line, harmless to print and of bounded length."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return clip(printable(plain[: 4 * _LONGEST_DETAIL]), _LONGEST_DETAIL)
