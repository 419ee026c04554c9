"""How many authors two records have in common, initials and typing errors allowed for."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache

from digest.text import fold

#: so many of a longer list are compared
_COMPARED = 40
_LONGEST_NAME = 100
_WORD = re.compile(r"[^\W_]+")
_SAME_NAME = 80.0
_SUFFIXES = {"jr", "sr", "ii", "iii"}


@dataclass(frozen=True, slots=True)
class _Person:
    surname: str
    letters: str
    words: frozenset[str]
    initials: frozenset[str]


def likeness_of_authors(left: tuple[str, ...], right: tuple[str, ...], *, of_longer: bool = False) -> float:
    """The share of one list's authors who stand in the other, 0 to 1; symmetric.

    Of the shorter list, because listings cut long ones off, or of the longer one.
    """
    one, other = _people(left[:_COMPARED]), _people(right[:_COMPARED])
    if not one or not other:
        return 0.0
    here = sum(any(_is_one(a, b) for b in other) for a in one)
    there = sum(any(_is_one(a, b) for a in one) for b in other)
    length = max(len(one), len(other)) if of_longer else min(len(one), len(other))
    return min(here, there) / length


@lru_cache(maxsize=256)
def _people(names: tuple[str, ...]) -> tuple[_Person, ...]:
    return tuple(person for name in names if (person := _person(name)))


def _person(name: str) -> _Person | None:
    name = fold(html.unescape(name[:_LONGEST_NAME])).replace("'", "")
    family, comma, given = name.partition(",")
    found = _WORD.findall(f"{given} {family}" if comma else name)
    found = [word for word in found if word not in _SUFFIXES]
    if not found:
        return None
    surname = next((word for word in reversed(found) if len(word) > 1), found[-1])
    others = [word for word in found if word != surname]
    return _Person(surname, "".join(found), frozenset(found), frozenset(word[0] for word in others))


def _is_one(left: _Person, right: _Person) -> bool:
    if left.letters == right.letters:
        return True
    # the family name may stand first with one of them, or be two words with one of them
    named = left.surname in right.words or right.surname in left.words or _alike(left.surname, right.surname)
    return named and (not left.initials or not right.initials or bool(left.initials & right.initials))


def _alike(left: str, right: str) -> bool:
    if left == right:
        return True
    if left[:1] != right[:1] or min(len(left), len(right)) < 4:
        return False
    from rapidfuzz import fuzz  # noqa: PLC0415 - heavy

    return fuzz.ratio(left, right) >= _SAME_NAME
