from datetime import UTC, date, datetime

import pytest

from digest.cli.globals import hoisted, parse_now
from digest.cli.papers import parse_day
from digest.errors import UsageError


@pytest.mark.parametrize(
    ("given", "moved"),
    [
        (["run"], ["run"]),
        (["run", "--config", "a.yaml"], ["--config", "a.yaml", "run"]),
        (["run", "-c", "a.yaml", "--dry-run"], ["-c", "a.yaml", "run", "--dry-run"]),
        (["run", "--now=2026-11-22", "--json"], ["--now=2026-11-22", "run", "--json"]),
        (
            ["--now", "x", "subscribers", "list", "--config=b"],
            ["--now", "x", "--config=b", "subscribers", "list"],
        ),
        (["run", "--config", "a", "--config", "b"], ["--config", "a", "--config", "b", "run"]),
        (["run", "--config"], ["run", "--config"]),
        (["why", "--", "--now", "x"], ["why", "--", "--now", "x"]),
        (["run", "--configure", "x"], ["run", "--configure", "x"]),
        (["rank", "--interest", "now", "a.txt"], ["rank", "--interest", "now", "a.txt"]),
        ([], []),
    ],
)
def test_global_options_move_to_the_front_and_nothing_else_does(given, moved):
    before = list(given)

    assert hoisted(given) == moved
    assert given == before


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T07:00Z", datetime(2026, 11, 22, 7, tzinfo=UTC)),
        ("2026-11-22T07:00", datetime(2026, 11, 22, 7, tzinfo=UTC)),
        ("2026-11-22 07:00:30", datetime(2026, 11, 22, 7, 0, 30, tzinfo=UTC)),
        ("2026-11-22T07:00+02:00", datetime(2026, 11, 22, 5, tzinfo=UTC)),
        ("2026-11-22T00:30-05:30", datetime(2026, 11, 22, 6, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
    ],
)
def test_a_moment_is_understood_and_becomes_utc(text, moment):
    parsed = parse_now(text)

    assert parsed == moment
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "tomorrow",
        "22.11.2026",
        "2026-13-01",
        "07:00",
        "0001-01-01T00:00+05:00",
        "9999-12-31",
        "0001-01-01",
    ],
)
def test_what_is_no_moment_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match="write it like 2026-11-22T07:00Z"):
        parse_now(text)


def test_a_day_is_a_calendar_day_and_none_is_none():
    assert parse_day("2026-11-22") == date(2026, 11, 22)
    assert parse_day(None, date(2026, 1, 1)) is None


@pytest.mark.parametrize("text", ["", "today", "2026-02-30", "Mar 12", "2026-11-22T07:00"])
def test_what_is_no_day_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match="write it like 2026-11-22"):
        parse_day(text)


def test_a_day_is_not_later_than_the_latest_allowed():
    assert parse_day("2026-11-22", date(2026, 11, 22)) == date(2026, 11, 22)
    with pytest.raises(UsageError, match="in the future"):
        parse_day("2026-11-23", date(2026, 11, 22))
