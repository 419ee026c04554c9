"""A day's papers read once: every word of every title and abstract, with its places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.model import Field, KnownPaper
from digest.rank.background import Background
from digest.rank.tokens import Analyser, Tokens

#: how strongly a paper longer than usual weakens each of its words (b of BM25)
_SLOPE = 0.75
#: an occurrence in the title counts as this many in the abstract
_TITLE_COUNT = 2.0


@dataclass(frozen=True, slots=True)
class IndexedText:
    """The words of one field of one paper."""

    field: Field
    tokens: Tokens
    #: stem → indexes into `tokens`, ascending
    places: dict[str, list[int]]
    #: what one occurrence counts here: more in a title, less in a long text
    unit: float


@dataclass(frozen=True, slots=True)
class IndexedPaper:
    """One paper, ready to be asked for words."""

    known: KnownPaper
    title: IndexedText
    abstract: IndexedText

    def texts(self, field: Field) -> tuple[IndexedText, ...]:
        """Where an interest bound to `field` looks; anywhere is title and abstract."""
        everywhere = (self.title, self.abstract)
        return everywhere if field is Field.ANYWHERE else tuple(t for t in everywhere if t.field is field)


class PaperIndex:
    """Papers by the stems they hold. Depends on the papers and the background alone."""

    def __init__(self, papers: Sequence[KnownPaper], background: Background, analyser: Analyser) -> None:
        self._known = papers
        self._background = background
        self._read = [(analyser.read(p.paper.title), analyser.read(p.paper.body)) for p in papers]
        self._papers: dict[int, IndexedPaper] = {}
        self._holders: dict[str, list[int]] = {}
        for number, (title, abstract) in enumerate(self._read):
            for stem in {*title.stems, *abstract.stems}:
                self._holders.setdefault(stem, []).append(number)

    def paper(self, number: int) -> IndexedPaper:
        """The paper with this number; its words are placed when it is first asked for."""
        if number not in self._papers:
            self._papers[number] = _index(self._known[number], *self._read[number], self._background)
        return self._papers[number]

    def holding(self, stems: Iterable[str]) -> list[int]:
        """Numbers of the papers with any of `stems`, ascending."""
        return sorted({n for stem in set(stems) for n in self._holders.get(stem, ())})


def _index(known: KnownPaper, title: Tokens, abstract: Tokens, background: Background) -> IndexedPaper:
    length = _TITLE_COUNT * len(title) + len(abstract)
    usual = _TITLE_COUNT * background.title_length + background.abstract_length
    factor = 1 - _SLOPE + _SLOPE * length / usual
    # a title alone speaks for the abstract too; a long abstract takes nothing from the title
    in_title = _TITLE_COUNT / min(factor, 1.0)
    return IndexedPaper(
        known,
        IndexedText(Field.TITLE, title, _places(title), in_title),
        IndexedText(Field.ABSTRACT, abstract, _places(abstract), 1 / factor),
    )


def _places(tokens: Tokens) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for at, stem in enumerate(tokens.stems):
        places.setdefault(stem, []).append(at)
    return places
