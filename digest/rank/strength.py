"""How strongly a paper speaks of one wording: words, pairs, close pairs and the whole phrase.

Each kind is Σ rarity · f/(f + K) over its items, divided by Σ rarity, so that it lies in [0, 1).
f counts occurrences: those in the title doubled, each weakened in a long text (BM25F).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from digest.model import Field
from digest.rank.index import IndexedPaper, IndexedText
from digest.rank.interests import Wording

#: occurrences at which half of a hit's worth is reached (k1 of BM25)
_HALF = 1.2
#: words of a pair that stand apart count when this close, in either order
_NEAR = 8

#: what each kind is worth; the whole adds up to 1
_EXACT_WORDS, _STEM_WORDS = 0.5 / 2.3, 0.5 / 2.3
_PAIRS, _CLOSE_PAIRS = 0.4 / 2.3, 0.2 / 2.3
_EXACT_PHRASE, _STEM_PHRASE = 0.5 / 2.3, 0.2 / 2.3
#: likewise for an interest of one word
_EXACT_WORD, _STEM_WORD = 0.3, 0.7

Parts = dict[Field, float]
"""What each field contributes."""


def strength(wording: Wording, paper: IndexedPaper, field: Field) -> Parts:
    """How strongly `paper` speaks of `wording` in `field`: all parts together lie in [0, reach)."""
    texts = paper.texts(field)
    parts: Parts = {}
    if len(wording.stems) == 1:
        _add_words(parts, wording, texts, _EXACT_WORD, _STEM_WORD)
    elif _add_words(parts, wording, texts, _EXACT_WORDS, _STEM_WORDS) > 1:
        _add_pairs(parts, wording, texts)
        _add_phrase(parts, wording, texts)
    return {where: part * wording.reach for where, part in parts.items()}


def _add(parts: Parts, worth: float, texts: Sequence[IndexedText], counts: Sequence[int]) -> None:
    """Credit a hit that could be worth `worth` to the fields that hold it so many times."""
    weighed = [count * text.unit for text, count in zip(texts, counts, strict=True)]
    each = worth / (sum(weighed) + _HALF)
    for text, amount in zip(texts, weighed, strict=True):
        if amount:
            parts[text.field] = parts.get(text.field, 0.0) + each * amount


def _add_words(
    parts: Parts, wording: Wording, texts: Sequence[IndexedText], exact_worth: float, stem_worth: float
) -> int:
    """Credit the single words; how many of them were found."""
    ceiling = sum(wording.rarities)
    found = 0
    for exact, stem, rarity in zip(wording.exact, wording.stems, wording.rarities, strict=True):
        stems = [len(text.places.get(stem, ())) for text in texts]
        if not any(stems):
            continue
        found += 1
        _add(parts, stem_worth * rarity / ceiling, texts, stems)
        _add(parts, exact_worth * rarity / ceiling, texts, [_count_exact(t, stem, exact) for t in texts])
    return found


def _add_pairs(parts: Parts, wording: Wording, texts: Sequence[IndexedText]) -> None:
    pairs = list(zip(wording.stems, wording.stems[1:], strict=False))
    rarities = [a + b for a, b in zip(wording.rarities, wording.rarities[1:], strict=False)]
    ceiling = sum(rarities)
    for pair, rarity in zip(pairs, rarities, strict=True):
        close = [_count_close(text, *pair) for text in texts]
        if any(close):
            _add(parts, _CLOSE_PAIRS * rarity / ceiling, texts, close)
            _add(parts, _PAIRS * rarity / ceiling, texts, [len(phrases(t, pair)) for t in texts])


def _add_phrase(parts: Parts, wording: Wording, texts: Sequence[IndexedText]) -> None:
    starts = [phrases(text, wording.stems) for text in texts]
    if any(starts):
        exact = [_count_exactly(t, s, wording.exact) for t, s in zip(texts, starts, strict=True)]
        _add(parts, _STEM_PHRASE, texts, [len(s) for s in starts])
        _add(parts, _EXACT_PHRASE, texts, exact)


def phrases(text: IndexedText, stems: tuple[str, ...]) -> list[int]:
    """Where all of `stems` stand next to each other in this order: indexes of the first words."""
    if any(stem not in text.places for stem in stems):
        return []
    own, positions, last = text.tokens.stems, text.tokens.positions, len(stems) - 1
    return [
        at
        for at in text.places[stems[0]]
        if at + last < len(own)
        and positions[at + last] - positions[at] == last
        and tuple(own[at : at + last + 1]) == stems
    ]


def _count_exact(text: IndexedText, stem: str, exact: str) -> int:
    return sum(text.tokens.exact[at] == exact for at in text.places.get(stem, ()))


def _count_exactly(text: IndexedText, starts: Sequence[int], exact: tuple[str, ...]) -> int:
    return sum(tuple(text.tokens.exact[at : at + len(exact)]) == exact for at in starts)


def _count_close(text: IndexedText, first: str, second: str) -> int:
    """How many places of `second` have `first` within `_NEAR` words, before or behind."""
    if first not in text.places or second not in text.places:
        return 0
    positions = text.tokens.positions
    firsts = [positions[at] for at in text.places[first]]
    return sum(_has_close(firsts, positions[at]) for at in text.places[second])


def _has_close(positions: Sequence[int], to: int) -> bool:
    at = bisect_left(positions, to - _NEAR)
    return at < len(positions) and positions[at] <= to + _NEAR
