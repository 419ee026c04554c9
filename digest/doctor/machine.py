"""The machine: its Python, its clock, and whether something starts digest."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from digest.cadence import check_time_zone
from digest.doctor.case import Case
from digest.doctor.findings import Finding, advice, broken, fine
from digest.doctor.flaws import present

#: no clock that goes right is before this version was written
_NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
_SLACK = timedelta(minutes=10)
_SET_THE_CLOCK = "set the clock and keep it right (`timedatectl set-ntp true`), then look again"
_PATCHED = "Python 3.11.15, 3.12.13, 3.13.12 or 3.14.3, or the security updates of your distribution"


def check_python(case: Case) -> Iterator[Finding]:  # noqa: ARG001 - every check takes the case
    """Known flaws of Python's mail library: tried, since distributions mend them without a new number."""
    version = f"Python {platform.python_version()}"
    flaws = present()
    if not flaws:
        yield fine("Python", f"{version}, without the known flaws of its mail library")
        return
    names = ", ".join(flaw.name for flaw in flaws)
    # digest writes headers itself and checks every one, so nothing of this is open to a paper's title
    what = f"{version}: its mail library has {names}, which digest does not rely on"
    yield advice("Python", what, f"install {_PATCHED}", rule="E10")


def check_clock(case: Case) -> Iterator[Finding]:
    """Whether the time can be right, by what was written down before."""
    newest = case.facts.audience.newest_moment if case.facts.audience else None
    written = _last_written(case)
    if case.now < _NOT_BEFORE:
        yield broken(
            "clock", f"says {case.now:%Y-%m-%d %H:%M} UTC, before this digest was written", _SET_THE_CLOCK
        )
    elif newest and newest > case.now + _SLACK:
        yield broken(
            "clock",
            f"says {case.now:%Y-%m-%d %H:%M} UTC, but the database knows {newest:%Y-%m-%d %H:%M}: it was set "
            "back, or a command had a later --now. Until then readers are due late or not at all",
            _SET_THE_CLOCK,
        )
    elif written and written > case.now + _SLACK:
        yield advice(
            "clock",
            f"says {case.now:%Y-%m-%d %H:%M} UTC, but {case.config_path.name} was written on "
            f"{written:%Y-%m-%d %H:%M}",
            _SET_THE_CLOCK,
        )
    else:
        yield fine("clock", f"{case.now:%Y-%m-%d %H:%M} UTC, later than all that was written down")


def check_zones(case: Case) -> Iterator[Finding]:
    """Whether the time zones of all readers are known here."""
    zones = set(case.facts.audience.time_zones if case.facts.audience else ())
    zones |= {case.settings.defaults.time_zone}
    unknown = sorted(zone for zone in zones if check_time_zone(zone))
    if unknown:
        yield broken(
            "time zones",
            f"{', '.join(unknown)}: unknown to this machine",
            "install the package tzdata again (pip, or the distribution's)",
        )
    else:
        yield fine("time zones", f"the data of {', '.join(sorted(zones))} is there")


def check_runs(case: Case) -> Iterator[Finding]:
    """Whether something starts digest."""
    audience = case.facts.audience
    if audience is None or audience.last_run is None:
        if audience is not None:
            remedy = "see docs/operating.md: by cron, by systemd, or `digest serve`"
            yield advice("runs", "there was none yet: nothing starts digest", remedy)
        return
    ago = case.now - audience.last_run
    when = f"the last run was on {audience.last_run:%Y-%m-%d %H:%M} UTC"
    if ago > timedelta(days=1):
        remedy = "look at cron, at `systemctl list-timers digest.timer`, or start `digest serve`"
        yield advice("runs", f"{when}, {ago.days} days ago: nothing starts digest", remedy)
    elif audience.last_exit_code:
        remedy = "see `digest status`, and the table of exit codes in docs/operating.md"
        yield advice("runs", f"{when}, and ended with exit code {audience.last_exit_code}", remedy)
    else:
        yield fine("runs", when)


def _last_written(case: Case) -> datetime | None:
    try:
        return datetime.fromtimestamp(case.config_path.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None
