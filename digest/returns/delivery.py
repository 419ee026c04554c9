"""Delivery status notifications (RFC 3464, RFC 6533), and refusals in the form of a receipt (RFC 8098)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from digest.model import ReturnKind
from digest.returns.mime import Part
from digest.returns.phrases import AFTER_DATA
from digest.returns.refusals import severity
from digest.returns.reports import Fields, address_in, blocks, code_in, status_in
from digest.returns.said import Said

STATUS_TYPES: Final = ("message/delivery-status", "message/global-delivery-status")
RECEIPT_TYPES: Final = ("message/disposition-notification", "message/global-disposition-notification")

_ARRIVED: Final = ("delivered", "relayed", "expanded")
#: where a report names several recipients the mildest counts: an address may lead to many, and one
#: that still works is enough
_MILDEST_FIRST: Final = (
    ReturnKind.NOTICE,
    ReturnKind.DELAYED,
    ReturnKind.BLOCK,
    ReturnKind.SOFT,
    ReturnKind.HARD,
)


def delivery_report(report: Part, human: str) -> Said | None:
    """What a delivery report says; `human` is its text for people. `None` if it names no recipient."""
    groups = [b for b in blocks(report.block()) if b.keys() & {"final-recipient", "action", "status"}]
    found = [_recipient(fields, human) for fields in groups]
    return min(found, key=lambda said: _MILDEST_FIRST.index(said.kind), default=None)


def _recipient(fields: Fields, human: str) -> Said:
    action = fields.get("action", "").lower()
    words = fields.get("diagnostic-code", "")
    words = words.partition(";")[2].strip() if ";" in words[:20] else words
    status = status_in(fields.get("status", "")) or status_in(words)
    recipient = _first_address(fields, ("final-recipient", "original-recipient", "x-actual-recipient"))
    kind = _kind(action, status, words, human)
    said = words or fields.get("status", "")
    return Said(kind=kind, status=status, code=code_in(f"{words} "), recipient=recipient, detail=said)


def _kind(action: str, status: str | None, words: str, human: str) -> ReturnKind:
    if action.startswith(_ARRIVED) or (status or "").startswith("2."):
        return ReturnKind.NOTICE
    if action.startswith("delay"):
        return ReturnKind.DELAYED
    after_data = bool(AFTER_DATA.search(human.lower()))
    code = code_in(f"{words} ")
    if _says_little(status, words):
        words, code = f"{words}\n{human}", code or code_in(human)
    kind = severity(status, code, words, after_data=after_data)
    # a report of a failure is one, even if it gives no reason: no reason is no proof of a dead address
    return ReturnKind.SOFT if kind is ReturnKind.UNKNOWN else kind


def _says_little(status: str | None, words: str) -> bool:
    """Whether the text for people is needed to understand the code."""
    return (status is None or status.endswith(".0.0")) and severity(None, None, words) is ReturnKind.UNKNOWN


def _first_address(fields: Fields, names: Sequence[str]) -> str | None:
    return next((a for name in names if (a := address_in(fields.get(name, "")))), None)


def receipt(report: Part, human: str) -> Said:
    """What a receipt says: read, deleted; or refused by a filter of the reader's server."""
    fields = next(iter(blocks(report.block())), {})
    recipient = _first_address(fields, ("final-recipient", "original-recipient"))
    kind = ReturnKind.NOTICE
    if "automatically rejected" in human.lower():
        kind = severity(None, None, human)
        # a filter that refuses this mail leaves the address as it was
        kind = ReturnKind.SOFT if kind is ReturnKind.SOFT else ReturnKind.BLOCK
    return Said(kind=kind, recipient=recipient, detail=human if kind is not ReturnKind.NOTICE else "")
