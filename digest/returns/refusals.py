"""How much a refusal says about the address: hard, soft, or a block. Pure.

After RFC 3463 and what large systems do with it. The class alone does not tell: 5.2.2 is a full
mailbox, which may be emptied, and 5.7.x is a judgement on the sender, never on the reader.
"""

from __future__ import annotations

import re
from typing import Final

from digest.model import ReturnKind
from digest.returns.phrases import Sign, sign_of

_STATUS = re.compile(r"([45])\.(\d{1,3})\.(\d{1,3})", re.ASCII)

_BY_SIGN: Final = {
    Sign.FULL: ReturnKind.SOFT,
    Sign.BLOCKED: ReturnKind.BLOCK,
    Sign.GONE: ReturnKind.HARD,
    Sign.FOR_NOW: ReturnKind.SOFT,
}

#: codes of class 5 that mean something else than their subject
_DETAILS: Final = {
    # the sender's address is at fault
    (1, 7): ReturnKind.BLOCK,
    (1, 8): ReturnKind.BLOCK,
    # Microsoft: too many recipients a day
    (1, 90): ReturnKind.BLOCK,
    # disabled, whatever else is said of it
    (2, 1): ReturnKind.HARD,
    (2, 2): ReturnKind.SOFT,
    # too long for this mailbox, for this system
    (2, 3): ReturnKind.BLOCK,
    (3, 4): ReturnKind.BLOCK,
    # an expansion of a list failed
    (2, 4): ReturnKind.SOFT,
    # no route: the domain is not there
    (4, 4): ReturnKind.HARD,
    # Microsoft: the domain does not exist
    (4, 310): ReturnKind.HARD,
    # Gmail: the sender's daily limit
    (4, 5): ReturnKind.BLOCK,
}

#: subject of a code of class 5 → kind, and whether words that are known say it better
_SUBJECTS: Final = {
    0: (ReturnKind.HARD, True),
    1: (ReturnKind.HARD, False),
    2: (ReturnKind.HARD, True),
    # the system, not the mailbox: somebody will repair it
    3: (ReturnKind.SOFT, True),
    # network and routing: loops, expiry, congestion
    4: (ReturnKind.SOFT, True),
    # protocol: the message or the way it was offered
    5: (ReturnKind.BLOCK, True),
    # content
    6: (ReturnKind.BLOCK, False),
    # policy
    7: (ReturnKind.BLOCK, False),
}


def severity(status: str | None, code: int | None, words: str, *, after_data: bool = False) -> ReturnKind:
    """What a refusal says about the address: `HARD`, `SOFT` or `BLOCK`; `UNKNOWN` if it says nothing.

    `status` is an enhanced code, `words` are the server's. `after_data`: the answer came after the
    message itself; then only words about the mailbox can be about the address.
    """
    parts = split_status(status)
    sign = sign_of(words)
    if parts is None:
        return _without_status(code, sign, after_data=after_data)
    kind, subject, detail = parts
    if kind == 4 and subject != 7:
        return ReturnKind.BLOCK if sign is Sign.BLOCKED else ReturnKind.SOFT
    if (subject, detail) in _DETAILS:
        return _DETAILS[subject, detail]
    usual, words_first = _SUBJECTS.get(subject, (ReturnKind.HARD, True))
    if sign is not None and (words_first or ((subject, detail) == (1, 0) and sign is Sign.BLOCKED)):
        return _BY_SIGN[sign]
    return ReturnKind.BLOCK if after_data and subject == 0 else usual


def split_status(status: str | None) -> tuple[int, int, int] | None:
    """Class, subject and detail of an enhanced code of class 4 or 5, else `None`."""
    found = _STATUS.fullmatch(status or "")
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _without_status(code: int | None, sign: Sign | None, *, after_data: bool) -> ReturnKind:
    if code is None:
        return _BY_SIGN[sign] if sign else ReturnKind.UNKNOWN
    if code < 500:
        return ReturnKind.BLOCK if sign is Sign.BLOCKED else ReturnKind.SOFT
    if sign is not None:
        return _BY_SIGN[sign]
    if after_data:
        return ReturnKind.BLOCK
    # 552 is a mailbox over its limit (RFC 5321 4.2.2)
    return ReturnKind.SOFT if code == 552 else ReturnKind.HARD
