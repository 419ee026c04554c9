"""LaTeX's typewriter spelling of quotes, dashes and ties as the characters that it prints."""

from __future__ import annotations

import re

from digest.repair.protected import free

_BLANKS = re.compile(" {2,}")
#: ``quoted'', ``quoted" and ''quoted''; Markdown's ``code`` is neither
_DOUBLE = re.compile(r"(?<!`)``(?=[^`\s])((?:[^`'\"]|'(?!')){1,400})(?:''|\")")
_PRIMED = re.compile(r"(?<![\w'’`])''(?=[^\s'])((?:[^'`]|'(?!')){1,400}?)''(?![\w'])")
_OPENING = re.compile(r"(?<!`)``(?=[^`\s])(?!(?:[^`]{0,100})`)")
_SINGLE = re.compile(r"(?<![`\w])`(?=[^`\s'])([^`'\n]{1,100})'(?![\w'])")
_LONG_DASH = re.compile(r"(?<!-)---(?!-)")
#: a flag such as --help stays, and so does what looks like a comment or an arrow
_DASH = re.compile(r"(?<![-<!])--(?![->])(?!(?<=\s--)[A-Za-z])")
#: at the end of the text given, an address or code follows
_TIE = re.compile(r"(?<=[^\s~=/(<])~(?=[^~=/.,;:)]|\Z)")


def typeset(text: str) -> str:
    """`text` with its quotes, dashes and ties as LaTeX prints them."""
    if "``" in text or "''" in text:
        text = _PRIMED.sub(r"“\1”", _DOUBLE.sub(r"“\1”", text))
        text = _OPENING.sub("“", text)
    return free(text, _marks)


def tidy(text: str) -> str:
    """`text` without the blanks that are left where something went."""
    return _BLANKS.sub(" ", text).strip(" ")


def _marks(text: str) -> str:
    if "`" in text:
        text = _SINGLE.sub(r"‘\1’", text)
    if "--" in text:
        text = _DASH.sub("–", _LONG_DASH.sub("—", text))
    return _TIE.sub(_untied, text) if "~" in text else text


def _untied(tie: re.Match[str]) -> str:
    """A blank, but for `10~100` and `x~N`, where the sign means something."""
    text, at = tie.string, tie.start()
    before, after = text[at - 1], text[at + 1 : at + 2]
    if (before.isdigit() or before == "%") and after.isdigit():
        return "~"
    lone = before.isalpha() and not text[at - 2 : at - 1].isalnum() and at > 0
    if lone and after.isalpha() and not text[at + 2 : at + 3].isalnum():
        return "~"
    return " "
