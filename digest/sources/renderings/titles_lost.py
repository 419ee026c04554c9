"""The page of one day after an extraction that kept `Submitted by` and the names, and lost every title."""

from __future__ import annotations

import re
from itertools import islice

from digest.sources.plain_text import header
from digest.sources.plain_text.lines import filled_lines
from digest.sources.renderings import rendering
from digest.sources.shape import Page, Shape, Wire

_SUBMITTED = re.compile(r"(?:subscribe)?submitted by:?(?P<name> \S.*)?", re.IGNORECASE)
_HEAD_LINES = 2_000
_FEWEST = 2
#: lines of another kind for each of these; with titles there would be at least one
_FEW_OTHERS = 1 / 4


def _submitted(text: str) -> tuple[int, int | None]:
    """How often the page says who submitted, first in which line; 0 where it says much else."""
    count, others, first, name_follows = 0, 0, None, False
    for line in islice(filled_lines(text), _HEAD_LINES):
        found = _SUBMITTED.fullmatch(line.text)
        if found:
            count, first = count + 1, first or line.number
        elif not name_follows and not _is_frame(line.text):
            others += 1
        name_follows = found is not None and not found["name"]
    return (count, first) if others <= _FEW_OTHERS * count else (0, None)


def _is_frame(text: str) -> bool:
    return header.is_frame(text) or (len(text) < 12 and not any(map(str.isalpha, text)))


def _matches(wire: Wire) -> bool:
    return _submitted(wire.text)[0] >= _FEWEST


def _read(wire: Wire, max_records: int) -> Page:  # noqa: ARG001 - there is none
    count, first = _submitted(wire.text)
    return rendering.titles_lost(count, line=first, label=None)


PAGE = Shape(
    name="titles-lost",
    looks_for="a day's page (“Submitted by”)",
    matches=_matches,
    read=_read,
)
