"""The listing page as text with numbered links, `[text][12]`; the list of their targets may be missing.

Without that list no link says where it leads: titles are headings, and counts are told by their place.
"""

from __future__ import annotations

import re

from digest.sources.renderings import markdown, rendering
from digest.sources.shape import Page, Shape, Wire

_NUMBERED = re.compile(r"\]\[[^\[\]\n]{0,200}\]")
_FEWEST = 3


def _matches(wire: Wire) -> bool:
    head = wire.text[: rendering.HEAD]
    numbered = len(_NUMBERED.findall(head))
    if numbered < _FEWEST or numbered <= head.count("]("):
        return False
    return markdown.survey(wire.text) is not None


def _read(wire: Wire, max_records: int) -> Page:
    return markdown.read(wire, max_records, name="link-references")


PAGE = Shape(
    name="link-references",
    looks_for="a listing page with numbered links",
    matches=_matches,
    read=_read,
)
