"""Alarms: what must never be true of the outbox, looked for after each run.

Each of them is a bug of digest or somebody else's hand in the database, and stays until it is looked
into. Only editions of the last days are looked at; `digest status` adds up all of them.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from digest.store import Transaction

#: how far back editions are looked at
_LATELY = timedelta(days=3)
#: so many recipients and editions are named
_NAMED = 10


def alarms_of(transaction: Transaction, now: datetime, *, whole: bool = False) -> tuple[str, ...]:
    """One line for each thing that must not be; empty as long as all is well.

    Only the latest editions are looked at; with `whole` all of them are added up.
    """
    since = (now - _LATELY).date()
    doubled = transaction.deliveries.doubled(since, _NAMED + 1)
    lines = [
        f"alarm: {recipient} has {count} mails of edition {edition}, and nobody gets two: "
        f"digest deliveries --edition {edition} --recipient {recipient}"
        for edition, recipient, count in doubled[:_NAMED]
    ]
    if len(doubled) > _NAMED:
        lines.append("alarm: and more recipients have several mails of one edition")
    unbalanced = transaction.deliveries.unbalanced(None if whole else since)
    lines += [_imbalance(*each) for each in unbalanced[-_NAMED:]]
    return tuple(lines)


def _imbalance(edition: date, there: int, frozen: int) -> str:
    """What is wrong with an edition whose mails do not add up."""
    if there > frozen:
        odd = f"{there - frozen:,} more than were frozen; somebody may get it twice"
    else:
        odd = f"{frozen - there:,} missing of those that were frozen"
    return f"alarm: edition {edition} has {there:,} mails, {odd}: digest deliveries --edition {edition}"
