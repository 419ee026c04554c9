"""What becomes of a message after one attempt. Pure: it takes the outcome and `now`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.model import Delivery, DeliveryState, InDoubt, Outcome, OutcomeKind, Step, require_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How long to wait between attempts."""

    #: after the first failed attempt; doubled after each further one
    first: timedelta = timedelta(minutes=5)
    #: no wait is longer
    longest: timedelta = timedelta(hours=4)
    #: how long after `expires_at` the last attempt may still start, for a scheduler that comes late
    grace: timedelta = timedelta(hours=1)
    #: what becomes of a message whose answer was lost
    in_doubt: InDoubt = InDoubt.HOLD


def next_step(delivery: Delivery, outcome: Outcome, now: datetime, *, policy: RetryPolicy) -> Step:
    """The delivery's new state after an attempt that ended now with `outcome`.

    `delivery` is the value from before this attempt, so that its `attempts` is 0 for the first. A
    transient failure is tried again after a growing wait, for the last time at `expires_at`; what
    fails then has expired.
    """
    require_utc(now)
    attempts, code = delivery.attempts + 1, outcome.code
    match outcome.kind:
        case OutcomeKind.ACCEPTED:
            return Step(state=DeliveryState.ACCEPTED, attempts=attempts, queue_id=outcome.detail, code=code)
        case OutcomeKind.PERMANENT:
            return Step(state=DeliveryState.REFUSED, attempts=attempts, last_error=outcome.detail, code=code)
        case OutcomeKind.UNKNOWN:
            again = _on_the_minute(now + wait_after(attempts, policy))
            return _in_doubt(delivery, outcome.detail, now, policy, again)
        case OutcomeKind.TRANSIENT:
            return _after_failure(delivery, outcome, now, policy)


def cut_off(delivery: Delivery, now: datetime, *, policy: RetryPolicy, repeatable: bool) -> Step:
    """The step for a message that a dead worker left `transmitting`.

    `repeatable`: handing it over twice leaves one message, so that there is no doubt to keep.
    """
    reason = "the run that sent it was cut off before the server's answer"
    if repeatable:
        return Step(
            state=DeliveryState.QUEUED, attempts=delivery.attempts, next_attempt=now, last_error=reason
        )
    return _in_doubt(delivery, reason, now, policy, now)


def too_late(delivery: Delivery, now: datetime, *, policy: RetryPolicy) -> Step | None:
    """The step that ends a message too old to be news, to be asked before an attempt; or `None`.

    So that after a week without power nobody gets a week of old mail.
    """
    if require_utc(now) <= delivery.expires_at + policy.grace:
        return None
    return _expired(delivery, delivery.attempts, delivery.last_error)


def wait_after(attempts: int, policy: RetryPolicy) -> timedelta:
    """How long to wait after this many failed attempts (at least 1): doubling up to the longest."""
    # beyond 32 doublings any wait is the longest, and the number would grow without end
    doublings = min(max(attempts, 1) - 1, 32)
    return min(policy.first * (1 << doublings), policy.longest)


def _in_doubt(delivery: Delivery, why: str, now: datetime, policy: RetryPolicy, again: datetime) -> Step:
    attempts = delivery.attempts + 1
    if policy.in_doubt is InDoubt.HOLD:
        return Step(state=DeliveryState.IN_DOUBT, attempts=attempts, last_error=why)
    if now >= delivery.expires_at:
        return _expired(delivery, attempts, why)
    said = f"{why}; it is sent again and may arrive twice"
    return Step(state=DeliveryState.DEFERRED, attempts=attempts, next_attempt=again, last_error=said)


def _after_failure(delivery: Delivery, outcome: Outcome, now: datetime, policy: RetryPolicy) -> Step:
    attempts = delivery.attempts + 1
    if now >= delivery.expires_at:
        return _expired(delivery, attempts, outcome.detail)
    return Step(
        state=DeliveryState.DEFERRED,
        attempts=attempts,
        next_attempt=min(_on_the_minute(now + wait_after(attempts, policy)), delivery.expires_at),
        last_error=outcome.detail,
        code=outcome.code,
    )


def _on_the_minute(moment: datetime) -> datetime:
    """The beginning of that minute: cron and `digest serve` look then, and not a second later."""
    return moment.replace(second=0, microsecond=0)


def _expired(delivery: Delivery, attempts: int, error: str | None) -> Step:
    limit = f"not handed over by {delivery.expires_at:%Y-%m-%d %H:%M} UTC"
    reason = f"{limit}: {error}" if error else limit
    return Step(state=DeliveryState.EXPIRED, attempts=attempts, last_error=reason)
