"""Which characters of a text to mark for a wording: its phrases first, then single words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digest.model import Span
from digest.rank.index import IndexedText
from digest.rank.interests import Wording
from digest.text import fold, join_space


def marks(text: IndexedText, wording: Wording) -> tuple[Span, ...]:
    """Spans of what the wording found in `text`, ascending; words that stand together are one span.

    Where words of the wording stand together, its commoner words are not marked elsewhere: `models`
    alone says little beside `diffusion models`.
    """
    runs = list(_runs(text, wording))
    if any(len(run) > 1 for run in runs):
        mean = sum(wording.rarities) / len(wording.rarities)
        telling = {s for s, r in zip(wording.stems, wording.rarities, strict=True) if r >= mean}
        runs = [run for run in runs if len(run) > 1 or text.tokens.stems[run[0]] in telling]
    spans = text.tokens.spans
    return tuple((spans[run[0]][0], spans[run[-1]][1]) for run in runs)


def surfaces(text: str, spans: Sequence[Span]) -> tuple[str, ...]:
    """The different marked words as they stand in `text`, longest first, then in order of place."""
    found: dict[str, str] = {}
    for start, end in spans:
        surface = join_space(text[start:end])
        found.setdefault(fold(surface), surface)
    return tuple(sorted(found.values(), key=lambda words: -len(words.split())))


def _runs(text: IndexedText, wording: Wording) -> Iterator[list[int]]:
    """Indexes of the wording's words in `text`; those that continue each other as in it, together."""
    pairs = set(zip(wording.stems, wording.stems[1:], strict=False))
    tokens = text.tokens
    run: list[int] = []
    for at in sorted({at for stem in wording.stems for at in text.places.get(stem, ())}):
        continues = (
            bool(run)
            and tokens.positions[at] == tokens.positions[run[-1]] + 1
            and (tokens.stems[run[-1]], tokens.stems[at]) in pairs
        )
        if run and not continues:
            yield run
            run = []
        run.append(at)
    if run:
        yield run
