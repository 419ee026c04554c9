"""What is ordinary in the archive: how many papers hold each word, and how long papers are."""

from __future__ import annotations

import json
import math
import sys
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from digest.model import Paper
from digest.rank.acronyms import Acronyms, Definitions
from digest.rank.tokens import Analyser

if TYPE_CHECKING:
    from digest.rank.expansion import Expansion
    from digest.rank.interests import Asked
    from digest.rank.latent import Basis

#: the first papers are read as if this many had come before, with these lengths and word shares
_PRIOR_PAPERS = 20
_PRIOR_TITLE = 8.0
_PRIOR_ABSTRACT = 120.0
_PRIOR_SHARE = 0.02
#: longer words are noise and are not counted
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """Statistics of the archive of all papers. Lengths count words that are not stop words."""

    VERSION: ClassVar[int] = 2

    #: how many papers were counted
    papers: int = 0
    #: words in all titles, and in all abstracts
    title_words: int = 0
    abstract_words: int = 0
    #: stem → papers that hold it in title or abstract
    frequencies: Mapping[str, int] = field(default_factory=dict)
    #: acronyms that the papers define
    definitions: Definitions = field(default_factory=Definitions)
    #: what the archive taught about interests, and its latent subjects: kept apart from the statistics
    expansions: Mapping[Asked, Expansion] = field(default_factory=dict, compare=False, repr=False)
    basis: Basis | None = field(default=None, compare=False, repr=False)
    #: who reads for it; the papers counted just now are mostly those ranked next, and read once for both
    analyser: Analyser = field(default_factory=Analyser, compare=False, repr=False)
    #: worked out when first asked for
    _acronyms: list[Acronyms] = field(default_factory=list, init=False, compare=False, repr=False)

    @classmethod
    def empty(cls) -> Background:
        """The background of the first hour: every word is equally rare."""
        return cls()

    @property
    def title_length(self) -> float:
        """Mean words of a title."""
        return (self.title_words + _PRIOR_PAPERS * _PRIOR_TITLE) / (self.papers + _PRIOR_PAPERS)

    @property
    def abstract_length(self) -> float:
        """Mean words of an abstract."""
        return (self.abstract_words + _PRIOR_PAPERS * _PRIOR_ABSTRACT) / (self.papers + _PRIOR_PAPERS)

    def rarity(self, stem: str) -> float:
        """Inverse document frequency of `stem` (BM25), above 0."""
        holding = self.frequencies.get(stem, 0)
        return math.log(1 + (self.papers - holding + 0.5) / (holding + 0.5))

    def rarities(self, stems: Sequence[str]) -> npt.NDArray[np.float64]:
        """`rarity` of each of `stems`."""
        holding = np.array([self.frequencies.get(stem, 0) for stem in stems], np.float64)
        return np.asarray(np.log(1 + (self.papers - holding + 0.5) / (holding + 0.5)))

    def share(self, stem: str) -> float:
        """Which part of papers holds `stem`, in (0, 1); cautious while few papers are known."""
        return (self.frequencies.get(stem, 0) + _PRIOR_PAPERS * _PRIOR_SHARE) / (self.papers + _PRIOR_PAPERS)

    @property
    def acronyms(self) -> Acronyms:
        """What acronyms stand for in this archive."""
        if not self._acronyms:
            holding = self.frequencies
            self._acronyms.append(Acronyms.of(self.definitions, self.analyser, lambda s: holding.get(s, 0)))
        return self._acronyms[0]

    def updated(self, papers: Iterable[Paper]) -> Background:
        """A background with `papers` counted too; count each paper once only."""
        analyser = self.analyser
        frequencies = dict(self.frequencies)
        count, title_words, abstract_words = 0, 0, 0
        papers = list(papers)
        for paper in papers:
            title, abstract = analyser.read(paper.title), analyser.read(paper.body)
            count += 1
            title_words += len(title)
            abstract_words += len(abstract)
            for stem in {*title.stems, *abstract.stems}:
                if len(stem) <= _LONGEST_WORD:
                    frequencies[stem] = frequencies.get(stem, 0) + 1
        return Background(
            papers=self.papers + count,
            title_words=self.title_words + title_words,
            abstract_words=self.abstract_words + abstract_words,
            frequencies=frequencies,
            definitions=self.definitions.updated(papers),
            analyser=analyser,
        )

    def to_bytes(self) -> bytes:
        """Everything in one compressed piece, for `from_bytes`; equal backgrounds give equal bytes."""
        stems = sorted(self.frequencies)
        head = {
            "version": self.VERSION,
            "papers": self.papers,
            "title_words": self.title_words,
            "abstract_words": self.abstract_words,
            "stems": len(stems),
            "definitions": self.definitions.counts,
        }
        counts = array("I", (self.frequencies[s] for s in stems))
        if sys.byteorder == "big":
            counts.byteswap()
        lines = (json.dumps(head, sort_keys=True), " ".join(stems), "")
        return zlib.compress("\n".join(lines).encode() + counts.tobytes(), 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> Background:
        """What `to_bytes` wrote; raises `ValueError` for another version or anything else."""
        try:
            head_line, stem_line, packed = zlib.decompress(data).split(b"\n", 2)
            head = json.loads(head_line)
            if head["version"] != cls.VERSION:
                raise ValueError(f"background of version {head['version']}, expected {cls.VERSION}")
            counts = array("I", packed)
            if sys.byteorder == "big":
                counts.byteswap()
            stems = stem_line.decode().split()
            if not len(stems) == len(counts) == head["stems"]:
                raise ValueError("not as many counts as words")
            papers, title_words, abstract_words = (
                int(head[n]) for n in ("papers", "title_words", "abstract_words")
            )
            definitions = Definitions.from_plain(head["definitions"])
        except (zlib.error, KeyError, TypeError) as error:
            raise ValueError("not a background") from error
        return cls(
            papers=papers,
            title_words=title_words,
            abstract_words=abstract_words,
            frequencies=dict(zip(stems, counts, strict=True)),
            definitions=definitions,
        )
