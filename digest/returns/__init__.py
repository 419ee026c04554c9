"""Returns: what the bytes of a mail that came back mean, and what follows for a reader. Pure.

Everything here is hostile: a mail may be broken, huge, nested, lying. `read` never raises, and
nothing that a mail states is believed before `pipeline` has found a signed proof in it. What reads is
loaded on first use: on most days nothing comes back.
"""

from typing import TYPE_CHECKING, Final

from digest.later import later
from digest.returns.judging import ReturnPolicy, Verdict, counts_as, judge, too_many_at_once

if TYPE_CHECKING:
    from digest.returns.reading import read
    from digest.returns.refusals import severity

__all__ = [
    "LONGEST",
    "ReturnPolicy",
    "Verdict",
    "counts_as",
    "judge",
    "read",
    "severity",
    "too_many_at_once",
]

#: bytes of a mail that are looked at
LONGEST: Final = 1 << 20

_LATER: Final = {"read": "reading", "severity": "refusals"}

__getattr__ = later(__name__, _LATER)
