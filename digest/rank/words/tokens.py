"""Words of a text in the two forms that ranking compares, with their places.

The exact form is lower case without accents and a plural's ending, spelt as in America; the stem is
Snowball's. Both are the same whatever the case, the accents, the hyphens or the white space of the text.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import Stemmer  # type: ignore[import-not-found]  # a C extension without stubs

from digest.model import Span
from digest.rank.words.spelling import american, singular
from digest.text import fold

Forms: TypeAlias = tuple[str, str]
"""Exact form and stem of one word."""

_BREAK: Forms = ("", "")

#: a word or a break that no phrase crosses; `++` and `#` belong to a word (`C++`, `C#`)
_ASCII = re.compile(r"[a-z0-9]+(?:(?:\+\+|#)(?![a-z0-9_]))?|[()\[\]{}]|[.,!?;:](?=\s|$)")
#: combining marks belong to the letter before them
_UNICODE = re.compile(r"(?:[^\W_]++[\u0300-\u036f]*+)++(?:(?:\+\+|#)(?!\w))?|[()\[\]{}]|[.,!?;:](?=\s|$)")

#: a text is hostile beyond this many characters, and the rest of it is not read
_LONGEST = 20_000
#: as many titles and abstracts are remembered: some ten megabytes
_REMEMBERED = 2_000

#: words without a subject of their own; `few`, `one`, `not`, `self`, `out`, `zero` have one here
_STOP_WORD_LINES = """
    a about above after again against also although am among an and are as at be because been before
    being between both but by can cannot could did do does doing during each either else ever for from
    further had has have having he hence her here hers him his how however i if in into is it its itself
    just let may me might mine must my nor of on once onto or other our ours ourselves own per quite
    rather s same shall she should since so some still such t than that the their theirs them themselves
    then there thereby therefore these they this those though through thus to too toward towards upon us
    very via was we well were what when where whereas whether which while who whom whose why will with
    within without would yet you your yours
    """
STOP_WORDS = frozenset(_STOP_WORD_LINES.split())
#: these divide what they stand between: *text or speech* is not *text to speech*
_DIVIDING = frozenset({"and", "or", "nor"})


class Spans:
    """Start and end of each word; a twentieth of what a list of pairs would take."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Sequence[Span]) -> None:
        # texts are shorter than 65,536 characters
        self._starts = array("H", [start for start, _ in spans])
        self._ends = array("H", [end for _, end in spans])

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, at: int) -> Span:
        return self._starts[at], self._ends[at]

    def __iter__(self) -> Iterator[Span]:
        return zip(self._starts, self._ends, strict=True)


@dataclass(slots=True, eq=False)
class Tokens:
    """The words of one text that are not stop words, in order."""

    text: str
    exact: list[str] = field(default_factory=list)
    stems: list[str] = field(default_factory=list)
    #: stop words take no place; breaks, `and` and `or` take one
    positions: Sequence[int] = ()
    #: which of all words and breaks of the text each is
    pieces: Sequence[int] = ()
    _spans: Spans | None = None

    def __len__(self) -> int:
        return len(self.stems)

    @property
    def spans(self) -> Spans:
        """Where each word stands in the text; worked out when first asked for, which is for few texts."""
        if self._spans is None:
            text = _lower(self.text)
            every = [found.span() for found in _pattern(text).finditer(text)]
            self._spans = Spans([every[piece] for piece in self.pieces])
        return self._spans


def _pattern(text: str) -> re.Pattern[str]:
    return _ASCII if text.isascii() else _UNICODE


def _lower(text: str) -> str:
    """`text` in lower case where that moves no character."""
    return text.lower() if text.isascii() else text


class Analyser:
    """Reads texts into tokens and remembers what it has read: all forms of words, and some texts.

    Not for several threads at once: a stemmer has state. Making one is cheap.
    """

    def __init__(self) -> None:
        self._stem = Stemmer.Stemmer("english", 0).stemWord
        self._forms: dict[str, Forms | None] = dict.fromkeys("()[]{}.,!?;:", _BREAK)
        self._texts: dict[str, Tokens] = {}

    def read(self, text: str) -> Tokens:
        """The words of `text`; spans count its characters. Nobody changes what comes back."""
        known = self._texts.get(text)
        if known is None:
            known = self.read_once(text)
            if len(self._texts) < _REMEMBERED:
                self._texts[text] = known
        return known

    def read_once(self, text: str) -> Tokens:
        """The same without remembering it: for texts that nobody asks for again."""
        text = text[:_LONGEST]
        # texts are shorter than 65,536 characters
        positions, pieces = array("H"), array("H")
        tokens = Tokens(text, positions=positions, pieces=pieces)
        exact, stems, lower = tokens.exact, tokens.stems, _lower(text)
        known, position = self._forms, 0
        for piece, word in enumerate(_pattern(lower).findall(lower)):
            forms = known[word] if word in known else self._learn(word)
            if forms is None:
                continue
            if forms is not _BREAK:
                exact.append(forms[0])
                stems.append(forms[1])
                positions.append(position)
                pieces.append(piece)
            position += 1
        return tokens

    def _learn(self, word: str) -> Forms | None:
        forms = self._forms[word] = self._make(fold(word))
        return forms

    def _make(self, word: str) -> Forms | None:
        # some signs of other scripts unfold into a blank and more
        word = american("".join(word.split()))
        if word in _DIVIDING:
            return _BREAK
        if not word or word in STOP_WORDS:
            return None
        exact = _singular(word)
        # `matrices` is not what was asked for by `matrix`, but the same word
        stem = self._stem(singular(word))
        # `ragged` must not become `rag`: what is left after stemming is too short to mean the same
        return exact, stem if len(stem) > 3 else exact


def _singular(word: str) -> str:
    """`word` without what looks like the ending of a plural; never empty."""
    if len(word) < 4 or word[-1] != "s" or word[-2] == "s":
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]
