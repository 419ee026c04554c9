"""When a run will find something to do, although nothing changed but the time."""

from __future__ import annotations

from datetime import datetime, timedelta

from digest import cadence
from digest.model import Preferences
from digest.store import Transaction


def wake_after(transaction: Transaction, after: datetime, *, wait_until: timedelta) -> datetime | None:
    """The first moment later than `after` at which a reader or a message is due; `None` if there is none.

    May be too early, and never is too late: readers' moments count whether or not they are settled.
    A message whose turn came before `after` gives a moment in the past.
    """
    moments = [
        moment
        for preferences in transaction.subscribers.active_schedules()
        for moment in _moments(preferences, after, wait_until)
        if moment > after
    ]
    if (turn := transaction.outbox.next_turn()) is not None:
        moments.append(turn)
    return min(moments, default=None)


def _moments(preferences: Preferences, after: datetime, wait_until: timedelta) -> tuple[datetime, datetime]:
    """The next scheduled moment, and when the latest one stops waiting for something to come."""
    latest = cadence.latest(preferences, after)
    return cadence.following(preferences, after).moment, cadence.quiet_deadline(latest, wait_until)
