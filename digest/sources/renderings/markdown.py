"""The listing page as Markdown, as scrapers and converters of HTML write it, with or without front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.sources.renderings import blocks, brackets, rendering
from digest.sources.renderings.parts import Part
from digest.sources.shape import Page, Shape, Wire

_MARKS = re.compile(r"^ {0,3}#{1,6} |\]\(|\]\[|^ {0,3}[=-]{3,}[ \t\r]*$", re.MULTILINE)
#: a whole page in HTML begins like this; Markdown may begin with a `<div>`
_HTML = re.compile(r"\s{0,200}<(?:!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)
_FRONT_MATTER = re.compile(
    r"\s{0,20}---[ \t]*\r?\n(?:[^\r\n]{0,2000}\r?\n){0,60}?(?:---|\.\.\.)[ \t]*\r?(?=\n)"
)
_ESCAPES = re.compile(r"\\[\]\[*<>_.#]")


def has_marks(text: str) -> bool:
    """Whether the beginning of `text` has headings or links of Markdown."""
    return not _HTML.match(text) and _MARKS.search(text, 0, rendering.HEAD) is not None


def parts(text: str, *, end: int | None = None) -> Iterator[Part]:
    """The parts of `text` up to `end`, front matter left out."""
    targets = brackets.definitions(text)
    # numbered links without escapes come from tools that know no escapes
    escapes = "](" in text or _ESCAPES.search(text) is not None
    return blocks.parts(brackets.scan(_without_front_matter(text[:end]), escapes=escapes, targets=targets))


def _without_front_matter(text: str) -> str:
    found = _FRONT_MATTER.match(text)
    return "\n" * found.group().count("\n") + text[found.end() :] if found else text


def survey(text: str) -> rendering.Survey | None:
    """What the beginning of `text` in Markdown shows, or `None` where it is no marked listing page."""
    if not has_marks(text):
        return None
    seen = rendering.survey(parts(text, end=rendering.HEAD))
    return seen if seen.is_listing else None


def read(wire: Wire, max_records: int, *, name: str, summaries: bool = False) -> Page:
    """The page, under the name of the shape that asks."""
    seen = rendering.survey(parts(wire.text, end=rendering.HEAD))
    return rendering.read_page(
        parts(wire.text), seen, name=name, max_records=max_records, summaries=summaries
    )


def _matches(wire: Wire) -> bool:
    return survey(wire.text) is not None


def _read(wire: Wire, max_records: int) -> Page:
    return read(wire, max_records, name="markdown")


PAGE = Shape(
    name="markdown",
    looks_for="a listing page in Markdown",
    matches=_matches,
    read=_read,
)
