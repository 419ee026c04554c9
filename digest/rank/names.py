"""Authors and organizations by name: last names, full names, initials and accents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import Field, Paper, Span
from digest.rank.words.tokens import Analyser
from digest.text import fold

#: where names are looked for, not words
NAME_FIELDS = (Field.AUTHOR, Field.ORGANIZATION)

#: the name as it was asked for; a last name or initials where more is known; part of an organization
_FULL, _PARTIAL = 100.0, 80.0

_BETWEEN = re.compile(r"[\s.]+")
_INSIDE = re.compile(r"[^\w]|_")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md"})
_PARTICLES = frozenset(
    {
        "al",
        "ap",
        "bin",
        "da",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "dos",
        "du",
        "el",
        "ibn",
        "la",
        "le",
        "mac",
        "san",
        "st",
        "ten",
        "ter",
        "van",
        "von",
        "zu",
    }
)


@dataclass(frozen=True, slots=True)
class NameHit:
    """An author or organization that was asked for."""

    field: Field
    #: 0 to 100: how sure the name is
    points: float
    #: of what stands in the field's text (authors joined by `, `)
    spans: tuple[Span, ...]


def find_authors(wanted: str, paper: Paper) -> NameHit | None:
    """The authors of `paper` that `wanted` may name, or `None`.

    `Smith` is everybody of that last name; `J. Smith`, `John Smith` and `Smith, John` meet
    `John A. Smith` and `J. Smith`; initials are never taken for a different full name.
    """
    asked = _name(wanted)
    sure, spans, start = 0.0, [], 0
    for author in paper.authors:
        found = _same_person(asked, _name(author)) if asked else 0.0
        if found:
            sure = max(sure, found)
            spans.append((start, start + len(author)))
        start += len(author) + len(", ")
    return NameHit(Field.AUTHOR, sure, tuple(spans)) if spans else None


def find_organization(wanted: str, paper: Paper, analyser: Analyser) -> NameHit | None:
    """The organization of `paper` where it holds all words of `wanted` next to each other."""
    asked = analyser.read(wanted).exact
    there = analyser.read(paper.organization or "")
    for at in range(len(there) - len(asked) + 1 if asked else 0):
        if there.exact[at : at + len(asked)] == asked:
            span = (there.spans[at][0], there.spans[at + len(asked) - 1][1])
            return NameHit(Field.ORGANIZATION, _FULL if len(asked) == len(there) else _PARTIAL, (span,))
    return None


def _name(text: str) -> tuple[str, ...]:
    """Given names or initials, then the last name, folded; `Last, Given` is turned round."""
    last, comma, given = text.partition(",")
    parts = [_INSIDE.sub("", fold(p)) for p in _BETWEEN.split(f"{given} {last}" if comma else text)]
    parts = [p for p in parts if p]
    while len(parts) > 1 and parts[-1] in _SUFFIXES:
        parts.pop()
    return tuple(parts)


def _same_person(asked: tuple[str, ...], author: tuple[str, ...]) -> float:
    """How sure it is that `asked` names `author`: 0, or points."""
    if asked == author:
        return _FULL
    if len(asked) == 1 or asked[0] in _PARTICLES:
        return _PARTIAL if asked == author[-len(asked) :] else 0.0
    if not author:
        return 0.0
    if asked[-1] == author[-1] and _given_agree(asked[:-1], author[:-1]):
        return _FULL if author[0] == asked[0] and len(asked[0]) > 1 else _PARTIAL
    turned_round = len(asked) == 2 == len(author) and asked == author[::-1]
    return _PARTIAL if turned_round else 0.0


def _given_agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the first given names agree, and the further ones of the shorter in the longer's order."""
    short, long = sorted((one, other), key=len)
    if not short or not _agree(short[0], long[0]):
        return False
    rest = iter(long[1:])
    return all(any(_agree(name, candidate) for candidate in rest) for name in short[1:])


def _agree(one: str, other: str) -> bool:
    """Equal names, or an initial of the other."""
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])
