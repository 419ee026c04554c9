"""388 real listing days with trouble put in by chance are named right; see `python -m benchmarks.health`."""

from functools import cache
from pathlib import Path

import pytest

from benchmarks.replay import GOOD, LISTED, ONCE, THRICE, UNREADABLE, WEEKEND, Trouble, archive, replay

PAPERS = Path(__file__).resolve().parents[3] / "shared" / "data" / "hf-daily" / "papers.dev.jsonl.zst"

pytestmark = pytest.mark.skipif(not PAPERS.exists(), reason=f"{PAPERS} is missing")


@cache
def tallies(looks, seeds):
    days = archive(PAPERS)
    return [replay(days, seed=seed, trouble=Trouble(looks=looks)) for seed in range(seeds)]


def test_days_looked_at_several_times_are_named_right():
    assert min(tally.right(LISTED) for tally in tallies(THRICE, 3)) >= 0.95


def test_most_days_looked_at_once_are_named_right_though_half_of_many_is_many():
    assert min(tally.right(LISTED) for tally in tallies(ONCE, 3)) >= 0.92


@pytest.mark.parametrize("looks", [ONCE, THRICE], ids=["once", "thrice"])
def test_good_days_are_hardly_ever_an_alarm_and_weekends_never(looks):
    for tally in tallies(looks, 3):
        assert tally.count(GOOD) > 280
        assert tally.alarms(GOOD) * 60 <= tally.count(GOOD)
        assert tally.count(WEEKEND) > 220
        assert tally.alarms(WEEKEND) == 0


def test_what_cannot_be_read_is_always_broken():
    for tally in tallies(ONCE, 3):
        assert tally.count(UNREADABLE) > 5
        assert tally.right(UNREADABLE) == 1.0
