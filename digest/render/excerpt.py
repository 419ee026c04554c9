"""The one to three sentences of an abstract that say most to this reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from digest.model import Span
from digest.render.marks import Piece, merged, pieces, safe, safe_with
from digest.text import clip, sentences

#: longer abstracts are not read to their end
_LONGEST = 6_000
#: what the paper does
_CLAIM = re.compile(
    r"\bin this (?:paper|work|article|study)\b|\bthis (?:paper|work|article|study)\s+\w"
    r"|\b(?:we|here,?)\s+(?:\w+ly\s+)?(?:also\s+)?"
    r"(?:propose|present|introduce|develop|describe|design|study|investigate|release|prove|revisit|explore)\b",
    re.IGNORECASE,
)
#: what it found
_FINDING = re.compile(r"\b(?:we|our|outperforms|achieves|results|state-of-the-art)\b", re.IGNORECASE)
#: what every paper says of its results
_FLOURISH = re.compile(
    r"\b(?:extensive|experimental|comprehensive|empirical|our) (?:experiment|result|evaluation)",
    re.IGNORECASE,
)
#: what everybody knows
_COMMONPLACE = re.compile(
    r"\brecent(?:ly)?\b|\brapid|\b(?:has|have) (?:\w+ly )?(?:become|been|shown|achieved|emerged|attracted"
    r"|drawn|gained|made|led|demonstrated|garnered)\b|\bwidely\b|\bpopular|\bbreakthrough|\bremarkable"
    r"|\bincreasingly\b|\b(?:is|are|remains?) (?:\w+ )?(?:important|crucial|essential|fundamental|critical"
    r"|challenging|central)\b|\bremains? (?:an? )?(?:\w+ )?(?:challeng|problem|open|difficult|hard)"
    r"|\b(?:crucial|essential|pivotal|vital) (?:for|to|in)\b|\bprime targets?\b",
    re.IGNORECASE,
)
#: how a sentence begins that leans on the one before
_LEANING = re.compile(
    r"(?:However|Moreover|Furthermore|Additionally|In addition|Besides|Also|Thus|Hence|Therefore|Consequently"
    r"|Nevertheless|Instead|Subsequently|Meanwhile|Second(?:ly)?|Third(?:ly)?|Finally|Specifically"
    r"|For (?:example|instance)|Unfortunately|But|And|Yet|It|They|These|Those|Such|That"
    r"|This(?! paper| work| article| study))\b"
)
#: what the links below the abstract say already
_PROMISE = re.compile(
    r"https?://|\b(?:code|datasets?|data|models?|page|demo)\b.{0,40}\b(?:available|released|found at)\b",
    re.IGNORECASE,
)


#: worth of a sentence that is shown only where there is no other
_NEVER = -100


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

    What stands before the first of these is background.

    Remembered, so that the same words are the same `Abstract`.
    """
    raw = abstract[:_LONGEST]
    text = safe(raw)
    spans = sentences(text)
    first = next((at for at, span in enumerate(spans) if _CLAIM.search(text, *span)), 0)
    found = tuple(Sentence(*span, _worth(text, span, at - first)) for at, span in enumerate(spans))
    return Abstract(raw, text, found)


@lru_cache(maxsize=128)
def excerpt(
    abstract: Abstract, spans: tuple[Span, ...], room: Room, related: tuple[str, ...] = ()
) -> tuple[Piece, ...]:
    """The best sentences in their order, the words at `spans` marked, gaps shown as `…`.

    What the paper does comes before what else speaks of the reader's words, and this before what everybody
    knows. `spans` count in the raw abstract. Sentences with `related` words, as they stand there, count a
    little more; these are not marked. Remembered: the templates of one mail ask for it several times.
    """
    if not abstract.sentences or room.sentences == 0:
        return ()
    marks = safe_with(abstract.raw, spans, abstract.text)
    shown: list[Piece] = []
    before = -1
    for index in _chosen(abstract.sentences, marks, _places(abstract.text, related), room):
        if shown:
            shown.append(Piece(" " if index == before + 1 else " … ", marked=False))
        shown += _shown(abstract.text, abstract.sentences[index], marks, room.characters)
        before = index
    return tuple(shown)


def _chosen(
    found: Sequence[Sentence], marks: Sequence[Span], related: Sequence[Span], room: Room
) -> list[int]:
    """Indices of the sentences to show: the best that fit, and one more where these say little."""
    hits = zip(found, _touches(found, marks), _touches(found, related), strict=True)
    worth = [s.worth + (2 * (own > 0) + (own > 1)) + (near > 0) for s, own, near in hits]
    ranked = sorted(range(len(found)), key=worth.__getitem__, reverse=True)
    chosen = ranked[:1]
    left = room.characters - found[chosen[0]].length
    rest = [i for i in ranked[1:] if worth[i] > 0]
    following = chosen[0] + 1
    if left > room.characters // 2 and following < len(found) and worth[following] > _NEVER // 2:
        rest.append(following)
    for index in dict.fromkeys(rest):
        if len(chosen) < room.sentences and found[index].length <= left:
            chosen.append(index)
            left -= found[index].length
    return sorted(chosen)


def _worth(text: str, span: Span, after: int) -> int:
    """What a sentence says of the paper, that comes so many `after` the first that says what it does."""
    if _PROMISE.search(text, *span):
        return _NEVER
    if _CLAIM.search(text, *span):
        return 5 if after == 0 else 4 - bool(_LEANING.match(text, *span))
    worth = 2 * bool(_FINDING.search(text, *span)) - bool(_FLOURISH.search(text, *span))
    if after < 0 or span[0] == 0:
        worth -= (after < 0) + 2 * bool(_COMMONPLACE.search(text, *span))
    return worth - bool(_LEANING.match(text, *span))


def _places(text: str, words: Iterable[str]) -> list[Span]:
    """Where `words` stand in `text`, as they are written and not as a part of others."""
    # plain searches: patterns made of each reader's words take longer to compile than these to run
    found: list[Span] = []
    for word in filter(None, words):
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            if not (_is_letter(text[start - 1 : start]) or _is_letter(text[end : end + 1])):
                found.append((start, end))
            start = text.find(word, start + 1)
    return sorted(found)


def _is_letter(character: str) -> bool:
    """Whether a word goes on with it; what is empty ends one."""
    return character.isalnum() or character == "_"


def _touches(found: Sequence[Sentence], marks: Sequence[Span]) -> Iterator[int]:
    """For each sentence how many marks stand in it; both are in order."""
    at = 0
    for sentence in found:
        while at < len(marks) and marks[at][1] <= sentence.start:
            at += 1
        last = at
        while last < len(marks) and marks[last][0] < sentence.end:
            last += 1
        yield last - at


def _shown(text: str, sentence: Sentence, marks: Sequence[Span], width: int) -> tuple[Piece, ...]:
    whole = text[sentence.start : sentence.end]
    shown = clip(whole, width)
    first, last = sentence.start, sentence.end
    inside = [(start - first, end - first) for start, end in marks if start < last and end > first]
    # the ellipsis of a clipped sentence is ours and never marked
    return pieces(shown, merged(inside, len(shown) - (shown != whole)))
