"""Papers for readers: scores, order and reasons. Pure; the same input gives the same output."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from digest.model import Evidence, KnownPaper, Match, Reader, Selection, require_utc
from digest.rank.account import match, mutes, positive, scores, standings, tasting_of
from digest.rank.archive.background import Background
from digest.rank.asked import Asked, asked
from digest.rank.choice.popularity import by_popularity
from digest.rank.choice.selection import divided
from digest.rank.choice.standing import Standing
from digest.rank.choice.twins import Twins
from digest.rank.many.alike import Alike
from digest.rank.many.rows import Rows
from digest.rank.many.top import top_papers
from digest.rank.scorer import Scorer
from digest.rank.taste.tastings import Tasting


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
    return Ranker(papers, background).many(readers, limit=limit)


def muted(papers: Sequence[KnownPaper], reader: Reader) -> dict[int, Evidence]:
    """Ids of the papers that a mute of `reader` pushes out, with the phrase and its place; 0 points.

    A mute wants its whole phrase: its words next to each other in this order, by their stems.
    """
    return Ranker(papers, Background.empty()).muted(reader)


@dataclass(frozen=True, slots=True)
class Standings:
    """What can be chosen for a reader, best first."""

    reader: Reader
    tasting: Tasting | None
    ranked: Sequence[Standing]


class Ranker:
    """Papers before one background, read once for however many readers are asked about."""

    def __init__(self, papers: Sequence[KnownPaper], background: Background) -> None:
        self.papers = papers
        self._scorer = Scorer(papers, background)
        self._twins = Twins(self._scorer.arrays, background)
        self._alike = Alike()
        self._numbers = {known.id: number for number, known in enumerate(papers)}
        keys = sorted((known.keys[:1], known.id, number) for number, known in enumerate(papers))
        #: the place of each paper among equal scores
        self._places = np.argsort([number for *_, number in keys])

    def matches(
        self,
        reader: Reader,
        *,
        line: float = 0.0,
        limit: int | None = None,
        excluded: Collection[int] = (),
    ) -> list[Match]:
        """What `rank` gives, as far as it has a score of `line` or more, without the paper ids `excluded`."""
        return self.many([reader], line=line, limit=limit, excluded=[excluded])[0]

    def many(
        self,
        readers: Sequence[Reader],
        *,
        line: float = 0.0,
        limit: int | None = None,
        excluded: Sequence[Collection[int]] | None = None,
        threads: int = 1,
    ) -> list[list[Match]]:
        """What `matches` gives for each of `readers`; every different interest is looked for once."""
        self._scorer.tidy()
        tastings = [tasting_of(self._scorer, reader) for reader in readers]
        found = self._best(readers, tastings, line=line, limit=limit, excluded=excluded, threads=threads)
        return [
            [match(self._scorer, reader, paper, tasting) for paper in best]
            for reader, tasting, best in zip(readers, tastings, found, strict=True)
        ]

    def standings(
        self, readers: Sequence[Reader], *, line: float, excluded: Sequence[Collection[int]] | None = None
    ) -> list[Standings]:
        """The same before anything is chosen and gets its reasons, which are most of the work."""
        self._scorer.tidy()
        tastings = [tasting_of(self._scorer, reader) for reader in readers]
        found = self._best(readers, tastings, line=line, limit=None, excluded=excluded, threads=1)
        return [
            Standings(reader, tasting, standings(self._scorer, reader, best, tasting))
            for reader, tasting, best in zip(readers, tastings, found, strict=True)
        ]

    def _best(
        self,
        readers: Sequence[Reader],
        tastings: Sequence[Tasting | None],
        *,
        line: float,
        limit: int | None,
        excluded: Sequence[Collection[int]] | None,
        threads: int,
    ) -> list[list[int]]:
        """Numbers of the papers of each reader, best first."""
        points, wanted = self._asked(readers)
        out = [
            dict.fromkeys(self._out(reader, without), 1.0)
            for reader, without in zip(readers, excluded or [()] * len(readers), strict=True)
        ]
        stated = top_papers(
            points,
            Rows.of({} if tasting else each for each, tasting in zip(wanted, tastings, strict=True)),
            line=line,
            limit=limit,
            order=self._places,
            excluded=Rows.of(out),
            threads=threads,
        )
        found = []
        for number, (reader, tasting) in enumerate(zip(readers, tastings, strict=True)):
            if tasting:
                found.append(self._tasted(reader, tasting, out[number], line)[:limit])
            else:
                found.append(list(stated.row(number)))
        return found

    def select(self, standings: Standings, *, line: float, limit: int, popularity: float = 0.0) -> Selection:
        """What one issue takes of what `standings` gave for its reader: see the function `select`.

        Papers that say nearly the same as one taken, or as one of `reader.sent_lately`, wait. `popularity`
        is the most that it adds to the order of those above the line. Picks alone have their reasons.
        """
        reader, tasting = standings.reader, standings.tasting
        ordered = by_popularity(standings.ranked, line=line, most=popularity)
        stale = self._stale(reader)
        picks, cut = divided(ordered, line=line, limit=limit, twins=self._twins_of, stale=stale)
        return Selection(
            picks=tuple(self._picked(reader, [one.number for one in picks], tasting)),
            cut=tuple(Match(paper=one.paper, score=one.score) for one in cut),
        )

    def _picked(self, reader: Reader, numbers: Sequence[int], tasting: Tasting | None) -> Iterator[Match]:
        """What `match` gives for each of some papers; without taste it is the same for all who ask alike."""
        known = self._alike.matches(positive(reader)) if tasting is None else {}
        for number in numbers:
            found = known.get(number)
            if found is None:
                found = known[number] = match(self._scorer, reader, number, tasting)
            yield found

    def _twins_of(self, chosen: Standing) -> Collection[int]:
        return {self.papers[n].id for n in self._twins.of(chosen.number)}

    def _stale(self, reader: Reader) -> Collection[int]:
        return {self.papers[n].id for n in self._twins.of_others(reader.sent_lately)}

    def muted(self, reader: Reader) -> dict[int, Evidence]:
        """See the function `muted`."""
        found = mutes(self._scorer, reader)
        return {self.papers[number].id: reason for number, reason in sorted(found.items())}

    def _asked(self, readers: Sequence[Reader]) -> tuple[npt.NDArray[np.float32], list[dict[int, float]]]:
        """Points of all different interests, a row each, and each reader's weights of these rows."""
        rows: dict[tuple[Asked, int], int] = {}
        findings: list[npt.NDArray[np.float32]] = []
        wanted: list[dict[int, float]] = []
        for reader in readers:
            weights: dict[int, float] = {}
            for interest in positive(reader):
                # somebody who states an interest twice has it twice
                repeat = sum(asked(i) == asked(interest) for i in reader.interests[: len(weights)])
                row = rows.setdefault((asked(interest), repeat), len(rows))
                if row == len(findings):
                    findings.append(self._scorer.finding(interest).points)
                weights[row] = interest.weight
            wanted.append(weights)
        shape = (len(findings), len(self.papers))
        return np.array(findings, np.float32).reshape(shape), wanted

    def _out(self, reader: Reader, excluded: Collection[int]) -> set[int]:
        """Numbers of the papers that a reader cannot get."""
        barred = {self._numbers[i] for i in excluded if i in self._numbers}
        return barred.union(mutes(self._scorer, reader))

    def _tasted(self, reader: Reader, tasting: Tasting, out: Collection[int], line: float) -> list[int]:
        """Numbers of the papers with `line` points or more by interests and taste, best first."""
        totals = scores(self._scorer, reader, tasting)
        totals[list(out)] = 0.0
        reaching = np.flatnonzero((totals > 0) & (totals >= line))
        return sorted(reaching.tolist(), key=lambda n: (-totals[n], self._places[n]))


def explain(paper: KnownPaper, reader: Reader, background: Background, now: datetime) -> Match:
    """The score of one paper with every reason, also below the line and also when it is 0.

    A muted paper scores 0: its mute is the last reason and takes away what the others add up to.
    """
    require_utc(now)
    scorer = Scorer([paper], background)
    found = match(scorer, reader, 0, tasting_of(scorer, reader))
    mute = mutes(scorer, reader).get(0)
    if mute is None:
        return found
    return Match(paper=paper, score=0.0, evidence=(*found.evidence, replace(mute, points=-found.score)))
