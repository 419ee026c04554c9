"""What is nobody's LaTeX, whatever it looks like: addresses, mail addresses, code."""

from __future__ import annotations

import re
from collections.abc import Callable

_PROTECTED = re.compile(
    r"((?:https?://|www\.)\S+"
    r"|(?<!`)`[^`\n']{1,200}`(?!`)"
    r"|(?<![\w.@+-])[\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.@+-])[\w-]+(?:\.[\w-]+)+/\S+)"
)
_SIGNS_OF_IT = ("://", "`", "www.", "@", "/")


def free(text: str, change: Callable[[str], str]) -> str:
    """`text` with `change` done to all but its addresses and code."""
    if not any(sign in text for sign in _SIGNS_OF_IT):
        return change(text)
    pieces = _PROTECTED.split(text)
    pieces[::2] = map(change, pieces[::2])
    return "".join(pieces)
