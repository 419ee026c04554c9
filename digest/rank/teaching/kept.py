"""The archive as the ranker keeps it: papers in blocks of words, and what they teach about interests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from digest.model import Field, Interest, Paper
from digest.rank.archive.background import Background
from digest.rank.archive.blocks import TokenBlock
from digest.rank.archive.related import Expansion
from digest.rank.asked import Asked, asked
from digest.rank.teaching.expansion import learn
from digest.rank.weights import WEIGHTS
from digest.rank.words.tokens import Analyser

#: papers of a full block: so many are in memory at a time, as numbers
BLOCK = 500


def in_words(interests: Iterable[Interest]) -> list[Asked]:
    """The different things that `interests` ask for by words which may be others: no mutes, no names.

    Nor phrases that must stand as they are. In order of their texts.
    """
    names = (Field.AUTHOR, Field.ORGANIZATION)
    wanted = {asked(each) for each in interests if each.weight > 0 and each.field not in names}
    return sorted((each for each in wanted if each.within is None), key=lambda each: each[:2])


def blocks_of(papers: Sequence[Paper], analyser: Analyser, first: int | None = None) -> Iterator[TokenBlock]:
    """`papers` in full blocks, but for the last one, and a first one of at most `first` papers."""
    ends = [0, *range(first or BLOCK, len(papers), BLOCK), len(papers)]
    for start, end in pairwise(ends if papers else []):
        yield TokenBlock.of_papers(papers[start:end], analyser)


def relate(
    wanted: Sequence[Asked], blocks: Iterable[TokenBlock], background: Background
) -> dict[Asked, Expansion]:
    """What the papers in `blocks` teach about each of `wanted`; each independently of the others."""
    return learn(wanted, blocks, background, background.basis, WEIGHTS)
