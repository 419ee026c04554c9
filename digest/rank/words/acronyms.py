"""Which acronym stands for which words, learnt from definitions: `Retrieval-Augmented Generation (RAG)`.

Every definition in a title or abstract counts once a paper. What an acronym stands for is decided when
it is asked: several papers must agree, and most of those that define it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from digest.text import fold

if TYPE_CHECKING:
    from digest.model import Paper
    from digest.rank.words.tokens import Analyser

Words: TypeAlias = tuple[str, ...]
"""Exact forms of the words of an acronym or of what it stands for, stop words left out."""

#: an acronym is believed when this many papers define it so, and this part of all that define it
_FEWEST, _LEAST_SHARE = 3, 0.6
#: and this part of all papers that hold it: fewer define what is a word as well (`map`, `gap`)
_LEAST_DEFINED = 0.03
#: above so many definitions, those that only one paper has are forgotten
MOST = 50_000
_LONGEST = 10
#: nobody writes more; a text is hostile beyond this
_LONGEST_TEXT = 20_000
#: a single word is abbreviated when it is as long as `autoencoder`
_LONG_WORD = 8

#: one word in brackets that begins with a letter or digit
_BRACKET = re.compile(r"[(\[]\s*([A-Za-z0-9][A-Za-z0-9-]*)\s*[)\]]")
_CAPITALS = re.compile(r"[A-Z0-9].*[A-Z]|[A-Z].*[A-Z0-9]")
_WORD = re.compile(r"[^\W_]+")
#: words without a letter of their own in the acronym, unless it has one for them
_SMALL_LINE = "a an and as at based by for from in into of on or per the through to under using via with"
_SMALL = frozenset(_SMALL_LINE.split())
#: what may stand between two words of a long form
_WITHIN = re.compile(r"[\s/'’&-]+")


@dataclass(frozen=True, slots=True)
class Definitions:
    """How many papers define each acronym as what."""

    #: acronym → words in front of it → papers; all lower case, blanks between words
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def updated(self, papers: Iterable[Paper]) -> Definitions:
        """With those of `papers` counted too."""
        found: dict[str, Counter[str]] = {}
        for paper in papers:
            for short, long in {*definitions(paper.title), *definitions(paper.body)}:
                found.setdefault(short, Counter())[long] += 1
        return self.merged(Definitions(found)) if found else self

    def merged(self, other: Definitions) -> Definitions:
        """Those of both; their papers must be different ones."""
        counts = {short: dict(longs) for short, longs in self.counts.items()}
        for short, longs in other.counts.items():
            into = counts.setdefault(short, {})
            for long, papers in longs.items():
                into[long] = into.get(long, 0) + papers
        return Definitions(_without_rare(counts) if sum(map(len, counts.values())) > MOST else counts)

    def __len__(self) -> int:
        return sum(map(len, self.counts.values()))

    @classmethod
    def from_plain(cls, plain: object) -> Definitions:
        """From `counts` as JSON gives them back; raises `ValueError` for anything else."""
        if not isinstance(plain, dict) or not all(isinstance(longs, dict) for longs in plain.values()):
            raise ValueError("acronyms: expected definitions by acronym")
        counts = {s: {str(w): int(n) for w, n in longs.items()} for s, longs in plain.items()}
        return cls(counts)


def _without_rare(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    kept = {short: {w: n for w, n in longs.items() if n > 1} for short, longs in counts.items()}
    return {short: longs for short, longs in kept.items() if longs}


@dataclass(frozen=True, slots=True)
class Acronyms:
    """The acronyms that are believed, both ways."""

    #: words → the other way to say them
    others: Mapping[Words, str] = field(default_factory=dict)

    @classmethod
    def of(cls, known: Definitions, analyser: Analyser, holding: Callable[[str], int]) -> Acronyms:
        """Those of `known` that are sure; `holding` says how many papers hold a stem."""
        return cls.of_leads(leads(known, analyser, known.counts), holding)

    @classmethod
    def of_leads(cls, found: Mapping[str, Lead], holding: Callable[[str], int]) -> Acronyms:
        """The same from what each acronym mostly stands for."""
        longs: dict[Words, str] = {}
        shorts: dict[Words, tuple[int, str]] = {}
        for short, (exact, stems, words, surface, papers) in sorted(found.items()):
            commonest = min(holding(stem) for stem in stems)
            if papers >= _LEAST_DEFINED * commonest:
                said = tuple(words)
                longs[tuple(exact)] = surface
                shorts[said] = max(shorts.get(said, (0, "")), (papers, short))
        return cls({**{words: short for words, (_, short) in shorts.items()}, **longs})

    def variants(self, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """Parts of `words` that can be said otherwise, from and to, each in no longer part that can be."""
        covered = 0
        for start in range(len(words)):
            for end in range(len(words), max(start, covered), -1):
                other = self.others.get(tuple(words[start:end]))
                if other is not None:
                    covered = end
                    yield start, end, other
                    break


Lead: TypeAlias = tuple[Sequence[str], Sequence[str], Sequence[str], str, int]
"""An acronym's exact forms and stems, the words that it mostly stands for, as written, in how many papers."""


def leads(known: Definitions, analyser: Analyser, shorts: Iterable[str]) -> dict[str, Lead]:
    """What those of `shorts` mostly stand for of which enough papers say the same."""
    found: dict[str, Lead] = {}
    for short in shorts:
        counts = known.counts.get(short, {})
        if sum(counts.values()) < _FEWEST:
            continue
        tokens = analyser.read_once(short)
        words, surface, papers = _leading(counts, analyser)
        if words and tokens.stems and papers >= _FEWEST:
            found[short] = (tokens.exact, tokens.stems, list(words), surface, papers)
    return found


def _leading(counts: Mapping[str, int], analyser: Analyser) -> tuple[Words, str, int]:
    """The words that most papers mean, as they are mostly written, and how many do; none below the share."""
    by_words: dict[Words, Counter[str]] = {}
    for surface, papers in counts.items():
        by_words.setdefault(tuple(analyser.read_once(surface).exact), Counter())[surface] += papers
    words = min(by_words, key=lambda w: (-by_words[w].total(), w))
    surfaces = by_words[words]
    surface = min(surfaces, key=lambda s: (-surfaces[s], s))
    one_of_many = len(words) == 1 and " " in surface
    sure = surfaces.total() >= _LEAST_SHARE * sum(counts.values()) and not one_of_many
    return (words, surface, surfaces.total()) if sure else ((), "", 0)


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    #: whether it goes on a word before its hyphen
    goes_on: bool


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """Acronyms that `text` defines and what for, both folded; a plural acronym is given without its s."""
    text = text[:_LONGEST_TEXT]
    for found in _BRACKET.finditer(text):
        short = found[1].removesuffix("s") if found[1][-2:-1].isupper() else found[1]
        if not (2 <= len(short) <= _LONGEST and _CAPITALS.search(short)):
            continue
        letters = fold(short).replace("-", "")
        before = text[max(found.start() - 12 * (len(letters) + 3), 0) : found.start()].rstrip()
        words = list(_last_words(before))
        start = _start(words, letters)
        if start is not None:
            surface = " ".join(word.text for word in reversed(words[: start + 1]))
            if surface.replace(" ", "") != letters:
                yield fold(short).replace("-", " "), surface


def _last_words(text: str) -> Iterator[_Word]:
    """The words at the end of `text` that nothing but blanks and hyphens divide, the last one first."""
    text = fold(text)
    end = len(text)
    for word in reversed(list(_WORD.finditer(text))):
        between = text[word.end() : end]
        if between and not _WITHIN.fullmatch(between):
            return
        yield _Word(word[0], word.start(), word.start() > 0 and text[word.start() - 1] == "-")
        end = word.start()


def _start(words: Sequence[_Word], letters: str) -> int | None:
    """Which of `words` (the last one first) begins the words that `letters` abbreviate."""
    if not words or words[0].text in _SMALL:
        return None
    return _match(words, 0, letters)


def _match(words: Sequence[_Word], at: int, letters: str) -> int | None:
    if at == len(words):
        return None
    word = words[at]
    for size in range(1, len(letters) + 1):
        rest, own = letters[:-size], letters[-size:]
        if not _abbreviates(own, word.text):
            continue
        if not rest:
            whole = not word.goes_on and (at > 0 or len(word.text) >= _LONG_WORD)
            return at if whole and word.text not in _SMALL else None
        found = _match(words, at + 1, rest)
        if found is not None:
            return found
    if word.text in _SMALL or word.goes_on:
        return _match(words, at + 1, letters)
    return None


def _abbreviates(letters: str, word: str) -> bool:
    """Whether `letters` begin as `word` and stand in it in this order; `2` is short for *to*."""
    if letters[0] != word[0]:
        return (letters == "2" and word == "to") or (letters == "x" and word.startswith("ex"))
    rest = iter(word)
    return all(letter in rest for letter in letters)
