"""What each channel counts for. One set of numbers for all interests, readers and days."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How a strength is put together; see `docs/ranking.md` for what each is worth.

    The parts of the words' own channel add up to 1: `exact_word` to `phrase`.
    """

    #: occurrences at which half of a hit's worth is reached (k1 of BM25)
    half: float = 1.2
    exact_word: float = 0.5 / 2.3
    word: float = 0.5 / 2.3
    pair: float = 0.4 / 2.3
    close_pair: float = 0.2 / 2.3
    exact_phrase: float = 0.5 / 2.3
    phrase: float = 0.2 / 2.3
    #: the same for an interest of one word: as written, and by its stem
    single_word: tuple[float, float] = (0.3, 0.7)
    #: related words that the archive taught, beside latent subjects and without
    related: float = 0.3
    related_alone: float = 1.3
    #: nearness in the archive's latent subjects
    latent: float = 0.4
    #: what these add to a paper that just reaches the line, beside latent subjects and without: so much
    #: later is each step of the ladder
    usual_lift: float = 0.14
    usual_lift_alone: float = 0.10


WEIGHTS = Weights()
