"""Which reasons for a pick are worth saying to a person, and whether an interest was found whole."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter

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


def telling(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The reasons of the interest that counts most, and of each other one that stands there as written.

    Half of a further interest (`image` of *image segmentation*), or its words here and there, add a
    little to a score and nothing to an explanation. Neither do related words that brought hardly any
    points, nor nearness without words to an interest that stands there. Strongest first.
    """
    counting = sorted((e for e in evidence if e.points > 0), key=_points, reverse=True)
    by_interest: dict[Interest | None, list[Evidence]] = {}
    for reason in counting:
        by_interest.setdefault(reason.interest, []).append(reason)
    least = _LEAST_SHARE * sum(map(_points, counting))
    kept: list[Evidence] = []
    for reasons in sorted(by_interest.values(), key=lambda r: -sum(map(_points, r))):
        if kept:
            kept += [r for r in reasons if is_together(r) or (_is_liked(r) and r.points >= least)]
        else:
            alone = len(reasons) == 1
            kept += [r for r in reasons if alone or _is_stated(r) or (r.words and r.points >= least)]
    return tuple(kept)


def is_together(reason: Evidence) -> bool:
    """Whether the words of the interest stand next to each other in this field."""
    if reason.interest is None or not _is_stated(reason):
        return False
    if reason.field in _NAMES:
        return True
    interest = reason.interest.text
    return any([_covers(interest, word) for word in reason.words])  # noqa: C419 - faster for so few


def is_whole(reason: Evidence) -> bool:
    """Whether every word of the interest stands in this field, in one form or another."""
    if reason.interest is None or not _is_stated(reason):
        return False
    return reason.field in _NAMES or _covers(reason.interest.text, *reason.words)


def _is_stated(reason: Evidence) -> bool:
    return reason.kind is EvidenceKind.WORDS


def _is_liked(reason: Evidence) -> bool:
    return reason.kind is EvidenceKind.LEARNED and bool(reason.words)


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
    return tuple(word for e in evidence if not _is_stated(e) and e.points > 0 for word in e.words)


@lru_cache(maxsize=16_384)
def _covers(interest: str, *matched: str) -> bool:
    """Whether `matched` have every word of `interest` between them."""
    asked = [word for word in _folded(interest) if word not in _SMALL]
    there = [word for text in matched for word in _folded(text)]
    return all(any(same(one, other) for other in there) for one in asked)


@lru_cache(maxsize=16_384)
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


@lru_cache(maxsize=16_384)
def _folded(text: str) -> tuple[str, ...]:
    return tuple(fold(word.text) for word in words(text))
