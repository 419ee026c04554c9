"""Papers like another one: the same words, the rare ones above all."""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from digest.model import KnownPaper, Paper, SimilarPaper
from digest.rank.archive.background import Background
from digest.rank.words.tokens import Tokens
from digest.text import fold, join_space

#: an occurrence in the title counts as this many in the abstract
_TITLE_COUNT = 2
#: papers that hold none of this many words are not compared
_TELLING = 12
#: how many words tell why
_WORDS = 6


def similar(
    paper: Paper, papers: Sequence[KnownPaper], background: Background, limit: int
) -> list[SimilarPaper]:
    """Those of `papers` that are most like `paper`, best first, at most `limit`; none without a common word.

    Similarity is the cosine of vectors of stems, each weighing (1 + ln count) · rarity, an occurrence in the
    title counted twice. Only papers that hold one of the most telling words are compared, unless these are
    fewer than `limit`: the others have little in common with it. Equal ones are ordered by the strongest
    key, then by id.
    """
    vectors = _Vectors(background)
    wanted = vectors.of(paper)
    scored = ((_dot(wanted, vectors.of(known.paper)), known) for known in _candidates(papers, wanted, limit))
    best = heapq.nsmallest(
        max(limit, 0),
        ((-cosine, known.keys[:1], known.id, known) for cosine, known in scored if cosine > 0),
        key=lambda each: each[:3],
    )
    return [
        SimilarPaper(paper=known, similarity=min(-negative, 1.0), words=_words(known.paper, wanted, vectors))
        for negative, _, _, known in best
    ]


def _candidates(
    papers: Sequence[KnownPaper], wanted: Mapping[str, float], limit: int
) -> Sequence[KnownPaper]:
    """Papers whose text holds the beginning of a telling word; far quicker than reading every text."""
    telling = sorted(wanted, key=lambda stem: (-wanted[stem], stem))[:_TELLING]
    # a stem may end in `i` where the word has a `y`; a short one is the whole word
    beginnings = [
        re.escape(stem.removesuffix("i")) if len(stem) > 3 else rf"{re.escape(stem)}e?s?(?!\w)"
        for stem in telling
    ]
    holds = re.compile(rf"\b(?:{'|'.join(beginnings)})").search
    found = [known for known in papers if holds(fold(f"{known.paper.title} {known.paper.body}"))]
    return found if len(found) >= limit else papers


class _Vectors:
    """Papers as vectors of length 1 over stems."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._rarities: dict[str, float] = {}

    def of(self, paper: Paper) -> dict[str, float]:
        """Stem → weight; empty for a paper without words."""
        title, body = self.read(paper)
        counts = Counter(body.stems)
        for stem in title.stems:
            counts[stem] += _TITLE_COUNT
        weights = {stem: (1 + math.log(count)) * self._rarity(stem) for stem, count in counts.items()}
        length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
        return {stem: weight / length for stem, weight in weights.items()}

    def read(self, paper: Paper) -> tuple[Tokens, Tokens]:
        """The words of title and body."""
        analyser = self._background.analyser
        return analyser.read(paper.title), analyser.read(paper.body)

    def _rarity(self, stem: str) -> float:
        known = self._rarities.get(stem)
        if known is None:
            known = self._rarities[stem] = self._background.rarity(stem)
        return known


def _dot(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    return math.fsum(weight * left[stem] for stem, weight in right.items() if stem in left)


def _words(paper: Paper, wanted: Mapping[str, float], vectors: _Vectors) -> tuple[str, ...]:
    """The common words that bring the two together most, as they stand in `paper`."""
    own = vectors.of(paper)
    common = sorted((stem for stem in own if stem in wanted), key=lambda s: (-own[s] * wanted[s], s))
    found: dict[str, str] = {}
    for stem in common[:_WORDS]:
        for text, tokens in zip((paper.title, paper.body), vectors.read(paper), strict=True):
            if stem in tokens.stems and stem not in found:
                start, end = tokens.spans[tokens.stems.index(stem)]
                found[stem] = join_space(text[start:end])
    return tuple({fold(word): word for word in found.values()}.values())
