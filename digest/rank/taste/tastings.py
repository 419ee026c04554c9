"""What a reader's taste makes of some papers: points lifted and lowered, and the words behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from digest.model import Evidence, EvidenceKind, Field, KnownPaper
from digest.rank.marks import surfaces
from digest.rank.taste.blend import by_taste, lifted, lowered, with_subject
from digest.rank.taste.taste import Taste
from digest.rank.taste.termvectors import TermVectors, term_spans
from digest.rank.words.tokens import Analyser

#: so many words are shown
_WORDS = 4


class Tasting:
    """Some papers as one taste sees them."""

    def __init__(
        self,
        taste: Taste,
        papers: Sequence[KnownPaper],
        vectors: TermVectors,
        analyser: Analyser,
        subject: npt.NDArray[np.float32] | None = None,
    ) -> None:
        """`subject`: how near each paper is in the latent subjects, in deviations of the archive's papers."""
        self._taste = taste
        self._papers = papers
        self._vectors = vectors
        self._analyser = analyser
        liking = taste.liking(vectors)
        self._liking = (liking if subject is None else with_subject(liking, subject)).tolist()
        self._disliking = taste.disliking(vectors).tolist()

    def score(self, number: int, stated: float, *, interested: bool) -> float:
        """The points of one paper: by `stated` interests where the reader has any, and by taste."""
        liking, grown = self._liking[number], self._taste.growth
        before = lifted(stated, liking, grown) if interested else by_taste(liking, grown)
        return lowered(before, self._disliking[number])

    def scores(self, stated: npt.NDArray[np.float64], *, interested: bool) -> npt.NDArray[np.float64]:
        """The same for every paper."""
        each = enumerate(stated.tolist())
        return np.array([self.score(number, own, interested=interested) for number, own in each])

    def reasons(self, number: int, points: float) -> Iterator[Evidence]:
        """What taste added to paper `number`, or took away, with the words that speak for it."""
        if not points:
            return
        terms = self._taste.words(self._vectors, number)
        telling = [term for term, share in (terms if points > 0 else reversed(terms)) if share * points > 0]
        yield Evidence(
            interest=None,
            field=Field.ANYWHERE,
            words=self._surfaces(number, telling),
            points=points,
            kind=EvidenceKind.LEARNED,
        )

    def _surfaces(self, number: int, terms: Sequence[str]) -> tuple[str, ...]:
        """The strongest terms as they stand in the paper, no word twice."""
        paper, told = self._papers[number].paper, set[str]()
        shown: list[str] = []
        for term in terms:
            stems = tuple(term.split())
            if told.issuperset(stems):
                continue
            for text in (paper.title, paper.body):
                spans = term_spans(term, self._analyser.read(text))
                if spans:
                    shown += surfaces(text, spans[:1])
                    told.update(stems)
                    break
            if len(shown) == _WORDS:
                break
        return tuple(shown)
