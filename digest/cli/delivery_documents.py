"""Deliveries as JSON documents; see `documents.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digest.model import Delivery, Step
    from digest.pipeline import reconciling, settling
    from digest.store import DeliveryEntry, EditionCounts


def edition_counts(value: EditionCounts) -> dict[str, Any]:
    """What became of an edition's mails."""
    return {
        "edition": value.edition,
        "frozen": value.frozen,
        "counts": {state.value: count for state, count in value.counts.items() if count},
    }


def delivery(value: Delivery) -> dict[str, Any]:
    """Whose mail it is, and which."""
    return {"recipient": value.recipient, "edition": value.edition, "message_id": value.message_id}


def delivery_entry(value: DeliveryEntry) -> dict[str, Any]:
    """Everything that an operator asks about a delivery."""
    found = value.delivery
    return {
        **delivery(found),
        "subject": value.subject,
        "state": found.state,
        "attempts": found.attempts,
        "created_at": found.created_at,
        "updated_at": value.updated_at,
        "transmitted_at": found.transmitted_at,
        "accepted_at": found.accepted_at,
        "next_attempt": found.next_attempt if found.state.value in _WAITING else None,
        "expires_at": found.expires_at,
        "code": found.code,
        "last_error": found.last_error,
        "queue_id": found.queue_id,
        "settled_by": found.settled_by,
        "bytes_dropped_at": value.dropped_at,
        "subscriber_status": value.status,
    }


_WAITING = ("queued", "claimed", "deferred")


def resend_report(value: settling.ResendReport) -> dict[str, Any]:
    """Which mails of an edition are sent again, and which are not."""
    return {
        "edition": value.edition,
        "before": {state.value: count for state, count in value.counts.items() if count},
        "again": [{**delivery(d), "was": d.state} for d in value.again],
        "left_out": [{**delivery(o.delivery), "was": o.delivery.state, "why": o.why} for o in value.left_out],
    }


def settle_report(value: settling.SettleReport) -> dict[str, Any]:
    """How doubts ended."""
    return {"settled": [_settled(*each) for each in value.settled]}


def _settled(found: Delivery, step: Step) -> dict[str, Any]:
    return {**delivery(found), "state": step.state, "why": step.last_error}


def reconcile_report(value: reconciling.ReconcileReport) -> dict[str, Any]:
    """What a log says of the mails in doubt."""
    return {
        "mails": [_reconciled(mail) for mail in value.mails],
        "lines": value.lines,
        "problems": value.problems,
    }


def _reconciled(value: reconciling.Reconciled) -> dict[str, Any]:
    return {
        **delivery(value.delivery),
        "fate": value.fate,
        "why": value.why,
        "state": value.step.state if value.step else value.delivery.state,
        "taken_at": value.taken_at,
        "returned": value.returned,
    }
