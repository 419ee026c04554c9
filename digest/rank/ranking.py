"""Papers for readers: scores, order and reasons. Pure; the same input gives the same output."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from digest.model import Evidence, Interest, KnownPaper, Match, Reader, require_utc
from digest.rank.background import Background
from digest.rank.points import combine, weighted
from digest.rank.scorer import Scorer


def rank(
    papers: Sequence[KnownPaper],
    reader: Reader,
    background: Background,
    now: datetime,
    limit: int | None = None,
) -> list[Match]:
    """The papers with a score above 0 that no mute pushes out, best first, at most `limit`.

    Equal scores are ordered by the strongest key, then by id. `now` must be aware and in UTC. What the
    reader learned and was sent lately is not used yet.
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

    def matches(self, reader: Reader, *, line: float = 0.0, limit: int | None = None) -> list[Match]:
        """What `rank` gives, as far as it has a score of `line` or more."""
        contributions = _contributions(self._scorer, reader)
        for number in _muted(self._scorer, reader):
            contributions.pop(number, None)
        totals = {number: _total(each) for number, each in contributions.items()}
        order = sorted(
            (-total, self.papers[number].keys[:1], self.papers[number].id, number)
            for number, total in totals.items()
            if total >= line
        )
        return [_match(self._scorer, reader, number, contributions[number]) for *_, number in order[:limit]]

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
    numbers = _contributions(scorer, reader).get(0, {})
    match = _match(scorer, reader, 0, numbers)
    mute = _muted(scorer, reader).get(0)
    if mute is None:
        return match
    against = Evidence(
        interest=mute.interest, field=mute.field, words=mute.words, points=-match.score, spans=mute.spans
    )
    return Match(paper=paper, score=0.0, evidence=(*match.evidence, against))


def scores(scorer: Scorer, reader: Reader) -> dict[int, float]:
    """The score of every paper above 0, by its number in `scorer`, mutes not considered."""
    return {number: _total(each) for number, each in _contributions(scorer, reader).items()}


def _contributions(scorer: Scorer, reader: Reader) -> dict[int, dict[int, float]]:
    """Paper's number → interest's place in the reader's → what it contributes, above 0."""
    counting: dict[int, dict[int, float]] = {}
    for place, interest in enumerate(reader.interests):
        if interest.weight > 0:
            for number, finding in scorer.findings(interest).items():
                counting.setdefault(number, {})[place] = weighted(finding.points, interest.weight)
    return {
        number: dict(zip(each, combine(list(each.values())), strict=True))
        for number, each in counting.items()
    }


def _total(contributions: dict[int, float]) -> float:
    return min(math.fsum(contributions.values()), 100.0)


def _match(scorer: Scorer, reader: Reader, number: int, contributions: dict[int, float]) -> Match:
    evidence = tuple(
        Evidence(
            interest=reader.interests[place],
            field=reason.field,
            words=reason.words,
            points=contributed * reason.share,
            spans=reason.spans,
        )
        for place, contributed in contributions.items()
        for reason in scorer.reasons(reader.interests[place], number)
    )
    strongest_first = tuple(sorted(evidence, key=lambda reason: -reason.points))
    return Match(paper=scorer.papers[number], score=_total(contributions), evidence=strongest_first)


def _muted(scorer: Scorer, reader: Reader) -> dict[int, Evidence]:
    found: dict[int, Evidence] = {}
    for interest in reader.interests:
        if interest.muted:
            for number, reason in scorer.mutes(interest).items():
                found.setdefault(number, reason)
    return found
