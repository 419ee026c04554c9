"""One interest on one day's papers, ranked by the product's door and laid beside the judgements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from benchmarks.ranking import judgements
from benchmarks.ranking.judgements import Topic
from benchmarks.ranking.measures import ndcg
from benchmarks.ranking.seed_days import NOW, Day, seeds, taught
from digest import rank
from digest.identity import title_key
from digest.model import Interest, KnownPaper, Match, Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A paper with the points it got and the grade it was given."""

    title: str
    points: float
    grade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestDay:
    """What one interest gets on one day."""

    interest: str
    day: str
    #: best first: all papers with points
    shown: tuple[Placed, ...]
    #: the papers without points
    unseen: tuple[Placed, ...]

    @property
    def everything(self) -> tuple[Placed, ...]:
        """All papers of the day."""
        return self.shown + self.unseen

    @property
    def ndcg(self) -> float:
        """nDCG@5 of what is shown; not for a quiet day."""
        return ndcg([paper.grade for paper in self.shown], [paper.grade for paper in self.everything])

    @property
    def best_grade(self) -> int:
        """The best grade among the papers of the day; 0 makes it a quiet day."""
        return max((paper.grade for paper in self.everything), default=0)

    @property
    def top_points(self) -> float:
        """The points of the first paper."""
        return self.shown[0].points if self.shown else 0.0

    @property
    def sends(self) -> bool:
        """Whether any paper reaches the line."""
        return self.top_points >= rank.SEND_LINE

    def sends_grade(self, grade: int) -> bool:
        """Whether a paper of this grade or a better one reaches the line."""
        return any(paper.points >= rank.SEND_LINE and paper.grade >= grade for paper in self.shown)


def of_topics() -> list[InterestDay]:
    """Every topic on every day."""
    days, _ = seeds()
    known = {_key(known.paper.title) for day in days for known in day.papers}
    topics = judgements.topics(judgements.JUDGED / "topics", known)
    readers = _readers([topic.interest for topic in topics])
    background = _background(readers)
    return [
        _laid_beside(topic, day, matches)
        for day in days
        for topic, matches in zip(topics, rank.rank_many(day.papers, readers, background, NOW), strict=True)
    ]


def of_quiet_days() -> list[InterestDay]:
    """The days of `quiet.tsv`; only the first paper is shown."""
    days, _ = seeds()
    rows = judgements.quiet_days(judgements.JUDGED / "quiet.tsv", {day.name for day in days})
    background = _background(_readers([row.interest for row in rows]))
    return [
        each
        for day in days
        for each in _quiet(day, [r.interest for r in rows if day.name in r.days], background)
    ]


def of_off_topic() -> list[InterestDay]:
    """Every interest of `off_topic.txt` on every day; only the first paper is shown."""
    days, _ = seeds()
    interests = judgements.off_topic()
    background = _background(_readers(interests))
    return [each for day in days for each in _quiet(day, interests, background)]


def _readers(interests: Sequence[str]) -> list[Reader]:
    """Each interest alone, as the only one of a reader."""
    return [Reader(interests=(Interest(text=interest),)) for interest in interests]


def _background(readers: Sequence[Reader]) -> rank.Background:
    return taught(interest for reader in readers for interest in reader.interests)


def _quiet(day: Day, interests: Sequence[str], background: rank.Background) -> list[InterestDay]:
    found = rank.rank_many(day.papers, _readers(interests), background, NOW, 1)
    return [
        InterestDay(
            interest=interest,
            day=day.name,
            shown=tuple(Placed(title=m.paper.paper.title, points=m.score, grade=0) for m in matches),
            unseen=(),
        )
        for interest, matches in zip(interests, found, strict=True)
    ]


def _laid_beside(topic: Topic, day: Day, matches: Sequence[Match]) -> InterestDay:
    def placed(known: KnownPaper, points: float) -> Placed:
        title = known.paper.title
        return Placed(title=title, points=points, grade=topic.grades.get(_key(title), 0))

    shown = {match.paper.id for match in matches}
    return InterestDay(
        interest=topic.interest,
        day=day.name,
        shown=tuple(placed(match.paper, match.score) for match in matches),
        unseen=tuple(placed(known, 0.0) for known in day.papers if known.id not in shown),
    )


#: a few hundred titles are asked for again and again
_key = cache(title_key)
