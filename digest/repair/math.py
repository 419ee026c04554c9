"""Where mathematics begins and ends; dollar signs that are money open none."""

from __future__ import annotations

import re

from digest.repair.signs import OPERATORS

_INLINE = re.compile(r"\$((?:[^$\\]|\\.)+)\$", re.DOTALL)
_DISPLAY = re.compile(r"\$\$([^$]+)\$\$")
#: signs that prose does not hold
_FORMULA = re.compile(r"[\\^_{}=<>]")
_PLAIN_WORD = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,}")
_ESCAPED = re.compile(r"\\[$%&#_]")
_BRACED = re.compile(r"\{[^{}]*\}")
#: nobody writes a formula this long into an abstract
_LONGEST = 1500
_CLOSING = {"(": "\\)", "[": "\\]"}

#: where the closing mark begins, and where the text goes on behind it
Closing = tuple[int, int]


def closing_dollar(text: str, at: int) -> Closing | None:
    """The end of the mathematics that the dollar sign at `at` opens, or `None` for money."""
    if found := _DISPLAY.match(text, at):
        return (found.end() - 2, found.end()) if len(found.group()) < _LONGEST else None
    found = _INLINE.match(text, at)
    if found is None or len(found.group()) > _LONGEST:
        return None
    follows = text[found.end() : found.end() + 1]
    return (found.end() - 1, found.end()) if _is_formula(found.group(1), follows) else None


def closing_bracket(text: str, at: int) -> Closing | None:
    r"""The end of the mathematics that `\(` or `\[` at `at` opens."""
    end = text.find(_CLOSING[text[at + 1]], at + 2, at + _LONGEST)
    return (end, end + 2) if end >= 0 else None


def _is_formula(content: str, follows: str) -> bool:
    plain = _BRACED.sub(" ", _ESCAPED.sub("", content))
    if not content.strip():
        return False
    words = [word for word in _PLAIN_WORD.findall(plain) if word not in OPERATORS] if " " in content else []
    if content[0].isdigit():
        # $5/$10, $5 and $10; in $5 million to 10$\times$ the second sign opens what the first did not
        unclosed = follows.isdigit() or content[-1].isspace()
        return not (unclosed and "\\" not in plain) and not any(w.islower() and len(w) > 2 for w in words)
    return bool(_FORMULA.search(_ESCAPED.sub("", content))) or len(words) < 2
