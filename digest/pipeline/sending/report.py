"""What became of the messages whose turn it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from digest import exits
from digest.model import Delivery, DeliveryState
from digest.pipeline.returning.report import ReturnedMail

#: so many messages are named in a report, however many were sent
_NAMED = 1_000
_FAILED = (DeliveryState.DEFERRED, DeliveryState.REFUSED, DeliveryState.IN_DOUBT, DeliveryState.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One message that was dealt with."""

    recipient: str
    edition: str
    state: DeliveryState
    #: the server's words where it was not accepted
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverReport:
    """What became of the messages whose turn it was."""

    #: those that were named: the first thousand of those accepted, and of the others
    deliveries: tuple[Delivered, ...]
    #: how many messages ended in each state
    counts: Counter[DeliveryState]
    #: why sending stopped before the end, where it did
    stopped: str | None
    #: what no run may leave behind: see `alarms.py`
    alarms: tuple[str, ...] = ()
    #: whether it was told to end before everything was sent
    interrupted: bool = False
    #: until when the limits leave the rest waiting, where they do
    paced_until: datetime | None = None
    #: readers who get no more mails, because the server refused their address for good
    removed: tuple[ReturnedMail, ...] = ()

    def count(self, state: DeliveryState) -> int:
        """How many messages ended in `state`."""
        return self.counts[state]

    @property
    def failed(self) -> bool:
        """Whether some message failed or is in doubt, or the way out is down."""
        return any(self.counts[s] for s in _FAILED) or self.stopped is not None or bool(self.alarms)

    @property
    def exit_code(self) -> int:
        """See `digest.exits`."""
        if self.failed:
            return exits.DELIVERY
        return exits.STOPPED if self.interrupted else exits.DONE

    @property
    def problem_lines(self) -> list[str]:
        """One line for each message that was not handed over, but should have been."""
        named = [d for d in self.deliveries if d.state in _FAILED]
        lines = [
            f"{d.recipient}, edition {d.edition}: {d.state.value.replace('_', ' ')}: {d.detail}"
            for d in named
        ]
        bad = sum(self.counts[s] for s in _FAILED)
        if bad > len(named):
            lines.append(f"and {bad - len(named):,} more: digest deliveries")
        if self.stopped and not lines:
            lines.append(f"sending stopped: {self.stopped}")
        if self.interrupted:
            lines.append("stopped before everything was sent; the rest goes with the next run")
        gone = [f"{m.recipient} gets no more mails: {m.why}" for m in self.removed]
        return [*self.alarms, *lines, *gone]


@dataclass(slots=True)
class Tally:
    """Gathers a report in bounded memory."""

    counts: Counter[DeliveryState] = field(default_factory=Counter)
    stopped: str | None = None
    paced_until: datetime | None = None
    removed: list[ReturnedMail] = field(default_factory=list)
    _fine: list[Delivered] = field(default_factory=list)
    _others: list[Delivered] = field(default_factory=list)

    def add(self, delivery: Delivery, state: DeliveryState, detail: str | None) -> None:
        """Note one message's end."""
        self.counts[state] += 1
        named = self._others if state in _FAILED else self._fine
        if len(named) < _NAMED:
            named.append(
                Delivered(recipient=delivery.recipient, edition=delivery.edition, state=state, detail=detail)
            )

    def report(self, *, alarms: tuple[str, ...] = (), interrupted: bool = False) -> DeliverReport:
        """What was gathered."""
        return DeliverReport(
            deliveries=(*self._fine, *self._others),
            counts=self.counts,
            stopped=self.stopped,
            alarms=alarms,
            interrupted=interrupted,
            paced_until=self.paced_until,
            removed=tuple(self.removed),
        )
