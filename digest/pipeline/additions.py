"""What an operator should know of how records were taken in: notes, not mistakes."""

from __future__ import annotations

from digest.model import Problem, Severity
from digest.store import Added, NearMatch
from digest.text import clip, printable

#: of one listing; who has more has another trouble
_MOST_NEAR = 20


def notes_on(added: Added, name: str) -> tuple[Problem, ...]:
    """Which records of the listing `name` were taken for known papers by likeness, and how many for none."""
    found = [_near(match, name) for match in added.near[:_MOST_NEAR]]
    more = len(added.near) - _MOST_NEAR
    if more > 0:
        found.append(_note(name, f"{more:,} more were taken for known papers by likeness"))
    if added.passed_over:
        what = f"{added.passed_over:,} new versions of papers that are not known were passed over"
        found.append(_note(name, what))
    return tuple(found)


def _near(match: NearMatch, name: str) -> Problem:
    ours, theirs = (clip(printable(title), 100) for title in (match.title, match.known_title))
    where = f"{name}:{match.line}" if match.line else f"{name}, record {match.number}"
    return _note(where, f"“{ours}” was taken for paper {match.paper_id}, “{theirs}”")


def _note(where: str, what: str) -> Problem:
    return Problem(where=where, what=what, severity=Severity.NOTE)
