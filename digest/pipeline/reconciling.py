"""Settle doubt by the mail server's own log.

Taken is a mail that the log shows in the server's queue; its row becomes accepted. Not taken is one of
which the log says so (its connection was lost within its text, or it was turned away), and one that
is nowhere in a log that would show it: ours by another mail in it, and without a gap from before the
mail was begun until long after. It is sent again as long as it is news. Everything else stays in
doubt, with what is lacking.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from digest.deliver import RetryPolicy
from digest.maillog import Findings, Log, Stamps, Trace, read_logs
from digest.model import Delivery, DeliveryState, Step
from digest.pipeline.ports import Store
from digest.pipeline.sending.left_behind import RESTORED
from digest.pipeline.settling import in_doubt, not_taken, taken
from digest.store import Chosen, DeliveryEntry

#: in `Delivery.settled_by`
MAILLOG = "maillog"
#: how far the server's clock may be off
_BEFORE = timedelta(minutes=5)
#: how long after its beginning a mail may still be taken: the longest waits of RFC 5321 4.5.3.2 and more
_AFTER = timedelta(minutes=30)
#: so long before UTC a day begins in the first of all time zones
_FIRST_ZONE = timedelta(hours=14)
_UNDELIVERED = ("bounced", "expired")


class Fate(StrEnum):
    """What a log says of a mail in doubt."""

    TAKEN = "taken"
    NOT_TAKEN = "not_taken"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """One mail in doubt, and what the log says of it."""

    delivery: Delivery
    fate: Fate
    #: what in the log says so, or what is lacking
    why: str
    #: its new state; `None` where it stays in doubt
    step: Step | None
    #: when the server took it, as its log says
    taken_at: datetime | None = None
    #: what became of it afterwards, where it came back
    returned: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileReport:
    """What logs say of all mails in doubt."""

    mails: tuple[Reconciled, ...]
    #: lines read
    lines: int
    #: files that could not be read to their end
    problems: tuple[str, ...]

    @property
    def taken(self) -> int:
        """How many the server took."""
        return self._count(Fate.TAKEN)

    @property
    def unclear(self) -> int:
        """How many stay in doubt."""
        return self._count(Fate.UNCLEAR)

    @property
    def expired(self) -> int:
        """How many were not taken and are too old to be sent again."""
        return sum(m.step is not None and m.step.state is DeliveryState.EXPIRED for m in self.mails)

    @property
    def again(self) -> int:
        """How many were not taken and are sent again."""
        return self._count(Fate.NOT_TAKEN) - self.expired

    def _count(self, fate: Fate) -> int:
        return sum(mail.fate is fate for mail in self.mails)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulted:
    """Logs that were read, and for which mails."""

    findings: Findings
    #: ids of deliveries
    asked: frozenset[int]


def consult(store: Store, logs: Sequence[Log], *, now: datetime, zone: tzinfo | None = None) -> Consulted:
    """Read `logs` for the mails that are in doubt, or will be once it is looked what a killed run left.

    `zone` is that of the logs' clock, this machine's where not given.
    """
    with store.read() as transaction:
        wanted = transaction.deliveries.unfinished()

    def is_ours(message_ids: Collection[str]) -> bool:
        with store.read() as transaction:
            return transaction.deliveries.known(message_ids)

    findings = read_logs(
        logs if wanted else (),
        wanted,
        stamps=Stamps(now, zone),
        domains={message_id.rpartition("@")[2].rstrip(">") for message_id in wanted},
        is_ours=is_ours,
    )
    return Consulted(findings=findings, asked=frozenset(wanted.values()))


def reconcile(store: Store, consulted: Consulted, *, now: datetime, policy: RetryPolicy) -> ReconcileReport:
    """Settle those mails in doubt of which the logs say enough."""
    findings = consulted.findings
    with store.write() as transaction:
        doubts = [e for e in in_doubt(transaction, Chosen()) if e.delivery.id in consulted.asked]
        mails = [judged(entry, findings, now, policy) for entry in doubts]
        transaction.deliveries.settle_doubt(
            ((m.delivery, m.step, m.taken_at) for m in mails if m.step), by=MAILLOG, now=now
        )
    return ReconcileReport(mails=tuple(mails), lines=findings.lines, problems=findings.problems)


def judged(entry: DeliveryEntry, findings: Findings, now: datetime, policy: RetryPolicy) -> Reconciled:
    """What the logs say of one mail."""
    delivery = entry.delivery
    traces = findings.traces.get(delivery.message_id, ())
    if any(trace.taken for trace in traces):
        return _taken(delivery, traces, findings.stamps, now)
    fate, why = _negative(entry, traces, findings)
    step = not_taken(delivery, f"the server did not take it: {why}", now, policy)
    return Reconciled(delivery=delivery, fate=fate, why=why, step=step if fate is Fate.NOT_TAKEN else None)


def _taken(delivery: Delivery, traces: Sequence[Trace], stamps: Stamps, now: datetime) -> Reconciled:
    first = next(trace for trace in traces if trace.taken)
    at = stamps.moment(first.taken or b"") or now
    last = next((t for t in reversed(traces) if t.fate), None)
    words = f"{last.fate[0]} {last.fate[1]}".strip() if last and last.fate else ""
    came_back = bool(last and last.fate and last.fate[0] in _UNDELIVERED)
    return Reconciled(
        delivery=delivery,
        fate=Fate.TAKEN,
        why=f"queued as {first.queue_id}" + (f": {words}" if words else ""),
        step=taken(delivery, f"queued as {first.queue_id} (the mail log)"),
        taken_at=min(at, now),
        returned=words if came_back else None,
    )


def _negative(entry: DeliveryEntry, traces: Sequence[Trace], findings: Findings) -> tuple[Fate, str]:
    """Whether a mail that is nowhere seen as taken was provably not, and why or why not."""
    start, end = _window(entry)
    if traces:
        moments = [findings.stamps.moment(trace.begun) for trace in traces]
        if unclear := next((t for t in traces if not (t.cut_off or t.turned_away)), None):
            return Fate.UNCLEAR, _unclear(unclear)
        if any(moment and start <= moment <= end for moment in moments):
            return Fate.NOT_TAKEN, _how_it_ended(traces[-1])
    if lacking := findings.coverage.lacks(start, end):
        return Fate.UNCLEAR, lacking
    if not (findings.ours or findings.traces):
        return (
            Fate.UNCLEAR,
            "the log shows no mail of digest's at all: is it that of the server mail.smtp.host?",
        )
    return Fate.NOT_TAKEN, f"it is not in the log from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"


def _window(entry: DeliveryEntry) -> tuple[datetime, datetime]:
    """From when to when the server may have taken a mail: for this a log must speak."""
    delivery = entry.delivery
    if delivery.transmitted_at is None or delivery.last_error == RESTORED:
        # before the copy was noticed, and since its edition's day began somewhere: the copy may have
        # forgotten the very issue, and composed it anew
        begun = datetime.combine(date.fromisoformat(delivery.edition), time.min, UTC) - _FIRST_ZONE
        return min(begun, delivery.created_at) - _BEFORE, entry.updated_at + _AFTER
    return delivery.transmitted_at - _BEFORE, delivery.transmitted_at + _AFTER


def _unclear(trace: Trace) -> str:
    if trace.set_aside:
        return f"the server put it aside as {trace.queue_id}: {trace.set_aside}"
    return f"the server began to receive it as {trace.queue_id}, and the log does not say how that ended"


def _how_it_ended(trace: Trace) -> str:
    if trace.turned_away:
        return f"turned away as {trace.queue_id}: {trace.turned_away}"
    return f"its connection was lost within its text, as {trace.queue_id}"
