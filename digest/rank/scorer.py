"""Findings and reasons for one set of papers, worked out once however many readers ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
import numpy.typing as npt

from digest.model import Evidence, EvidenceKind, Field, Interest, KnownPaper, Span
from digest.rank.archive.background import Background
from digest.rank.archive.blocks import TokenBlock
from digest.rank.archive.index import Floats
from digest.rank.asked import Asked, asked
from digest.rank.findings import ABSTRACT, RELATED, TITLE, Finding, PaperArrays
from digest.rank.interests import wordings
from digest.rank.lexical import whole_ends
from digest.rank.marks import marks, stem_marks, surfaces, whole_marks
from digest.rank.names import NAME_FIELDS, NameHit, find_authors, find_organization
from digest.rank.taste.taste import Taste
from digest.rank.taste.tastings import Tasting
from digest.rank.taste.termvectors import TermVectors
from digest.rank.weights import WEIGHTS, Weights

_COLUMNS = ((Field.TITLE, TITLE), (Field.ABSTRACT, ABSTRACT))
#: so many related words are shown
_RELATED_WORDS = 4
#: bytes of what was found that are remembered, and about what a finding takes for a paper, and a reason
_MOST, _FINDING, _REASON = 8_000_000, 24, 800


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of a finding, with the words to show. The shares of a finding add up to 1."""

    kind: EvidenceKind
    field: Field
    share: float
    words: tuple[str, ...]
    spans: tuple[Span, ...]


class Scorer:
    """Findings for one set of papers before one background; numbers are indexes of `papers`."""

    def __init__(
        self, papers: Sequence[KnownPaper], background: Background, weights: Weights = WEIGHTS
    ) -> None:
        self.papers = papers
        self._background = background
        read = background.analyser.read
        self._tokens = [(read(known.paper.title), read(known.paper.body)) for known in papers]
        block = TokenBlock.of(tokens for pair in self._tokens for tokens in pair)
        self.arrays = PaperArrays(block, background, weights)
        self._findings: dict[Asked, Finding] = {}
        self._names: dict[Asked, dict[int, NameHit]] = {}
        self._reasons: dict[tuple[Asked, int], tuple[Reason, ...]] = {}
        self._mutes: dict[Interest, dict[int, Evidence]] = {}
        self._telling: dict[Asked, tuple[str, ...]] = {}

    def tidy(self) -> None:
        """Forget what was found where it takes much memory; it is worked out anew when asked for."""
        if len(self._findings) * len(self.papers) * _FINDING + len(self._reasons) * _REASON > _MOST:
            self._findings.clear()
            self._reasons.clear()
            self._names.clear()
            self._mutes.clear()
            self._telling.clear()

    def tasting(self, taste: Taste) -> Tasting:
        """The papers as `taste` sees them."""
        subject = self._subject(taste)
        return Tasting(taste, self.papers, self._term_vectors, self._background.analyser, subject)

    def _subject(self, taste: Taste) -> Floats | None:
        """How near the papers are to what is liked, in the latent subjects; `None` without these."""
        basis, latent = self._background.basis, self.arrays.latent
        if basis is None or latent is None or taste.toward is None:
            return None
        direction = basis.direction(taste.toward.weights)
        return None if direction is None else basis.deviations(latent, direction)

    @cached_property
    def _term_vectors(self) -> TermVectors:
        return TermVectors.read([known.paper for known in self.papers], self._background)

    def finding(self, interest: Interest) -> Finding:
        """What `interest` finds in every paper."""
        key = asked(interest)
        if key not in self._findings:
            self._findings[key] = self._by_name(key) if _names(interest) else self.arrays.find(key)
        return self._findings[key]

    def shares(self, interest: Interest, numbers: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
        """The shares of the reasons for which `interest` found papers `numbers`: papers x reasons.

        Each row adds up to 1, or is 0 where it found nothing; see `reasons`, which costs much more.
        """
        finding = self.finding(interest)
        if _names(interest):
            return (finding.points[numbers] > 0).astype(np.float64)[:, None]
        parts = finding.parts[numbers].astype(np.float64)
        whole = parts.sum(axis=1, keepdims=True)
        return np.asarray(np.divide(parts, whole, out=np.zeros_like(parts), where=whole > 0))

    def reasons(self, interest: Interest, number: int) -> tuple[Reason, ...]:
        """Why `interest` found paper `number`; nothing where it found nothing."""
        key = asked(interest), number
        if key not in self._reasons:
            self._reasons[key] = tuple(self._explain(interest, number))
        return self._reasons[key]

    def mutes(self, interest: Interest) -> dict[int, Evidence]:
        """Papers that hold the whole phrase of `interest`, by number, with the place; 0 points."""
        if interest not in self._mutes:
            found = self._muted_by_name(interest) if _names(interest) else self._muted(interest)
            self._mutes[interest] = dict(found)
        return self._mutes[interest]

    def _by_name(self, key: Asked) -> Finding:
        hits = self._names_of(key)
        points = np.zeros(len(self.papers), np.float32)
        for number, hit in hits.items():
            points[number] = hit.points
        return Finding(points, np.zeros((len(self.papers), 3), np.float32))

    def _names_of(self, key: Asked) -> dict[int, NameHit]:
        if key not in self._names:
            hits = ((number, self._name(key, known)) for number, known in enumerate(self.papers))
            self._names[key] = {number: hit for number, hit in hits if hit}
        return self._names[key]

    def _name(self, key: Asked, known: KnownPaper) -> NameHit | None:
        text, field, _ = key
        if field is Field.AUTHOR:
            return find_authors(text, known.paper)
        return find_organization(text, known.paper, self._background.analyser)

    def _explain(self, interest: Interest, number: int) -> Iterator[Reason]:
        if _names(interest):
            hit = self._names_of(asked(interest)).get(number)
            if hit:
                words = surfaces(field_text(self.papers[number], hit.field), hit.spans)
                yield Reason(EvidenceKind.WORDS, hit.field, 1.0, words, hit.spans)
            return
        finding = self.finding(interest)
        parts = finding.parts[number].astype(np.float64)
        whole = float(parts.sum())
        for field, column in _COLUMNS:
            if parts[column] > 0 and finding.best is not None:
                tokens = self._tokens[number][column]
                spans = marks(tokens, finding.wordings[finding.best[number]])
                words = surfaces(field_text(self.papers[number], field), spans)
                yield Reason(EvidenceKind.WORDS, field, float(parts[column]) / whole, words, spans)
        if parts[RELATED] > 0:
            words = self._related_words(asked(interest), number)
            yield Reason(EvidenceKind.RELATED, Field.ANYWHERE, float(parts[RELATED]) / whole, words, ())

    def _related_words(self, key: Asked, number: int) -> tuple[str, ...]:
        """Words of the paper that the archive relates to an interest and that mean something alone."""
        texts = self._tokens[number]
        held = {*texts[0].stems, *texts[1].stems}
        shown: list[str] = []
        for stem in islice((stem for stem in self._telling_stems(key) if stem in held), _RELATED_WORDS):
            known = self.papers[number]
            for tokens, field in zip(texts, (Field.TITLE, Field.ABSTRACT), strict=True):
                spans = stem_marks(tokens, (stem,))
                if spans:
                    shown += surfaces(field_text(known, field), spans)
                    break
        return tuple(dict.fromkeys(shown))

    def _telling_stems(self, key: Asked) -> tuple[str, ...]:
        """What is related to an interest and means something alone, without the interest's own words."""
        if key not in self._telling:
            expansion = self._background.expansions[key]
            stated = {stem for way in wordings(key, self._background) for stem in way.stems}
            self._telling[key] = tuple(
                stem for stem, _ in expansion.terms if stem in expansion.telling and stem not in stated
            )
        return self._telling[key]

    def _muted(self, interest: Interest) -> Iterator[tuple[int, Evidence]]:
        found: dict[int, Evidence] = {}
        index = self.arrays.index
        for wording in wordings(asked(interest), self._background):
            for text in np.unique(index.text[whole_ends(index, wording)]):
                number, column = divmod(int(text), 2)
                field = _COLUMNS[column][0]
                if number not in found and interest.field in (Field.ANYWHERE, field):
                    spans = whole_marks(self._tokens[number][column], wording)
                    found[number] = self._evidence(interest, field, spans, number)
        yield from sorted(found.items())

    def _muted_by_name(self, interest: Interest) -> Iterator[tuple[int, Evidence]]:
        for number, hit in self._names_of(asked(interest)).items():
            yield number, self._evidence(interest, hit.field, hit.spans, number)

    def _evidence(self, interest: Interest, field: Field, spans: tuple[Span, ...], number: int) -> Evidence:
        words = surfaces(field_text(self.papers[number], field), spans)
        return Evidence(interest=interest, field=field, words=words, points=0.0, spans=spans)


def field_text(known: KnownPaper, field: Field) -> str:
    """The text of which the spans of `field` count the characters."""
    paper = known.paper
    if field is Field.TITLE:
        return paper.title
    if field is Field.ABSTRACT:
        return paper.body
    return ", ".join(paper.authors) if field is Field.AUTHOR else paper.organization or ""


def _names(interest: Interest) -> bool:
    return interest.field in NAME_FIELDS
