"""Text to lines and blocks, in one pass and bounded space.

A line ends at LF or CR LF and nowhere else: U+2028, vertical tabulators, form feeds, NEL and lone
carriage returns occur inside titles and would tear them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from digest.text import join_space, printable

_FILLED = re.compile(r"\S[^\n]*")
#: longer lines always show something
_MAY_BE_INVISIBLE = 64


class Line(NamedTuple):
    """A line that shows something, without the white space around it."""

    #: from 1
    number: int
    text: str
    #: whether blank lines stand between it and the line before
    after_blank: bool


class Block(NamedTuple):
    """A title or a part of an abstract: one line or several, white space joined."""

    #: of its first line, from 1
    line: int
    text: str


def filled_lines(text: str) -> Iterator[Line]:
    """The lines of `text` that show something; those of zero-width marks alone count as blank."""
    number, end, hidden = 1, 0, True
    for found in _FILLED.finditer(text):
        breaks = text.count("\n", end, found.start())
        number, end = number + breaks, found.end()
        content = found.group().rstrip()
        if len(content) < _MAY_BE_INVISIBLE and not content.isprintable() and not printable(content):
            hidden = True
            continue
        yield Line(number, content, hidden or breaks > 1)
        hidden = False


def first_lines(text: str, limit: int) -> tuple[list[Line], bool]:
    """At most `limit` filled lines of `text`, and whether there are more."""
    lines = list(islice(filled_lines(text), limit + 1))
    return lines[:limit], len(lines) > limit


def joined(text: str) -> str:
    """`text` with white space joined, without work where there is nothing to do."""
    return text if text.isprintable() and "  " not in text else join_space(text)


def line_blocks(lines: Sequence[Line]) -> list[Block]:
    """One block for each line."""
    return [Block(line.number, joined(line.text)) for line in lines]


def paragraph_blocks(lines: Sequence[Line]) -> list[Block]:
    """One block for each run of lines without a blank line inside."""
    starts = [i for i, line in enumerate(lines) if line.after_blank or i == 0]
    ends = [*starts[1:], len(lines)]
    return [
        Block(lines[a].number, joined(" ".join(line.text for line in lines[a:b])))
        for a, b in zip(starts, ends, strict=True)
    ]
