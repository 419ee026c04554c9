"""Which characters of a text to mark for a wording: its phrases first, then single words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digest.model import Span
from digest.rank.interests import Wording
from digest.rank.words.tokens import Tokens
from digest.text import fold, join_space


def marks(tokens: Tokens, wording: Wording) -> tuple[Span, ...]:
    """Spans of what the wording found in a text, ascending; words that stand together are one span.

    Where words of the wording stand together, its commoner words are not marked elsewhere: `models`
    alone says little beside `diffusion models`.
    """
    if wording.within is not None:
        return whole_marks(tokens, wording)
    runs = list(_runs(tokens, wording))
    if any(len(run) > 1 for run in runs):
        mean = sum(wording.rarities) / len(wording.rarities)
        telling = {s for s, r in zip(wording.stems, wording.rarities, strict=True) if r >= mean}
        runs = [run for run in runs if len(run) > 1 or tokens.stems[run[0]] in telling]
    return tuple((tokens.spans[run[0]][0], tokens.spans[run[-1]][1]) for run in runs)


def whole_marks(tokens: Tokens, wording: Wording) -> tuple[Span, ...]:
    """Spans of where all of `wording` stands, in the manner it asks for."""
    if not set(wording.stems) <= set(tokens.stems):
        return ()
    if wording.within:
        return tuple(_together(tokens, set(wording.stems), wording.within))
    words, wanted = (tokens.stems, wording.stems) if wording.within is None else (tokens.exact, wording.exact)
    size = len(wanted)
    places = tokens.positions
    return tuple(
        (tokens.spans[at][0], tokens.spans[at + size - 1][1])
        for at in range(len(tokens) - size + 1)
        if tuple(words[at : at + size]) == wanted
        and all(places[at + i] - places[at] == offset for i, offset in enumerate(wording.offsets))
    )


def _together(tokens: Tokens, wanted: set[str], within: int) -> Iterator[Span]:
    """The words of the wording, each for itself, wherever all of them stand close enough."""
    held = [at for at, stem in enumerate(tokens.stems) if stem in wanted]
    marked: dict[int, None] = {}
    for number, first in enumerate(held):
        missing = set(wanted)
        for at in held[number:]:
            if tokens.positions[at] - tokens.positions[first] >= len(wanted) + within:
                break
            missing.discard(tokens.stems[at])
            if not missing:
                marked |= dict.fromkeys(h for h in held if first <= h <= at)
                break
    for at in sorted(marked):
        yield tokens.spans[at]


def stem_marks(tokens: Tokens, stems: Sequence[str]) -> tuple[Span, ...]:
    """The first place of each of `stems`, in their order."""
    return tuple(tokens.spans[tokens.stems.index(stem)] for stem in stems if stem in tokens.stems)


def surfaces(text: str, spans: Sequence[Span]) -> tuple[str, ...]:
    """The different marked words as they stand in `text`, longest first, then in order of place."""
    found: dict[str, str] = {}
    for start, end in spans:
        surface = join_space(text[start:end])
        found.setdefault(fold(surface), surface)
    return tuple(sorted(found.values(), key=lambda words: -len(words.split())))


def _runs(tokens: Tokens, wording: Wording) -> Iterator[list[int]]:
    """Indexes of the wording's words in a text; those that continue each other as in it, together."""
    wanted = set(wording.stems)
    steps = [b - a for a, b in zip(wording.offsets, wording.offsets[1:], strict=False)]
    pairs = set(zip(wording.stems, wording.stems[1:], steps, strict=False))
    run: list[int] = []
    for at, stem in enumerate(tokens.stems):
        if stem not in wanted:
            continue
        continues = (
            bool(run)
            and (tokens.stems[run[-1]], stem, tokens.positions[at] - tokens.positions[run[-1]]) in pairs
        )
        if run and not continues:
            yield run
            run = []
        run.append(at)
    if run:
        yield run
