"""Braces that belong to no macro: LaTeX's own go, sets and place-holders stay."""

from __future__ import annotations

import re

from digest.repair.signs import SIGNS

#: `{bf visual}` was `{\bf visual}`
_DECLARED = re.compile(r"(?:bf|it|em|tt|sc|sf|rm|sl|cal)\s+(?=[^\s,])")
_SPACER = re.compile(r"[,=+\-:./<>~×·|&−–∼≈≤≥→]{1,3}")
#: what may have stood in braces for LaTeX's sake alone: no commas, colons, quotes or signs
_WORDS = re.compile(r"[\w\s%.’'+-]+")
_COLOURS = re.compile(
    r"(?<![A-Za-z])(?:black|red|blue|green|gray|grey|purple|orange|magenta|cyan|teal|brown)$"
)


def colour_before(text: str) -> str:
    r"""The name of a colour at the end of `text`: what `\textcolor{red}{x}` leaves is `red{x}`."""
    found = _COLOURS.search(text[-12:])
    return found.group() if found else ""


def ungrouped(inner: str, before: str, after: str, *, certain: bool) -> str:
    """What `{inner}` prints between `before` and `after`, the characters at its sides.

    `certain` says that the braces are LaTeX's for other reasons: mathematics, or macros inside.
    """
    touched = before.isalnum() or after.isalnum()
    if declared := _DECLARED.match(inner):
        return inner[declared.end() :]
    if inner in SIGNS and len(inner) > 2 and (touched or after in " ~"):
        return SIGNS[inner]
    spacer = _SPACER.fullmatch(inner) and (before or after)
    # {W}: a set is hardly ever of one capital
    capital = len(inner) == 1 and inner.isupper()
    # in add{add }graph two words would be glued to one
    part = touched and _WORDS.fullmatch(inner) and inner.strip() and not (before.isalpha() and " " in inner)
    return inner if certain or spacer or capital or part else f"{{{inner}}}"
