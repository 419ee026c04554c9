"""One reader's account: what their interests, their taste and their mutes make of each paper."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from digest.model import Evidence, Interest, Match, Reader
from digest.rank.choice.standing import Standing
from digest.rank.points import combine, combined, contributions, weighted
from digest.rank.scorer import Scorer
from digest.rank.taste.taste import Taste
from digest.rank.taste.tastings import Tasting

_Scores: TypeAlias = npt.NDArray[np.float64]


def positive(reader: Reader) -> tuple[Interest, ...]:
    """The interests that can give points."""
    return tuple(interest for interest in reader.interests if interest.weight > 0)


def tasting_of(scorer: Scorer, reader: Reader) -> Tasting | None:
    """The papers by what was learned from the reader's feedback; `None` where another version learned it."""
    if reader.learned is None:
        return None
    try:
        return scorer.tasting(Taste.from_bytes(reader.learned))
    except ValueError:  # the next run learns it anew
        return None


def scores(scorer: Scorer, reader: Reader, tasting: Tasting | None = None) -> npt.NDArray[np.float64]:
    """The score of every paper of `scorer`, mutes not considered."""
    interests = positive(reader)
    counting = np.zeros((len(interests), len(scorer.papers)))
    for row, interest in zip(counting, interests, strict=True):
        np.minimum(scorer.finding(interest).points * interest.weight, 100.0, out=row)
    stated = combined(counting)
    if tasting is None:
        return stated
    return tasting.scores(stated, interested=bool(interests))


def match(scorer: Scorer, reader: Reader, number: int, tasting: Tasting | None = None) -> Match:
    """Paper `number` with its score and every reason, the strongest first; mutes not considered."""
    interests = positive(reader)
    own = [weighted(float(scorer.finding(i).points[number]), i.weight) for i in interests]
    contributions = combine(own)
    score = stated = min(math.fsum(contributions), 100.0)
    reasons = list(_stated(scorer, interests, contributions, number))
    if tasting is not None:
        score = tasting.score(number, stated, interested=bool(interests))
        reasons += tasting.reasons(number, score - stated)
    strongest_first = sorted(reasons, key=lambda reason: -reason.points)
    return Match(paper=scorer.papers[number], score=score, evidence=tuple(strongest_first))


def standings(
    scorer: Scorer, reader: Reader, numbers: Sequence[int], tasting: Tasting | None = None
) -> list[Standing]:
    """What `match` gives for each of the papers `numbers`: score and interest without the reasons."""
    interests, at = positive(reader), np.array(numbers, np.intp)
    own = np.zeros((len(interests), len(at)))
    for row, interest in zip(own, interests, strict=True):
        np.minimum(scorer.finding(interest).points[at].astype(np.float64) * interest.weight, 100.0, out=row)
    contributed = contributions(own)
    scores = stated = [min(math.fsum(each), 100.0) for each in contributed.T.tolist()]
    if tasting is not None:
        pairs = zip(numbers, stated, strict=True)
        scores = [tasting.score(number, each, interested=bool(interests)) for number, each in pairs]
    amounts: dict[Interest, list[_Scores]] = {}
    for interest, each in zip(interests, contributed, strict=True):
        amounts.setdefault(interest, []).append(each[:, None] * scorer.shares(interest, at))
    leading = _leading(amounts, np.array(scores) - np.array(stated))
    return [
        Standing(number, scorer.papers[number], score, interest)
        for number, score, interest in zip(numbers, scores, leading, strict=True)
    ]


def _leading(amounts: Mapping[Interest, Sequence[_Scores]], learned: _Scores) -> list[Interest | None]:
    """See `Match.interest`: of what all reasons of an interest amount to in each paper, the most.

    `None` for papers in which what was `learned` is more, or where nothing is anything.
    """
    interests = list(amounts)
    best, leader = learned.copy(), np.full(len(learned), -1)
    # among equals the later text leads, and among equal texts the earlier interest
    for place in sorted(range(len(interests)), key=lambda i: (interests[i].text, -i)):
        # added up as reasons are ordered, so that the last digit is the same
        each = -np.sort(-np.hstack(amounts[interests[place]]), axis=1)
        whole = np.zeros(len(learned))
        for column in each.T:
            whole += column
        leads = (whole > 0) & (whole >= best)
        best[leads], leader[leads] = whole[leads], place
    return [interests[place] if place >= 0 else None for place in leader.tolist()]


def mutes(scorer: Scorer, reader: Reader) -> dict[int, Evidence]:
    """Numbers of the papers that a mute pushes out, with its phrase; 0 points."""
    found: dict[int, Evidence] = {}
    for interest in reader.interests:
        if interest.muted:
            for number, reason in scorer.mutes(interest).items():
                found.setdefault(number, reason)
    return found


def _stated(
    scorer: Scorer, interests: Sequence[Interest], contributions: Sequence[float], number: int
) -> Iterator[Evidence]:
    for interest, contributed in zip(interests, contributions, strict=True):
        for reason in scorer.reasons(interest, number) if contributed > 0 else ():
            yield Evidence(
                interest=interest,
                field=reason.field,
                words=reason.words,
                points=contributed * reason.share,
                spans=reason.spans,
                kind=reason.kind,
            )
