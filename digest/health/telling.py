"""What of many verdicts a reader should know: the state that each source is left in, not how it got there."""

from __future__ import annotations

from collections.abc import Iterable

from digest.model import Health, Judged, SourceNote

#: states in which a reader misses something, the worst last
ALARMING = (Health.STALE, Health.PARTIAL, Health.BROKEN)


def notes(judged: Iterable[Judged]) -> tuple[SourceNote, ...]:
    """One note for each source that is left in an alarming state, with the worst of what was found.

    A later look at the same day's listing stands for the earlier one, and one that could be read for
    one that could not.
    """
    by_source: dict[str, list[Judged]] = {}
    for one in judged:
        by_source.setdefault(one.capture.source, []).append(one)
    found = ((source, _open(looks)) for source, looks in by_source.items())
    return tuple(_note(source, looks) for source, looks in found if looks)


def _open(looks: list[Judged]) -> list[Judged]:
    return [
        one
        for one in looks
        if one.verdict.health in ALARMING and not any(_settles(later, one) for later in looks)
    ]


def _settles(later: Judged, one: Judged) -> bool:
    if later.capture.until <= one.capture.until:
        return False
    if one.verdict.health is Health.PARTIAL:
        return later.capture.day == one.capture.day and bool(later.capture.papers)
    if one.verdict.health is Health.STALE:
        return later.verdict.health in {Health.OK, Health.PARTIAL}
    return later.verdict.health is not Health.BROKEN


def _note(source: str, looks: list[Judged]) -> SourceNote:
    worst = max(looks, key=lambda one: (ALARMING.index(one.verdict.health), one.capture.until))
    what = worst.verdict.what
    if worst.verdict.health is Health.BROKEN:
        what = ": ".join(what.split(": ", 2)[:2])  # where and why; what to do about it is the operator's
    return SourceNote(source=source, health=worst.verdict.health, what=what)
