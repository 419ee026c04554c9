"""Complaints of readers, as their providers send them (RFC 5965, RFC 9477, and older habits)."""

from __future__ import annotations

from typing import Final

from digest.model import ReturnKind
from digest.returns.mime import Part
from digest.returns.reports import address_in, blocks
from digest.returns.said import Said

FEEDBACK_TYPE: Final = "message/feedback-report"

_KINDS: Final = {
    "abuse": ReturnKind.COMPLAINT,
    # a reader took the mail for a fraud
    "fraud": ReturnKind.COMPLAINT,
    "opt-out": ReturnKind.UNSUBSCRIBE,
    "opt-out-list": ReturnKind.UNSUBSCRIBE,
    "not-spam": ReturnKind.NOTICE,
    "auth-failure": ReturnKind.NOTICE,
    "miscategorized": ReturnKind.NOTICE,
}


def feedback(report: Part) -> Said:
    """What a feedback report says. Types that nobody defined are for a person to read."""
    fields = next(iter(blocks(report.block())), {})
    kind = _KINDS.get(fields.get("feedback-type", "").lower(), ReturnKind.UNKNOWN)
    named = ("original-rcpt-to", "removal-recipient")
    recipient = next((a for name in named if (a := address_in(fields.get(name, "")))), None)
    detail = f"feedback-type: {fields.get('feedback-type', 'none')}"
    return Said(kind=kind, recipient=recipient, detail=detail)


def feedback_senders(report: Part) -> list[str]:
    """Envelope senders of the mail that a feedback report speaks of."""
    return [a for fields in blocks(report.block()) if (a := address_in(fields.get("original-mail-from", "")))]


def older_complaint(mail: Part) -> Said | None:
    """A complaint without a report: Microsoft's junk mail reporting, and X-ARF."""
    holds_mail = any(part.type == "message/rfc822" for part in mail.parts())
    told = mail.header("subject").lower().startswith("complaint about message from")
    flagged = mail.header("x-xarf") or mail.header("x-arf").lower() == "yes"
    if holds_mail and (told or flagged):
        return Said(kind=ReturnKind.COMPLAINT, detail=mail.header("subject"))
    return None
