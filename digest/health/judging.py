"""Judge one look at a source against what it showed before. See docs/decisions/0014-source-health.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from digest.health.calendar import named, rest, weekday
from digest.health.usual import LAST, Past, Range, median, trimmed
from digest.model import Capture, Health, Verdict

#: how far back captures say something about today
HISTORY = timedelta(days=120)
#: fewer days of one kind than this say nothing about what is usual
_ENOUGH = 7
_ENOUGH_OF_ONE_WEEKDAY = 6
#: a listing is partial below this share of the low end of what is usual
_FEW = 0.4
#: where so few papers are usual, fewer say nothing
_SMALL = 4
#: upvotes at the end of a listing that are so many times the usual mean that its end is missing
_HIGH_END = 2.0
#: the share of an earlier look's papers whose absence is no coincidence
_GONE = 0.2
#: a listing older than this when it is seen is history and not news
_NEWS = timedelta(days=7)

#: working days on which nothing may come from a source that brings something daily
_PATIENT = 2


def judge(capture: Capture, history: Iterable[Capture]) -> Verdict:
    """What state the look `capture` shows its source in; `history` is what came before, oldest first."""
    if capture.unreadable is not None:
        return _verdict(Health.BROKEN, capture.unreadable)
    if capture.lost is not None:
        return _verdict(Health.PARTIAL, capture.lost)
    past = Past(history, capture)
    if not capture.papers:
        return _nothing(capture, past)
    repeated = past.first.get(capture.digest)
    if repeated and (repeated.day != capture.day or repeated.seen_on < capture.seen_on):
        return _repeats(capture, past, repeated)
    return _shrunk(capture, past) or _few(capture, past) or _verdict(Health.OK, _papers(capture.papers))


def _verdict(health: Health, what: str) -> Verdict:
    return Verdict(health=health, what=what)


def _papers(number: int) -> str:
    return f"{number:,} paper" + ("" if number == 1 else "s")


def _nothing(capture: Capture, past: Past) -> Verdict:
    shows = "no file was there to read" if capture.adds else "the listing holds no paper"
    return _silence(capture, past, shows, allowed=_PATIENT)


def _repeats(capture: Capture, past: Past, first: Capture) -> Verdict:
    if capture.adds:
        return _silence(
            capture, past, f"no file with new papers since {named(first.seen_on)}", allowed=_PATIENT
        )
    shows = f"the same {_papers(capture.papers)} as on {named(first.seen_on)}"
    return _silence(capture, past, shows, allowed=0)


def _silence(capture: Capture, past: Past, shows: str, *, allowed: int) -> Verdict:
    """Nothing new: quiet, or stale after more than `allowed` working days of a source that comes daily."""
    if why := rest(capture.seen_on):
        return _verdict(Health.QUIET, f"{shows}; {named(capture.seen_on)} is {why}")
    habit = past.habit()
    if habit.days == 0:
        return _verdict(Health.QUIET, shows)
    often = f"something new came on {habit.new} of {habit.days} working days"
    if not habit.is_daily:
        return _verdict(Health.QUIET, f"{shows}; {often} before")
    if habit.silent <= allowed:
        waiting = "" if past.is_late() else "; the day is not over"
        return _verdict(Health.QUIET, f"{shows}{waiting}")
    days = f" for {habit.silent} working days" if habit.silent > 1 else ""
    return _verdict(Health.STALE, f"{shows}{days}; until then {often}")


def _shrunk(capture: Capture, past: Past) -> Verdict | None:
    """Partial where an earlier look at the same day's listing held papers that are gone."""
    most = max(past.today(), key=lambda c: c.papers, default=None)
    if capture.adds or most is None or capture.papers >= most.papers:
        return None
    gone = max(capture.missing, most.papers - capture.papers)
    if gone < max(2, _GONE * most.papers):
        return None
    what = f"{_papers(capture.papers)}; there were {most.papers:,} of {named(capture.day)} when it was read"
    return _verdict(Health.PARTIAL, f"{what} at {most.since:%H:%M} UTC on {named(most.seen_on)}")


def _few(capture: Capture, past: Past) -> Verdict | None:
    """Partial where far fewer papers came than on the last days of the kind, or the end is missing."""
    if rest(capture.day) or capture.seen_on - capture.day > _NEWS:
        return None
    days = past.comparable()
    recent = days[-LAST:]
    if len(recent) < _ENOUGH or not past.is_settled(recent):
        return None
    return _far_fewer(capture, past, days) or _cut_off(capture, past, recent)


def _far_fewer(capture: Capture, past: Past, days: Sequence[date]) -> Verdict | None:
    usual, kind = _range(past, days[-LAST:]), "working days"
    if not _is_few(capture.papers, usual):
        return None
    same = [day for day in days if day.weekday() == capture.day.weekday()][-LAST:]
    if len(same) >= _ENOUGH_OF_ONE_WEEKDAY:
        usual, kind = _range(past, same), f"{weekday(capture.day)}s"
    if not _is_few(capture.papers, usual):
        return None
    span = f"{usual.low:,.0f}" + ("" if usual.low == usual.high else f" to {usual.high:,.0f}")
    what = f"on {usual.inner} of the last {usual.days} {kind} there were {span}"
    return _verdict(Health.PARTIAL, f"{_papers(capture.papers)}; {what}")


def _range(past: Past, days: Sequence[date]) -> Range:
    return trimmed([past.papers_by_now(day) or 0 for day in days])


def _is_few(papers: int, usual: Range) -> bool:
    return usual.low >= _SMALL and papers < _FEW * usual.low


def _cut_off(capture: Capture, past: Past, days: Sequence[date]) -> Verdict | None:
    """Partial where a listing stops among papers more liked than its last ones usually are."""
    tails = [tail for day in days if (tail := past.tail(day)) is not None]
    if capture.tail is None or len(tails) < _ENOUGH:
        return None
    usual = trimmed(tails)
    many = capture.papers >= 1.5 * median(past.papers_by_now(day) or 0 for day in days)
    if many or capture.tail + 1 <= _HIGH_END * (usual.high + 1):
        return None
    ends = f"{_papers(capture.papers)}, the least liked of them with {capture.tail:.0f} upvotes"
    what = f"on {usual.inner + 1} of the last {usual.days} working days these had {usual.high:.1f} or fewer"
    return _verdict(Health.PARTIAL, f"{ends}; {what}: the end of the listing seems to be missing")
