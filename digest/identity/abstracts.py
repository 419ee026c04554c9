"""How alike two abstracts are."""

from __future__ import annotations

import re

from digest.text import fold

#: shorter ones say too little
_SHORTEST = 150
#: so much of each is compared, and that much is folded for it
_COMPARED = 1_000
_NOT_LETTERS = re.compile(r"[\W_]+")


def likeness_of_abstracts(left: str, right: str) -> float | None:
    """0 to 100 by letters and digits, or `None` where one is too short to say.

    A shorter abstract is compared with the beginning of the longer one: listings cut them off.
    """
    if len(left) < _SHORTEST or len(right) < _SHORTEST:
        return None
    from rapidfuzz import fuzz  # noqa: PLC0415 - heavy

    one, other = _letters(left), _letters(right)
    length = min(len(one), len(other))
    if length < _SHORTEST // 2:
        return None
    return fuzz.ratio(one[:length], other[:length])


def _letters(abstract: str) -> str:
    return _NOT_LETTERS.sub("", fold(abstract[: 2 * _COMPARED]))[:_COMPARED]
