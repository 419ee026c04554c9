"""The one to three sentences of an abstract that say most to this reader."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from digest.model import Span
from digest.render.marks import Piece, merged, pieces, safe, safe_with
from digest.text import clip, sentences

#: longer abstracts are not read to their end
_LONGEST = 6_000
_CONTRIBUTION = re.compile(
    r"\b(?:we|this (?:paper|work|article|study)|here,?)\s+(?:\w+ly\s+)?(?:also\s+)?"
    r"(?:propose|present|introduce|show|develop|describe|study|investigate|demonstrate|find|release|prove)s?\b",
    re.IGNORECASE,
)
#: what the links below the abstract say already
_PROMISE = re.compile(
    r"https?://|\b(?:code|datasets?|data|models?|page|demo)\b.{0,40}\b(?:available|released|found at)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """How much of an abstract may be shown; compared by identity."""

    sentences: int
    characters: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence by its place, and what it is worth to any reader."""

    start: int
    end: int
    worth: int

    @property
    def length(self) -> int:
        """In characters."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, eq=False)
class Abstract:
    """An abstract cut into sentences once, for every reader; compared by identity."""

    raw: str
    #: as it may be shown
    text: str
    sentences: tuple[Sentence, ...]


@lru_cache(maxsize=2_048)
def read_abstract(abstract: str) -> Abstract:
    """`abstract` cut into sentences; those that tell what the paper does are worth most.

    Remembered, so that the same words are the same `Abstract`.
    """
    raw = abstract[:_LONGEST]
    text = safe(raw)
    found = tuple(Sentence(*span, _worth(text, span)) for span in sentences(text))
    return Abstract(raw, text, found)


@lru_cache(maxsize=4_096)
def excerpt(abstract: Abstract, spans: tuple[Span, ...], room: Room) -> tuple[Piece, ...]:
    """The best sentences in their order, the words at `spans` marked, gaps shown as `…`.

    Sentences that hold matched words come before the rest, which usually begins with what everybody
    knows. `spans` count in the raw abstract. Remembered: many readers ask for the same words.
    """
    if not abstract.sentences or room.sentences == 0:
        return ()
    marks = safe_with(abstract.raw, spans, abstract.text)
    shown: list[Piece] = []
    before = -1
    for index in _chosen(abstract.sentences, marks, room):
        if shown:
            shown.append(Piece(" " if index == before + 1 else " … ", marked=False))
        shown += _shown(abstract.text, abstract.sentences[index], marks, room.characters)
        before = index
    return tuple(shown)


def _chosen(found: Sequence[Sentence], marks: Sequence[Span], room: Room) -> list[int]:
    """Indices of the sentences to show: the best that fit, and one more where these say little."""
    worth = [s.worth + 2 * min(hits, 3) if s.worth >= 0 else -1 for s, hits in _touched(found, marks)]
    ranked = sorted(range(len(found)), key=worth.__getitem__, reverse=True)
    chosen = ranked[:1]
    left = room.characters - found[chosen[0]].length
    rest = [i for i in ranked[1:] if worth[i] > 0]
    following = chosen[0] + 1
    if left > room.characters // 2 and following < len(found) and worth[following] >= 0:
        rest.append(following)
    for index in dict.fromkeys(rest):
        if len(chosen) < room.sentences and found[index].length <= left:
            chosen.append(index)
            left -= found[index].length
    return sorted(chosen)


def _worth(text: str, span: Span) -> int:
    if _PROMISE.search(text, *span):
        return -1
    return 3 if _CONTRIBUTION.search(text, *span) else 0


def _touched(found: Sequence[Sentence], marks: Sequence[Span]) -> Iterator[tuple[Sentence, int]]:
    """Each sentence with how many marks stand in it; both are in order."""
    at = 0
    for sentence in found:
        while at < len(marks) and marks[at][1] <= sentence.start:
            at += 1
        last = at
        while last < len(marks) and marks[last][0] < sentence.end:
            last += 1
        yield sentence, last - at


def _shown(text: str, sentence: Sentence, marks: Sequence[Span], width: int) -> tuple[Piece, ...]:
    whole = text[sentence.start : sentence.end]
    shown = clip(whole, width)
    first, last = sentence.start, sentence.end
    inside = [(start - first, end - first) for start, end in marks if start < last and end > first]
    # the ellipsis of a clipped sentence is ours and never marked
    return pieces(shown, merged(inside, len(shown) - (shown != whole)))
