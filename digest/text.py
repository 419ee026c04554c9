"""Plain text: fold case and accents, find words and sentences, clip at a word's edge.

Pure functions on `str`. Offsets are always those of the text that was given.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the nouns take a while to make, and `digest --help` wants none of them
    from digest.model import Span

_WORD = re.compile(r"[^\W_]+(?:\+\+|\+|#)?(?!\w)|[^\W_]+")
_SENTENCE_END = re.compile(r"[.!?][)\]\"'”’]*(?=\s+[\"'“‘(\[]*[A-Z0-9])")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|et al|cf|vs|resp|Fig|Eq|Sec|Tab|Dr|Prof|[A-Z])\.)$")
#: controls, bidirectional overrides and other characters that change how neighbours are shown
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
#: halves of pairs and the two that are no characters: no encoding, or no XML, takes them
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
_FEW = 2_000
#: the one mark that is a letter once its case is folded
_BECOMES_A_LETTER = "\u0345"


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands in a text: `+`, `++` and `#` belong to it (`C++`, `EvTexture++`)."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case without accents, for comparing: `Schrödinger` and `SCHRODINGER` become one."""
    if text.isascii():
        return text.lower()
    if len(text) > _FEW:
        # marks are sorted when a text is decomposed, in quadratic time for a text of nothing else
        text = "".join(c for c in text if not unicodedata.combining(c) or c == _BECOMES_A_LETTER)
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    if decomposed.isascii():
        return decomposed
    return "".join(c for c in unicodedata.normalize("NFKD", decomposed) if not unicodedata.combining(c))


def words(text: str) -> list[Word]:
    """The words of `text` in order, hyphens splitting, with their offsets."""
    return [Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]


def join_space(text: str) -> str:
    """`text` on one line: every run of white space becomes one blank, none at the ends."""
    plain = text.replace("\n", " ")
    if "  " not in plain and plain.isprintable():
        return plain.strip()  # three times as fast, and right for nearly every text
    return " ".join(text.split())


def printable(text: str) -> str:
    """`text` without characters that could act instead of show.

    Controls, terminal escapes, direction overrides, zero-width marks and line separators become
    nothing or a blank, so that the result is safe in a header, a terminal and XML.
    """
    return join_space(_INVISIBLE.sub(" ", _NO_CHARACTER.sub("\ufffd", text)))


def sentences(text: str) -> list[Span]:
    """Spans of the sentences of `text`; abbreviations such as `e.g.` and initials do not end one."""
    spans: list[Span] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if _ABBREVIATION.search(text, start, end.start() + 1):
            continue
        spans.append((start, end.end()))
        start = end.end()
        while start < len(text) and text[start].isspace():
            start += 1
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def clip(text: str, width: int) -> str:
    """`text` in at most `width` characters, cut at a word's edge and ending in `…` when cut."""
    if len(text) <= width:
        return text
    cut = text.rfind(" ", 0, width)
    return text[: cut if cut > width // 2 else width - 1].rstrip(" ,;:.-–—") + "…"
