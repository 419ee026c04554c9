"""Python, the clock, time zones, and whether something starts digest."""

import email.policy
import os
import sys
from datetime import UTC, datetime, timedelta

import pytest

from digest.doctor import flaws, machine
from digest.store import Audience, Facts

HOUR = timedelta(hours=1)


@pytest.fixture
def look(case_of, tmp_path):
    """`look(check, last_run=...)`: its finding, with a database that says this of its readers."""

    def _look(check, at=None, **audience):
        facts = Facts(path=tmp_path / "digest.db", size=1, audience=Audience(**audience))
        given = {"at": at} if at else {}
        found = list(check(case_of(facts=facts, **given)))
        assert len(found) == 1
        return found[0]

    return _look


# ── the clock ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def clock(look, now, monkeypatch):
    def _clock(written=now - HOUR, **facts):
        monkeypatch.setattr(machine, "_last_written", lambda _: written)
        return look(machine.check_clock, **facts)

    return _clock


def test_a_clock_later_than_all_that_was_written_is_fine(clock, now):
    assert clock(newest_moment=now - HOUR).verdict == "fine"
    # a few minutes between two machines are nothing
    assert clock(newest_moment=now + timedelta(minutes=5)).verdict == "fine"
    assert clock().verdict == "fine"


def test_a_clock_set_back_is_broken(clock, now):
    found = clock(newest_moment=now + HOUR)

    assert found.verdict == "broken"
    assert "2026-11-22 08:00" in found.what


def test_a_clock_of_a_machine_without_battery_is_broken(clock):
    assert clock(at=datetime(1970, 1, 1, tzinfo=UTC)).verdict == "broken"


def test_a_clock_before_the_configuration_was_written_is_advice(clock, now):
    assert clock(written=now + HOUR).verdict == "advice"


def test_the_moment_of_writing_is_that_of_the_file(case_of, tmp_path):
    case = case_of()
    os.utime(tmp_path / "config.yaml", (1_700_000_000, 1_700_000_000))
    assert machine._last_written(case) == datetime.fromtimestamp(1_700_000_000, UTC)

    (tmp_path / "config.yaml").unlink()
    assert machine._last_written(case) is None


# ── time zones and runs ───────────────────────────────────────────────────────────────────────


def test_time_zones_of_all_readers_have_to_be_known(look):
    assert look(machine.check_zones, time_zones=("Europe/Berlin", "UTC")).verdict == "fine"

    found = look(machine.check_zones, time_zones=("Europe/Berlin", "Moon/Base"))
    assert found.verdict == "broken"
    assert "Moon/Base" in found.what


@pytest.mark.parametrize(
    ("ago", "code", "verdict", "words"),
    [
        (HOUR, 0, "fine", "2026-11-22 06:00"),
        (HOUR, 3, "advice", "exit code 3"),
        (timedelta(days=3), 0, "advice", "3 days ago: nothing starts digest"),
    ],
)
def test_the_last_run_has_to_be_of_today(look, now, *, ago, code, verdict, words):
    found = look(machine.check_runs, last_run=now - ago, last_exit_code=code)

    assert found.verdict == verdict
    assert words in found.what


def test_a_database_without_any_run_is_advice_and_no_database_says_nothing(look, case_of):
    assert look(machine.check_runs).verdict == "advice"
    assert list(machine.check_runs(case_of())) == []


# ── Python ────────────────────────────────────────────────────────────────────────────────────


def test_flaws_are_named_and_none_is_fine(look, monkeypatch):
    monkeypatch.setattr(machine, "present", lambda: list(flaws.FLAWS[:2]))
    found = look(machine.check_python)
    assert (found.verdict, found.rule) == ("advice", "E10")
    assert "CVE-2024-6923, CVE-2026-1299" in found.what

    monkeypatch.setattr(machine, "present", list)
    assert look(machine.check_python).verdict == "fine"


#: the first version of each branch without the flaw, by the CVE records
MENDED = {
    "CVE-2024-6923": {(3, 11): 10, (3, 12): 5, (3, 13): 0},
    "CVE-2026-1299": {(3, 11): 15, (3, 12): 13, (3, 13): 12, (3, 14): 3},
    "CVE-2023-27043": {(3, 11): 10, (3, 12): 6, (3, 13): 0},
    "CVE-2025-1795": {(3, 11): 9, (3, 12): 3, (3, 13): 0},
}


def test_a_python_whose_number_says_that_it_is_mended_is_seen_to_be():
    branch = sys.version_info[:2]
    mended = {name for name, first in MENDED.items() if sys.version_info[2] >= first.get(branch, 0)}
    if branch > (3, 11):
        mended |= {name for name, first in MENDED.items() if branch > max(first)}

    assert {flaw.name for flaw in flaws.FLAWS} == MENDED.keys()
    assert not {flaw.name for flaw in flaws.present()} & mended


def test_taking_the_librarys_own_check_away_brings_the_flaw_back(monkeypatch):
    if hasattr(email.policy.Policy, "verify_generated_headers"):
        lax = email.policy.default.clone(verify_generated_headers=False)
        monkeypatch.setattr(email.policy, "default", lax)

    assert {"CVE-2024-6923", "CVE-2026-1299"} <= {flaw.name for flaw in flaws.present()}
