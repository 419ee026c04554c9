"""Returns: what the bytes of a mail that came back mean, and what follows for a reader. Pure.

Everything here is hostile: a mail may be broken, huge, nested, lying. `read` never raises, and
nothing that a mail states is believed before `pipeline` has found a signed proof in it.
"""

from digest.returns.judging import ReturnPolicy, Verdict, counts_as, judge, too_many_at_once
from digest.returns.reading import LONGEST, read
from digest.returns.severity import severity

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
