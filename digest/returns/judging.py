"""What a return does to a subscriber. Pure: one decision, from what came before and the present moment.

A hard bounce removes at once (or after `hard` days of them), a soft one after `soft_days` different
days without a mail that arrived in between. Nobody is told when a mail arrives: a mail counts as
arrived when a server took it and nothing came back for `silence`, which is longer than mail servers
try. So a mailbox that is full every other week is never removed, one that stays full is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from digest.model import PastReturn, Returned, ReturnKind, Subscriber, SubscriberStatus, require_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPolicy:
    """When returns remove somebody."""

    #: so many days with a hard bounce
    hard: int = 1
    #: so many days with a soft one
    soft_days: int = 5
    #: a mail that was taken so long ago without a bounce has arrived; servers give up after five days
    silence: timedelta = timedelta(days=7)
    #: soft bounces longer ago do not count: monthly readers bounce five times in five months
    memory: timedelta = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What follows from a return."""

    #: the subscriber's new status, `None` where it stays
    status: SubscriberStatus | None
    #: for the subscriber's entry: a few words
    reason: str


#: a status that a return may change → to which ones; nothing makes anybody active, and a complaint stays
_CHANGES: Final = {
    SubscriberStatus.PENDING: frozenset(
        {SubscriberStatus.UNSUBSCRIBED, SubscriberStatus.BOUNCED, SubscriberStatus.COMPLAINED}
    ),
    SubscriberStatus.ACTIVE: frozenset(
        {SubscriberStatus.UNSUBSCRIBED, SubscriberStatus.BOUNCED, SubscriberStatus.COMPLAINED}
    ),
    SubscriberStatus.BOUNCED: frozenset({SubscriberStatus.UNSUBSCRIBED, SubscriberStatus.COMPLAINED}),
    SubscriberStatus.UNSUBSCRIBED: frozenset({SubscriberStatus.COMPLAINED}),
    SubscriberStatus.COMPLAINED: frozenset(),
}


def counts_as(returned: Returned, subscriber: Subscriber) -> ReturnKind:
    """What a proven return counts as.

    A hard bounce of another address than the subscriber's own (they forward their mail, or changed
    their address since) is no proof that theirs is dead: it counts as a soft one.
    """
    if returned.kind is not ReturnKind.HARD or returned.recipient is None or subscriber.address is None:
        return returned.kind
    same = _plain(returned.recipient) == _plain(subscriber.address)
    return ReturnKind.HARD if same else ReturnKind.SOFT


def judge(
    kind: ReturnKind,
    subscriber: Subscriber,
    earlier: Sequence[PastReturn],
    *,
    status: str | None = None,
    arrived: datetime | None = None,
    now: datetime,
    policy: ReturnPolicy,
) -> Verdict:
    """What a return of this kind, proven to be about `subscriber`, does to them.

    `earlier` are their returns before this one, `arrived` is when the latest mail that arrived was
    handed over, `status` the enhanced code of this one.
    """
    require_utc(now)
    match kind:
        case ReturnKind.COMPLAINT:
            wanted = Verdict(status=SubscriberStatus.COMPLAINED, reason="complaint")
        case ReturnKind.UNSUBSCRIBE:
            wanted = Verdict(status=SubscriberStatus.UNSUBSCRIBED, reason="mail")
        case ReturnKind.HARD:
            days = _days(kind, earlier, now, now - policy.memory, arrived)
            code = f" {status}" if status else ""
            wanted = _after(days, policy.hard, f"hard bounce{code}")
        case ReturnKind.SOFT:
            days = _days(kind, earlier, now, now - policy.memory, arrived)
            wanted = _after(days, policy.soft_days, f"soft bounces on {days} days")
        case _:
            return Verdict(status=None, reason="")
    if wanted.status is not None and wanted.status not in _CHANGES[subscriber.status]:
        return Verdict(status=None, reason=f"{subscriber.status.value} already")
    return wanted


def _after(days: int, needed: int, reason: str) -> Verdict:
    if days >= needed:
        return Verdict(status=SubscriberStatus.BOUNCED, reason=reason)
    return Verdict(status=None, reason=f"{reason}, of {needed} days that remove")


def _days(
    kind: ReturnKind, earlier: Sequence[PastReturn], now: datetime, oldest: datetime, arrived: datetime | None
) -> int:
    """On how many days (UTC) such returns came since the last mail that arrived, today included."""
    since = max(oldest, arrived) if arrived else oldest
    return len(
        {p.received_at.date() for p in earlier if p.kind is kind and p.received_at > since} | {now.date()}
    )


def too_many_at_once(removed: int, active: int) -> bool:
    """Whether so many readers gone in a day are more likely a broken mail server of ours than theirs.

    `active` are those before any of them went.
    """
    return removed > max(3, active // 10)


def _plain(address: str) -> str:
    local, _, host = address.strip().rpartition("@")
    try:
        return f"{local.lower()}@{host.encode('idna').decode('ascii').lower()}"
    except UnicodeError:
        return f"{local.lower()}@{host.lower()}"
