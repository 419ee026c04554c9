"""The listing page as exported text: each link is its text and, in a line below, its bare URL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from digest.sources.renderings import blocks, brackets, rendering
from digest.sources.renderings.parts import Part
from digest.sources.shape import Page, Shape, Wire

_URL = re.compile(r"^[ \t]*<?(?:https?|file)://[^\s<>]{1,2000}>?[ \t\r]*$", re.MULTILINE)
_FEWEST = 3


def parts(text: str) -> Iterator[Part]:
    """The parts of `text`, a URL being the target of the text before it."""
    return _targeted(blocks.parts(brackets.scan(text, escapes=False, targets={})))


def _targeted(plain: Iterable[Part]) -> Iterator[Part]:
    before: Part | None = None
    for part in plain:
        if part.text != part.target:
            if before:
                yield before
            before = part
        elif before is None or before.target or before.heading:
            if before:
                yield before
            before = part._replace(text="", is_link=True)
        else:
            before = before._replace(target=part.target, is_link=True)
    if before:
        yield before


def _survey(text: str) -> rendering.Survey:
    return rendering.survey(parts(text[: rendering.HEAD]))


def _matches(wire: Wire) -> bool:
    found = _URL.findall(wire.text, 0, rendering.HEAD)
    return len(found) >= _FEWEST and _survey(wire.text).is_listing


def _read(wire: Wire, max_records: int) -> Page:
    seen = _survey(wire.text)
    return rendering.read_page(parts(wire.text), seen, name="bare-urls", max_records=max_records)


PAGE = Shape(
    name="bare-urls",
    looks_for="a listing page with each link's URL in a line of its own",
    matches=_matches,
    read=_read,
)
