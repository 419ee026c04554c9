"""Braces that belong to no macro: LaTeX's own go, sets and place-holders stay."""

from __future__ import annotations

import re

from digest.repair.signs import SIGNS

#: `{bf visual}` was `{\bf visual}`
_DECLARED = re.compile(r"(?:bf|it|em|tt|sc|sf|rm|sl|cal)\s+(?=[^\s,])")
_SPACER = re.compile(r"[,=+\-:./<>~×·|&−–∼≈≤≥→]{1,3}")
#: what may have stood in braces for LaTeX's sake alone: no commas, colons, quotes or signs
_WORDS = re.compile(r"[\w\s%.’'+-]+")
_COLOURS = re.compile(r"(?<![A-Za-z])(?:black|red|blue|green|gray|grey|purple|orange|magenta|cyan|teal|brown)$")


def colour_before(text: str) -> str:
    """The name of a colour at the end of `text`: what `\\textcolor{red}{x}` leaves is `red{x}`."""
    found = _COLOURS.search(text[-12:])
    return found.group() if found else ""


def ungrouped(inner: str, before: str, after: str, *, certain: bool) -> str:
    """What `{inner}` prints between `before` and `after`, the characters at its sides.

    `certain` says that the braces are LaTeX's for other reasons: mathematics, or macros inside.
    """
    if certain:
        return inner
    declared = _DECLARED.match(inner)
    if declared:
        return inner[declared.end() :]
    if not inner.strip():
        return f"{{{inner}}}"
    touched = before.isalnum() or after.isalnum()
    if inner in SIGNS and len(inner) > 2 and (touched or after in " ~"):
        return SIGNS[inner]
    if _SPACER.fullmatch(inner) and (touched or before or after):
        return inner
    if len(inner) == 1 and inner.isupper():
        return inner
    # add{add }graph: two words would be glued to one
    glued = before.isalpha() and " " in inner
    if touched and not glued and _WORDS.fullmatch(inner):
        return inner
    return f"{{{inner}}}"
