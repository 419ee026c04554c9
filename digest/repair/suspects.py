"""Whether a text may hold LaTeX at all. Most do not, and this is all that they cost."""

from __future__ import annotations

import re

from digest.repair.signs import UNMISTAKABLE

#: a digit that touches lower-case letters: `16times`, `sim6%`, `1leq`
_GLUED_DIGIT = re.compile(r"[0-9](?:(?=[a-z]{2})|(?<=[a-z].))")
_WORDS = UNMISTAKABLE | {"times", "sim", "pm"}


def suspicious(text: str) -> bool:
    """Whether `text` holds anything that `readable` could change; quick, and wrong only by a yes."""
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
        or "}" in text
        or _GLUED_DIGIT.search(text) is not None
        or not _WORDS.isdisjoint(text.split())
    )
