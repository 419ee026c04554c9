"""Which reasons for a pick are worth saying to a person, and whether an interest was found whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeAlias

from digest.model import Evidence, EvidenceKind, Field, Interest, Span
from digest.text import fold, words

#: words that no phrase is missed by
_SMALL = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with")
)
_NAMES = (Field.AUTHOR, Field.ORGANIZATION)
#: related and liked words are told from this share of the points on
_LEAST_SHARE = 0.05
_points = attrgetter("points")
_WORDS, _LEARNED = EvidenceKind.WORDS, EvidenceKind.LEARNED
# the plain strings of members, which are hashed faster than they are
_seen = attrgetter("interest.text", "field._value_", "kind._value_", "words", "spans")
_seen_alone = attrgetter("field._value_", "kind._value_", "words", "spans")

Look: TypeAlias = tuple[tuple[Any, ...], ...]
"""What is shown of some reasons, as a key; see `look_of`."""


def telling(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The reasons of the interest that counts most, and of each other one that stands there as written.

    Half of a further interest (`image` of *image segmentation*), or its words here and there, add a
    little to a score and nothing to an explanation. Neither do related words that brought hardly any
    points, nor nearness without words to an interest that stands there. Strongest first.
    """
    counting = [e for e in evidence if e.points > 0]
    if len(counting) < 2:
        return tuple(counting)
    counting.sort(key=_points, reverse=True)
    interest = counting[0].interest
    if all(reason.interest is interest for reason in counting):
        return _told(counting, counting)
    whose = _whose(counting)
    totals: dict[int, float] = {}
    for one, reason in zip(whose, counting, strict=True):
        totals[one] = totals.get(one, 0.0) + reason.points
    best = max(totals, key=totals.__getitem__)
    first: list[Evidence] = []
    others: list[tuple[int, Evidence]] = []
    for one, reason in zip(whose, counting, strict=True):
        if one == best:
            first.append(reason)
        elif _stands(reason, counting):
            others.append((one, reason))
    if len(others) > 1:
        places = {one: place for place, one in enumerate(totals)}
        others.sort(key=lambda other: (-totals[other[0]], places[other[0]]))
    return (*_told(first, counting), *[r for _, r in others])


def _whose(counting: Sequence[Evidence]) -> list[int]:
    """For each of these its interest as a number."""
    # by identity, for comparing interests is slow, and those of one reader are one object
    whose = [id(reason.interest) for reason in counting]
    if len(set(whose)) == len({reason.interest and reason.interest.text for reason in counting}):
        return whose
    same: dict[Interest | None, int] = {}
    return [same.setdefault(reason.interest, len(same)) for reason in counting]


def _told(reasons: Sequence[Evidence], counting: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """What is told of the interest that counts most."""
    if len(reasons) < 2:
        return tuple(reasons)
    return tuple([r for r in reasons if r.kind is _WORDS or (r.words and _is_much(r, counting))])


def _stands(reason: Evidence, counting: Sequence[Evidence]) -> bool:
    """Whether a reason of a further interest is told."""
    return is_together(reason) or (
        reason.kind is _LEARNED and bool(reason.words) and _is_much(reason, counting)
    )


def _is_much(reason: Evidence, counting: Iterable[Evidence]) -> bool:
    return bool(reason.points >= _LEAST_SHARE * sum(map(_points, counting)))


def look_of(reasons: Iterable[Evidence]) -> Look:
    """All that is shown of `reasons`: where it is the same, so are the words and the marks."""
    return tuple([_seen(r) if r.interest else (None, *_seen_alone(r)) for r in reasons])


def is_together(reason: Evidence) -> bool:
    """Whether the words of the interest stand next to each other in this field."""
    if reason.kind is not _WORDS or reason.interest is None:
        return False
    return reason.field in _NAMES or _together(reason.interest.text, reason.words)


def is_whole(reason: Evidence) -> bool:
    """Whether every word of the interest stands in this field, in one form or another."""
    if reason.kind is not _WORDS or reason.interest is None:
        return False
    return reason.field in _NAMES or _covers(reason.interest.text, *reason.words)


def told_spans(evidence: Iterable[Evidence], field: Field, text: str) -> tuple[Span, ...]:
    """What to mark in a field's `text`: the whole phrase where it stands there, else each matched word.

    A lone `model` beside a marked *diffusion models* would be noise.
    """
    told: list[Span] = []
    for reason in evidence:
        if reason.field is not field or reason.interest is None:
            continue
        if len(reason.spans) < 2:
            told += reason.spans
            continue
        interest = reason.interest.text
        phrases = [(start, end) for start, end in reason.spans if _covers(interest, text[start:end])]
        told += phrases or reason.spans
    return tuple(told)


def related_words(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """The related and liked words of everything that counted for a match."""
    return tuple([word for e in evidence if e.kind is not _WORDS and e.points > 0 for word in e.words])


@lru_cache(maxsize=4_096)
def _together(interest: str, matched: tuple[str, ...]) -> bool:
    """Whether one of `matched` has every word of `interest`."""
    return any(_covers(interest, word) for word in matched)


@lru_cache(maxsize=4_096)
def _covers(interest: str, *matched: str) -> bool:
    """Whether `matched` have every word of `interest` between them."""
    asked = [word for word in _folded(interest) if word not in _SMALL]
    there = [word for text in matched for word in _folded(text)]
    return all(any(same(one, other) for other in there) for one in asked)


@lru_cache(maxsize=1_024)
def says(interest: str, matched: str) -> bool:
    """Whether the words of `interest` name everything in `matched` already."""
    asked = _folded(interest)
    told = [word for word in _folded(matched) if word not in _SMALL]
    return all(any(same(word, other) for other in asked) for word in told)


def same(one: str, other: str) -> bool:
    """Whether two folded words differ by an ending at most: `video`, `videos`; `generate`, `generation`."""
    return (
        one == other
        or (one[:5] == other[:5] and min(len(one), len(other)) >= 5)
        or one == f"{other}s"
        or other == f"{one}s"
    )


@lru_cache(maxsize=4_096)
def _folded(text: str) -> tuple[str, ...]:
    return tuple(fold(word.text) for word in words(text))
