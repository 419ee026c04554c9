"""The ranker reaches its floors on interests and days that were judged by reading."""

from benchmarks.ranking import judgements
from benchmarks.ranking.floors import FLOORS
from benchmarks.ranking.gate import below_floor, measured, sets
from benchmarks.ranking.seed_days import seeds
from digest.identity import title_key


def test_no_figure_is_below_its_floor():
    judged = sets()
    reached = {name: measured(days) for name, days in judged.items()}

    assert {name for name, _ in FLOORS} == set(reached)
    assert below_floor(reached) == []


def test_the_judged_sets_are_as_large_and_as_hard_as_they_say():
    days, _ = seeds()
    keys = {day.name: {title_key(known.paper.title) for known in day.papers} for day in days}
    topics = judgements.topics(judgements.JUDGED / "topics", set().union(*keys.values()))
    quiet = judgements.quiet_days(judgements.JUDGED / "quiet.tsv", keys)
    words = {len(topic.interest.split()) for topic in topics}

    assert len(topics) >= 28
    assert words >= {1, 2, 3, 4, 5}
    for topic in topics:
        relevant = {key for key, grade in topic.grades.items() if grade}
        assert sum(bool(relevant & of_day) for of_day in keys.values()) >= 2, topic.interest
    assert sum(len(row.days) for row in quiet) >= 40
    assert {row.interest.casefold() for row in quiet}.isdisjoint(t.interest.casefold() for t in topics)
    assert len(judgements.off_topic()) >= 120
