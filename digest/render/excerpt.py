"""The one to three sentences of an abstract that say most to this reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import Span
from digest.render.marks import Piece, merged, pieces, safe_with
from digest.text import clip, sentences

#: longer abstracts are not read to their end
_LONGEST = 6_000
_CONTRIBUTION = re.compile(
    r"\b(?:we|this (?:paper|work|article|study)|here,?)\s+(?:\w+ly\s+)?(?:also\s+)?"
    r"(?:propose|present|introduce|show|develop|describe|study|investigate|demonstrate|find|release|prove)s?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Room:
    """How much of an abstract may be shown."""

    sentences: int
    characters: int


def excerpt(abstract: str, spans: Sequence[Span], room: Room) -> tuple[Piece, ...]:
    """The best sentences of `abstract` in their order, matched words marked, gaps shown as `…`.

    Sentences that hold matched words come before those that tell what the paper does, and these
    before the rest, which usually begins with what everybody knows.
    """
    text, marks = safe_with(abstract[:_LONGEST], spans)
    found = sentences(text)
    if not found or room.sentences == 0:
        return ()
    chosen = _chosen(text, found, marks, room)
    shown: list[Piece] = []
    before = -1
    for index in chosen:
        if index > 0 and (shown or index > before + 1):
            shown.append(Piece(" " if index == before + 1 else (" … " if shown else "… "), marked=False))
        shown += _sentence(text, found[index], marks, room.characters)
        before = index
    return tuple(shown)


def _chosen(text: str, found: Sequence[Span], marks: Sequence[Span], room: Room) -> list[int]:
    ranked = sorted(range(len(found)), key=lambda i: (-_worth(text, found[i], marks), i))
    chosen = [ranked[0]]
    left = room.characters - _length(found[ranked[0]])
    for index in ranked[1:]:
        if len(chosen) == room.sentences:
            break
        if _length(found[index]) <= left:
            chosen.append(index)
            left -= _length(found[index])
    return sorted(chosen)


def _worth(text: str, span: Span, marks: Sequence[Span]) -> int:
    hits = sum(start < span[1] and end > span[0] for start, end in marks)
    tells = bool(_CONTRIBUTION.search(text, *span))
    return 2 * min(hits, 3) + 3 * tells


def _length(span: Span) -> int:
    return span[1] - span[0]


def _sentence(text: str, span: Span, marks: Sequence[Span], width: int) -> tuple[Piece, ...]:
    start, end = span
    shown = clip(text[start:end], width)
    whole = shown == text[start:end]
    inside = merged(((s - start, e - start) for s, e in marks), len(shown) - (not whole))
    return pieces(shown, inside)
