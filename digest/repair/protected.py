"""What is nobody's LaTeX, whatever it looks like: addresses, mail addresses, code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

#: where an address or code may be; the rest of the text is passed over quickly
_SIGN = re.compile("[/@`]|www[.]")
_CODE = re.compile(r"(?<!`)`[^`\n']{1,200}`(?!`)")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<![\w.@+-])[\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.@+-])[\w-]+(?:\.[\w-]+)+/\S+"
)
_WORD_END = re.compile(r"\s|$")


def free(text: str, change: Callable[[str], str]) -> str:
    """`text` with `change` done to all but its addresses and code."""
    spans = list(_spans(text))
    if not spans:
        return change(text)
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += [change(text[at:start]), text[start:end]]
        at = end
    pieces.append(change(text[at:]))
    return "".join(pieces)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    at = word_start = 0
    while sign := _SIGN.search(text, at):
        if sign.group() == "`":
            code = _CODE.match(text, sign.start())
            at = code.end() if code else sign.end()
            if code:
                yield code.span()
                word_start = at
            continue
        start = max(word_start, text.rfind(" ", word_start, sign.start()) + 1)
        end = _end_of_word(text, sign.end())
        if found := _ADDRESS.search(text, start, end):
            yield found.span()
            end = found.end()
        at = word_start = end


def _end_of_word(text: str, at: int) -> int:
    found = _WORD_END.search(text, at)
    return found.start() if found else len(text)
