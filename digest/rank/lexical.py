"""How strongly papers speak of one wording: its words, its neighbours, and the whole phrase.

Each kind of hit is Σ rarity · f/(f + half) over its items, divided by Σ rarity, so that it lies in
[0, 1). f counts occurrences: those in the title doubled, each weakened in a long text (BM25F).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from digest.model import Field
from digest.rank.archive.blocks import BREAK, Ints
from digest.rank.archive.index import NEAR, Floats, WordIndex
from digest.rank.interests import Wording
from digest.rank.weights import Weights

_COLUMNS = {Field.TITLE: 0, Field.ABSTRACT: 1}


class HitKind(StrEnum):
    """What of a wording stands in a paper."""

    EXACT_WORD = "word as written"
    WORD = "word"
    PAIR = "neighbours"
    CLOSE_PAIR = "close to each other"
    EXACT_PHRASE = "phrase as written"
    PHRASE = "phrase"
    TOGETHER = "all words together"


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """One item of a wording that stands somewhere."""

    kind: HitKind
    stems: tuple[str, ...]
    #: what it adds to a strength at most
    worth: float
    #: where it stands, by the last of its words
    places: Ints


def strengths(index: WordIndex, wording: Wording, field: Field, weights: Weights) -> Floats:
    """How strongly each paper speaks of `wording` in `field`: papers x (title, abstract).

    The two columns add up to a value in [0, reach).
    """
    total = np.zeros((2, index.papers), np.float32).T
    for hit in hits(index, wording, weights):
        total += credit(index, hit, field, weights)
    total *= wording.reach
    return total


def credit(index: WordIndex, hit: Hit, field: Field, weights: Weights) -> Floats:
    """What one hit adds to each paper: papers x (title, abstract)."""
    amounts = index.amounts(hit.places)
    if field in _COLUMNS:
        amounts[:, 1 - _COLUMNS[field]] = 0
    amounts *= (hit.worth / (amounts[:, 0] + amounts[:, 1] + weights.half))[:, np.newaxis]
    return amounts


def hits(index: WordIndex, wording: Wording, weights: Weights) -> Iterator[Hit]:
    """Everything of `wording` that stands in any paper."""
    if wording.within is not None:
        ends = whole_ends(index, wording)
        if len(ends):
            yield Hit(HitKind.TOGETHER if wording.within else HitKind.EXACT_PHRASE, wording.stems, 1.0, ends)
        return
    single = len(wording.stems) == 1
    exact_worth, stem_worth = weights.single_word if single else (weights.exact_word, weights.word)
    ceiling = sum(wording.rarities)
    for exact, stem, rarity in zip(wording.exact, wording.stems, wording.rarities, strict=True):
        places = index.places_of(stem)
        if len(places):
            yield Hit(HitKind.WORD, (stem,), stem_worth * rarity / ceiling, places)
            as_written = places[index.exact[places] == index.exact_number(exact)]
            if len(as_written):
                yield Hit(HitKind.EXACT_WORD, (stem,), exact_worth * rarity / ceiling, as_written)
    if not single:
        yield from _pairs(index, wording, weights)
        yield from _whole(index, wording, weights)


def _pairs(index: WordIndex, wording: Wording, weights: Weights) -> Iterator[Hit]:
    pairs = list(zip(wording.stems, wording.stems[1:], strict=False))
    steps = [b - a for a, b in zip(wording.offsets, wording.offsets[1:], strict=False)]
    rarities = [a + b for a, b in zip(wording.rarities, wording.rarities[1:], strict=False)]
    ceiling = sum(rarities)
    for (first, second), rarity, step in zip(pairs, rarities, steps, strict=True):
        ones, others = index.places_of(first), index.places_of(second)
        if len(ones) and len(others):
            after = others[index.stem[others - step] == index.stem_number(first)]
            if len(after):
                yield Hit(HitKind.PAIR, (first, second), weights.pair * rarity / ceiling, after)
            close = _close(ones, others)
            if len(close):
                yield Hit(HitKind.CLOSE_PAIR, (first, second), weights.close_pair * rarity / ceiling, close)


def _close(ones: Ints, others: Ints) -> Ints:
    """Which of `others` have any of `ones` within `NEAR` words, before or behind."""
    at = np.minimum(np.searchsorted(ones, others - NEAR), len(ones) - 1)
    found: Ints = others[np.abs(ones[at] - others) <= NEAR]
    return found


def _whole(index: WordIndex, wording: Wording, weights: Weights) -> Iterator[Hit]:
    ends = _phrase_ends(index, wording)
    if not len(ends):
        return
    yield Hit(HitKind.PHRASE, wording.stems, weights.phrase, ends)
    ends = _as_written(index, wording, ends)
    if len(ends):
        yield Hit(HitKind.EXACT_PHRASE, wording.stems, weights.exact_phrase, ends)


def whole_ends(index: WordIndex, wording: Wording) -> Ints:
    """Where all of `wording` stands, in the manner it asks for: places of the last words."""
    if wording.within:
        return _together_ends(index, sorted(set(wording.stems)), wording.within)
    ends = _phrase_ends(index, wording)
    return ends if wording.within is None else _as_written(index, wording, ends)


def _as_written(index: WordIndex, wording: Wording, ends: Ints) -> Ints:
    """Which of `ends` have the words in the very form of the wording."""
    last = wording.offsets[-1]
    for offset, exact in zip(wording.offsets, wording.exact, strict=True):
        ends = ends[index.exact[ends - (last - offset)] == index.exact_number(exact)]
    return ends


def _together_ends(index: WordIndex, stems: Sequence[str], within: int) -> Ints:
    """Where all of `stems` stand in any order, at most `within` words between: places of the last ones."""
    found = [index.places_of(stem) for stem in stems]
    if not all(len(places) for places in found):
        return np.zeros(0, np.int32)
    starts = np.sort(np.concatenate(found))
    ends = starts
    for places in found:
        at = np.searchsorted(places, starts)
        # where the word does not come again, the window has no end
        following = np.where(at < len(places), places[np.minimum(at, len(places) - 1)], len(index.stem))
        ends = np.maximum(ends, following)
    close = (ends - starts < len(stems) + within) & (ends < len(index.stem))
    starts, ends = starts[close], ends[close]
    same_text = index.text[starts] == index.text[ends]
    unique: Ints = np.unique(ends[same_text]).astype(np.int32)
    return unique


def _phrase_ends(index: WordIndex, wording: Wording) -> Ints:
    """Where all of the wording's stems stand as far behind each other as in it: places of the last ones."""
    numbers = [index.stem_number(stem) for stem in wording.stems]
    if None in numbers:
        return np.zeros(0, np.int32)
    last = wording.offsets[-1]
    places = [BREAK] * (last + 1)
    for offset, number in zip(wording.offsets, numbers, strict=True):
        places[offset] = number or BREAK
    # the rarest word leads: the others are looked at only around it
    found = [index.places(number) for number in numbers if number is not None]
    lead = min(range(len(found)), key=lambda i: len(found[i]))
    ends = found[lead] + (last - wording.offsets[lead])
    ends = ends[(ends >= last) & (ends < len(index.stem))]
    for back, number in enumerate(reversed(places)):
        ends = ends[index.stem[ends - back] == number]
    return ends
