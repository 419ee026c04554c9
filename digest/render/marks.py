"""Text that may be shown, with the matched words marked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from digest.model import Evidence, Field, Span
from digest.text import clip, printable

#: XML 1.0 forbids these two, and nothing can be seen of them
_NONCHARACTERS = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}


class Piece(NamedTuple):
    """A run of text that is marked throughout, or not at all; a tuple, for mails have hundreds."""

    text: str
    marked: bool


def safe(text: str, width: int | None = None) -> str:
    """`text` without anything that acts instead of shows, clipped to `width` characters."""
    if text.isascii() and text.isprintable() and "  " not in text:
        shown = text.strip()
    else:
        shown = printable(text.translate(_NONCHARACTERS))
    return shown if width is None else clip(shown, width)


def safe_with(text: str, spans: Iterable[Span], shown: str) -> tuple[Span, ...]:
    """`spans` of `text` moved along with their words to `shown`, which is `safe(text)`; merged."""
    kept = merged(spans, len(text))
    if shown == text or not kept:
        return kept
    places = _places(text)
    return merged(((places[start], places[end - 1] + 1) for start, end in kept), len(shown))


def merged(spans: Iterable[Span], length: int) -> tuple[Span, ...]:
    """`spans` in order, cut to `0..length`, those that touch or overlap made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        start, end = max(start, 0), min(end, length)  # noqa: PLW2901
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def pieces(text: str, marks: Iterable[Span]) -> tuple[Piece, ...]:
    """`text` cut where marks begin and end; `marks` come from `merged`."""
    found: list[Piece] = []
    at = 0
    for start, end in marks:
        if at < start:
            found.append(Piece(text[at:start], marked=False))
        found.append(Piece(text[start:end], marked=True))
        at = end
    if at < len(text):
        found.append(Piece(text[at:], marked=False))
    return tuple(found)


def spans_in(evidence: Iterable[Evidence], field: Field) -> tuple[Span, ...]:
    """Where the words of everything that counted for a match stand in `field`."""
    return tuple(span for e in evidence if e.field is field and e.points > 0 for span in e.spans)


def _places(text: str) -> list[int]:
    """For each character of `text` its index in `safe(text)`; for dropped ones where they would be."""
    places: list[int] = []
    length, gap = 0, False
    for character in text.translate(_NONCHARACTERS):
        if not printable(character):
            gap = length > 0
            places.append(length)
            continue
        length += gap
        gap = False
        places.append(length)
        length += 1
    return places
