"""What is ordinary in the archive: how many papers hold each word, and how long papers are."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from digest.model import Paper
from digest.rank.archive.basis import Basis
from digest.rank.archive.blocks import BREAK, TokenBlock
from digest.rank.archive.later import JsonLater, dumped
from digest.rank.archive.numbered import NumberedWords
from digest.rank.archive.related import Expansion
from digest.rank.asked import Asked
from digest.rank.words.acronyms import MOST, Acronyms, Definitions, Lead, leads
from digest.rank.words.tokens import Analyser

#: the first papers are read as if this many had come before, with these lengths and word shares
_PRIOR_PAPERS = 20
_PRIOR_TITLE = 8.0
_PRIOR_ABSTRACT = 120.0
_PRIOR_SHARE = 0.02
#: papers that a beginning counts as while the archive is empty, and where it has faded away
_BEGINNING, _GROWN_UP = 300, 5_000
#: longer words are noise and are not counted
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """Statistics of the archive of all papers. Lengths count words that are not stop words."""

    VERSION: ClassVar[int] = 3

    #: how many papers were counted
    papers: int = 0
    #: words in all titles, and in all abstracts
    title_words: int = 0
    abstract_words: int = 0
    #: stem → papers that hold it in title or abstract
    frequencies: Mapping[str, int] = field(default_factory=lambda: NumberedWords.of({}))
    #: acronyms that the papers define
    definitions: Definitions = field(default_factory=Definitions)
    #: what other papers are like, as long as these are few; and what the archive taught about interests
    #: and its latent subjects. None of it is counted or packed, nor makes two backgrounds different
    beginning: Background | None = field(default=None, compare=False, repr=False)
    expansions: Mapping[Asked, Expansion] = field(default_factory=dict, compare=False, repr=False)
    basis: Basis | None = field(default=None, compare=False, repr=False)
    #: who reads for it; the papers counted just now are mostly those ranked next, and read once for both
    analyser: Analyser = field(default_factory=Analyser, compare=False, repr=False)
    #: what each acronym mostly stands for; and the acronyms that are believed, when they were asked for
    _leads: Mapping[str, Lead] = field(default_factory=dict, compare=False, repr=False)
    _acronyms: list[Acronyms] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def empty(cls) -> Background:
        """The background of the first hour: every word is equally rare."""
        return cls()

    @property
    def title_length(self) -> float:
        """Mean words of a title."""
        before = self.beginning.title_words if self.beginning else 0
        return self._mean(self.title_words, before, _PRIOR_TITLE)

    @property
    def abstract_length(self) -> float:
        """Mean words of an abstract."""
        before = self.beginning.abstract_words if self.beginning else 0
        return self._mean(self.abstract_words, before, _PRIOR_ABSTRACT)

    def _mean(self, words: int, before: int, usual: float) -> float:
        """Words of a paper: counted, those of the beginning, and as many as is usual."""
        papers = self.papers + self._papers_before + _PRIOR_PAPERS
        return (words + self._before(before) + _PRIOR_PAPERS * usual) / papers

    def rarity(self, stem: str) -> float:
        """Inverse document frequency of `stem` (BM25), above 0."""
        holding = self._holding(stem)
        return math.log(1 + (self.papers + self._papers_before - holding + 0.5) / (holding + 0.5))

    def rarities(self, stems: Sequence[str]) -> npt.NDArray[np.float64]:
        """`rarity` of each of `stems`."""
        holding = NumberedWords.of(self.frequencies).find(stems).astype(np.float64)
        if self.beginning:
            holding += self._before(1) * NumberedWords.of(self.beginning.frequencies).find(stems)
        others = self.papers + self._papers_before - holding
        return np.asarray(np.log(1 + (others + 0.5) / (holding + 0.5)))

    def share(self, stem: str) -> float:
        """Which part of papers holds `stem`, in (0, 1); cautious while few papers are known."""
        papers = self.papers + self._papers_before + _PRIOR_PAPERS
        return (self._holding(stem) + _PRIOR_PAPERS * _PRIOR_SHARE) / papers

    def _holding(self, stem: str) -> float:
        """Papers that hold `stem`, those of the beginning by their weight."""
        holding = self.frequencies.get(stem, 0)
        return holding + self._before(self.beginning.frequencies.get(stem, 0)) if self.beginning else holding

    @property
    def _papers_before(self) -> float:
        """How many papers the beginning counts as: fewer and fewer as the archive grows."""
        if not self.beginning or not self.beginning.papers:
            return 0.0
        return _BEGINNING * max(1 - self.papers / _GROWN_UP, 0.0)

    def _before(self, counted: int) -> float:
        """What a count of the beginning counts as."""
        papers = self.beginning.papers if self.beginning else 0
        return self._papers_before * counted / papers if papers else 0.0

    @property
    def is_young(self) -> bool:
        """Whether a beginning still counts for anything."""
        return self.papers < _GROWN_UP

    def after(self, beginning: Background) -> Background:
        """The same, read as if a few papers like those of `beginning` had come before while it is young."""
        return replace(self, beginning=beginning)

    @property
    def acronyms(self) -> Acronyms:
        """What acronyms stand for in this archive."""
        if not self._acronyms:
            stems = list({stem for _, stems, *_ in self._leads.values() for stem in stems})
            numbers = NumberedWords.of(self.frequencies).find(stems).tolist()
            holding = dict(zip(stems, numbers, strict=True))
            self._acronyms.append(Acronyms.of_leads(self._leads, holding.__getitem__))
        return self._acronyms[0]

    def updated(self, papers: Iterable[Paper]) -> Background:
        """A background with `papers` counted too; count each paper once only."""
        papers = list(papers)
        return self.counting(TokenBlock.of_papers(papers, self.analyser)).defining(papers)

    def counting(self, block: TokenBlock) -> Background:
        """A background with the words of `block` counted too; `defining` counts what else its papers say."""
        stems, holding = _holding_papers(block)
        counted = NumberedWords.of(self.frequencies).plus(stems, holding)
        words = np.concatenate(([0], np.cumsum(block.places != BREAK)))[block.bounds]
        lengths = np.diff(words)
        return replace(
            self,
            papers=self.papers + len(block),
            title_words=self.title_words + int(lengths[::2].sum()),
            abstract_words=self.abstract_words + int(lengths[1::2].sum()),
            frequencies=counted,
            _acronyms=[],
        )

    def defining(self, papers: Sequence[Paper]) -> Background:
        """A background with the acronyms that `papers` define."""
        new = Definitions().updated(papers)
        if not new.counts:
            return self
        known, touched = self.definitions.merged(new), new.counts.keys()
        if len(self.definitions) + len(new) > MOST:  # rare ones may have been forgotten, of any acronym
            return replace(
                self, definitions=known, _leads=leads(known, self.analyser, known.counts), _acronyms=[]
            )
        kept = {short: lead for short, lead in self._leads.items() if short not in touched}
        changed = leads(known, self.analyser, touched)
        return replace(self, definitions=known, _leads={**kept, **changed}, _acronyms=[])

    def to_bytes(self) -> bytes:
        """The statistics in one piece, for `from_bytes`; equal backgrounds give equal bytes.

        The acronyms are in it beside their definitions, which are many and are seldom asked for.
        """
        words = NumberedWords.of(self.frequencies).to_bytes()
        definitions, leading = dumped(self.definitions.counts), dumped(self._leads)
        head = {
            "version": self.VERSION,
            "papers": self.papers,
            "title_words": self.title_words,
            "abstract_words": self.abstract_words,
            "acronyms": sorted((" ".join(said), other) for said, other in self.acronyms.others.items()),
            "words": len(words),
            "definitions": len(definitions),
            "check": zlib.crc32(definitions + leading),
        }
        return json.dumps(head).encode() + b"\n" + words + definitions + leading

    @classmethod
    def from_bytes(cls, data: bytes) -> Background:
        """What `to_bytes` wrote; raises `ValueError` for another version or anything else."""
        head_line, _, rest = data.partition(b"\n")
        try:
            head = json.loads(head_line)
            if head["version"] != cls.VERSION:
                raise ValueError(f"background of version {head['version']}, expected {cls.VERSION}")
            papers, title_words, abstract_words, words = (
                int(head[n]) for n in ("papers", "title_words", "abstract_words", "words")
            )
            acronyms = Acronyms({tuple(said.split()): str(other) for said, other in head["acronyms"]})
            end, check = words + int(head["definitions"]), int(head["check"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a background") from error
        if not 0 <= words <= end or zlib.crc32(rest[words:]) != check:
            raise ValueError("a background with a part missing")
        return cls(
            papers=papers,
            title_words=title_words,
            abstract_words=abstract_words,
            frequencies=NumberedWords.from_bytes(rest[:words]),
            definitions=Definitions(JsonLater(rest[words:end])),
            _leads=JsonLater(rest[end:]),
            _acronyms=[acronyms],
        )


def _holding_papers(block: TokenBlock) -> tuple[list[str], list[int]]:
    """The stems of `block`, and how many of its papers hold each; 0 for those that are not counted."""
    numbers: dict[str, int] = {}
    stem_of = np.array([numbers.setdefault(stem, len(numbers)) for _, stem in block.forms], np.int64)
    papers = np.repeat(np.arange(len(block)), np.diff(block.bounds[::2]))
    filled = block.places != BREAK
    held = np.unique(papers[filled] * len(numbers) + stem_of[block.places[filled]])
    holding = np.bincount(held % max(len(numbers), 1), minlength=len(numbers)).tolist()
    stems = list(numbers)
    return stems, [n if len(stem) <= _LONGEST_WORD else 0 for stem, n in zip(stems, holding, strict=True)]
