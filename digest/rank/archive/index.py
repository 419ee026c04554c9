"""Papers by the words they hold, as arrays: where each word stands, and what it counts there."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from digest.rank.archive.background import Background
from digest.rank.archive.blocks import BREAK, Ints, TokenBlock

Floats: TypeAlias = npt.NDArray[np.float32]

#: words of a pair that stand apart count when this close, in either order
NEAR = 8
#: how strongly a paper longer than usual weakens each of its words (b of BM25)
_SLOPE = 0.75
#: an occurrence in the title counts as this many in the abstract
TITLE_COUNT = 2.0

_NONE: Ints = np.zeros(0, np.int32)


class WordIndex:
    """Where the words of some papers stand. Depends on the papers and the background alone.

    A *place* is an index into `stem` and `exact`, the numbers of the word that stands there; texts are
    further apart than `NEAR`. `text[place]` is 2p in the title of paper p and 2p + 1 in its abstract.
    """

    def __init__(self, block: TokenBlock, background: Background) -> None:
        self.papers = len(block)
        #: the stems that occur, by their numbers
        self.stems: list[str] = []
        self._exacts: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        stem_of, exact_of = self._name(block)
        texts = np.repeat(np.arange(2 * self.papers, dtype=np.int32), np.diff(block.bounds))
        spread = np.arange(len(block.places), dtype=np.int32) + texts * (NEAR + 1)
        room = len(block.places) + 2 * self.papers * (NEAR + 1)
        self.stem, self.exact, self.text = (np.full(room, BREAK, np.int32) for _ in range(3))
        self.stem[spread], self.exact[spread] = stem_of[block.places], exact_of[block.places]
        self.text[spread] = texts
        filled = np.flatnonzero(self.stem)
        # titles of all papers, then abstracts: numpy adds such columns much faster than such rows
        self._cell = self.text % 2 * self.papers + self.text // 2
        lengths = np.bincount(self._cell[filled], minlength=2 * self.papers)
        self.units = _units(lengths.reshape(2, self.papers), background)
        self._order = filled[np.argsort(self.stem[filled], kind="stable")].astype(np.int32)
        counts = np.bincount(self.stem[filled], minlength=len(self.stems))
        self._starts = np.concatenate(([0], np.cumsum(counts)))

    def _name(self, block: TokenBlock) -> tuple[Ints, Ints]:
        """Number the stems and the exact forms of `block`; 0 is the break in both."""
        stems, exacts = self._numbers, self._exacts
        stem_of = [stems.setdefault(stem, len(stems)) for _, stem in block.forms]
        exact_of = [exacts.setdefault(exact, len(exacts)) for exact, _ in block.forms]
        self.stems = list(stems)
        return np.array(stem_of, np.int32), np.array(exact_of, np.int32)

    def stem_number(self, stem: str) -> int | None:
        """Which number `stem` has, or `None` where no paper holds it."""
        return self._numbers.get(stem) or None

    def exact_number(self, exact: str) -> int:
        """Which number the form has; -1, which stands nowhere, if no paper holds it."""
        return self._exacts.get(exact, -1)

    def places(self, number: int) -> Ints:
        """Where the stem with this number stands, ascending."""
        return self._order[self._starts[number] : self._starts[number + 1]]

    def places_of(self, stem: str) -> Ints:
        """Where `stem` stands, ascending."""
        number = self.stem_number(stem)
        return _NONE if number is None else self.places(number)

    def amounts(self, places: Ints) -> Floats:
        """What occurrences at `places` count for: papers x (title, abstract)."""
        counts = np.bincount(self._cell[places], minlength=2 * self.papers)
        amounts: Floats = counts.reshape(2, self.papers) * self.units
        return amounts.T


def _units(lengths: npt.NDArray[np.int64], background: Background) -> Floats:
    """What one occurrence counts, (title, abstract) x papers: more in a title, less in a long abstract."""
    usual = TITLE_COUNT * background.title_length + background.abstract_length
    factor = 1 - _SLOPE + _SLOPE * (TITLE_COUNT * lengths[0] + lengths[1]) / usual
    # a title alone speaks for the abstract too; a long abstract takes nothing from the title
    units: Floats = np.stack((TITLE_COUNT / np.minimum(factor, 1.0), 1 / factor)).astype(np.float32)
    return units
