"""Whether a text may hold LaTeX at all. Most do not, and this is all that they cost."""

from __future__ import annotations

import re

#: each begins with the letters to look for, which makes the search quick, and looks around from there
_TIMES = re.compile(
    r"times(?:(?<=[0-9)\]°]times)|(?<=[0-9)\]°KkMp] times)|(?<=\W\wtimes)|(?<=\W\w times)|(?=\d))"
)
_SIM = re.compile(r"sim(?= ?[0-9])")
_PM = re.compile(r"pm(?= ?[0-9])")
_APPROX = re.compile(r"approx(?=[-+]?[0-9])")
_DELTA = re.compile(r"Delta(?=[-+]?[0-9])")
_LOG = re.compile(r"log(?<=[(0-9][a-zA-Z]log)")
_VAR = re.compile(r"var(?=ep|ph|th|rh|si|no)")
_MATH = re.compile(r"math(?=cal|bb|bf|frak|rm|sf|scr|it)")
#: leq, geq, subseteq, sqrt: in English an `u` follows
_Q = re.compile(r"q(?!u)")


def suspicious(text: str) -> bool:
    """Whether `text` holds anything that `readable` could change.

    A set of all names, or one pattern for them, takes longer than all of this. A name that is not
    looked for is repaired only in a text that is suspicious for another reason.
    """
    return (
        "\\" in text
        or "{" in text
        or "$" in text
        or "^" in text
        or "_" in text
        or "`" in text
        or "~" in text
        or "--" in text
        or "''" in text
        or "arrow" in text
        or "infty" in text
        or "propto" in text
        or "cdot" in text
        or "oplus" in text
        or " ell" in text
        or _Q.search(text) is not None
        or _TIMES.search(text) is not None
        or _SIM.search(text) is not None
        or _PM.search(text) is not None
        or _APPROX.search(text) is not None
        or _DELTA.search(text) is not None
        or _LOG.search(text) is not None
        or _VAR.search(text) is not None
        or _MATH.search(text) is not None
    )
