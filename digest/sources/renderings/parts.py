"""Parts: what a rendering of a page says, piece by piece, whatever marks it used."""

from __future__ import annotations

from typing import NamedTuple


class Part(NamedTuple):
    """A heading, a link, or a run of text, white space joined and marks removed."""

    #: of its beginning, from 1
    line: int
    text: str
    #: where the link leads to; `None` for text, and where the list of targets is missing
    target: str | None = None
    #: whether it was a link
    is_link: bool = False
    #: 1 to 6, or 0 for what is no heading
    heading: int = 0
    #: number of the paragraph: parts of one paragraph share it
    block: int = 0
