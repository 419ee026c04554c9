"""Papers for readers: scores, order and reasons. Pure; the same input gives the same output."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from digest.model import Evidence, Interest, KnownPaper, Match, Reader, require_utc
from digest.rank.background import Background
from digest.rank.points import combine, combined
from digest.rank.scorer import Scorer


def rank(
    papers: Sequence[KnownPaper],
    reader: Reader,
    background: Background,
    now: datetime,
    limit: int | None = None,
) -> list[Match]:
    """The papers with a score above 0 that no mute pushes out, best first, at most `limit`.

    Equal scores are ordered by the strongest key, then by id. `now` must be aware and in UTC.
    """
    return rank_many(papers, [reader], background, now, limit)[0]


def rank_many(
    papers: Sequence[KnownPaper],
    readers: Sequence[Reader],
    background: Background,
    now: datetime,
    limit: int | None = None,
) -> list[list[Match]]:
    """For each reader what `rank` gives; papers are read once, and every different interest once."""
    require_utc(now)
    ranker = Ranker(papers, background)
    known: dict[tuple[Interest, ...], list[Match]] = {}
    for reader in readers:
        if reader.interests not in known:
            known[reader.interests] = ranker.matches(reader, limit=limit)
    return [list(known[reader.interests]) for reader in readers]


def muted(papers: Sequence[KnownPaper], reader: Reader) -> dict[int, Evidence]:
    """Ids of the papers that a mute of `reader` pushes out, with the phrase and its place; 0 points.

    A mute wants its whole phrase: its words next to each other in this order, by their stems.
    """
    return Ranker(papers, Background.empty()).muted(reader)


class Ranker:
    """Papers before one background, read once for however many readers are asked about."""

    def __init__(self, papers: Sequence[KnownPaper], background: Background) -> None:
        self.papers = papers
        self._scorer = Scorer(papers, background)
        keys = [(known.keys[:1], known.id, number) for number, known in enumerate(papers)]
        self._order = [number for *_, number in sorted(keys)]

    def matches(self, reader: Reader, *, line: float = 0.0, limit: int | None = None) -> list[Match]:
        """What `rank` gives, as far as it has a score of `line` or more."""
        counting = _counting(self._scorer, reader)
        totals = combined(counting)
        totals[muted_numbers(self._scorer, reader)] = 0.0
        reaching = [n for n in self._order if totals[n] > 0 and totals[n] >= line]
        best = sorted(reaching, key=lambda n: -totals[n])[:limit]
        return [_match(self._scorer, reader, number, counting[:, number]) for number in best]

    def muted(self, reader: Reader) -> dict[int, Evidence]:
        """See the function `muted`."""
        found = _muted(self._scorer, reader)
        return {self.papers[number].id: reason for number, reason in sorted(found.items())}


def explain(paper: KnownPaper, reader: Reader, background: Background, now: datetime) -> Match:
    """The score of one paper with every reason, also below the line and also when it is 0.

    A muted paper scores 0: its mute is the last reason and takes away what the others add up to.
    """
    require_utc(now)
    scorer = Scorer([paper], background)
    match = _match(scorer, reader, 0, _counting(scorer, reader)[:, 0])
    mute = _muted(scorer, reader).get(0)
    if mute is None:
        return match
    against = Evidence(
        interest=mute.interest, field=mute.field, words=mute.words, points=-match.score, spans=mute.spans
    )
    return Match(paper=paper, score=0.0, evidence=(*match.evidence, against))


def scores(scorer: Scorer, reader: Reader) -> npt.NDArray[np.float64]:
    """The score of every paper of `scorer`, mutes not considered."""
    return combined(_counting(scorer, reader))


def _counting(scorer: Scorer, reader: Reader) -> npt.NDArray[np.float64]:
    """Points that count for the reader: interests x papers, 0 for mutes."""
    counting = np.zeros((len(reader.interests), len(scorer.papers)))
    for row, interest in zip(counting, reader.interests, strict=True):
        if interest.weight > 0:
            np.minimum(scorer.finding(interest).points * interest.weight, 100.0, out=row)
    return counting


def _match(scorer: Scorer, reader: Reader, number: int, counting: npt.NDArray[np.float64]) -> Match:
    contributions = combine([float(own) for own in counting])
    evidence = tuple(
        Evidence(
            interest=interest,
            field=reason.field,
            words=reason.words,
            points=contributed * reason.share,
            spans=reason.spans,
            kind=reason.kind,
        )
        for interest, contributed in zip(reader.interests, contributions, strict=True)
        if contributed > 0
        for reason in scorer.reasons(interest, number)
    )
    strongest_first = tuple(sorted(evidence, key=lambda reason: -reason.points))
    score = min(math.fsum(contributions), 100.0)
    return Match(paper=scorer.papers[number], score=score, evidence=strongest_first)


def _muted(scorer: Scorer, reader: Reader) -> dict[int, Evidence]:
    found: dict[int, Evidence] = {}
    for interest in reader.interests:
        if interest.muted:
            for number, reason in scorer.mutes(interest).items():
                found.setdefault(number, reason)
    return found


def muted_numbers(scorer: Scorer, reader: Reader) -> list[int]:
    """Numbers of the papers of `scorer` that a mute pushes out, ascending."""
    return sorted(_muted(scorer, reader))
