"""Print: one issue rendered, encoded and signed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from digest import deliver, render, tokens
from digest.model import Issue, Message, Subscriber
from digest.pipeline.house import House, MailIdentity
from digest.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """An issue as really shown, with its mail where the subscriber reads by mail."""

    issue: Issue
    message: Message | None = None
    parts: render.MailParts | None = None


def print_issue(issue: Issue, house: House, keys: tokens.KeyRing) -> Printed:
    """Render and encode one issue; raises `ValueError` for an address that no mail can go to.

    The message is not signed yet.
    """
    if not issue.subscriber.by_mail:
        return Printed(issue=issue)
    unsubscribe = _unsubscribe(issue.subscriber, house.mail, keys)
    shown, parts = render.mail(house.templates, issue, house.render, unsubscribe)
    domain = house.mail.from_address.rpartition("@")[2]
    bounces = _bounces_to(issue.subscriber, house.mail, keys)
    envelope = render.Envelope(
        from_address=house.mail.from_address,
        from_name=house.mail.from_name,
        to_address=issue.subscriber.address or "",
        sender=bounces,
        # who does not sign cannot ask for complaints: nobody would believe it (RFC 9477 3.1)
        complaints=bounces if house.mail.signers else None,
        message_id=tokens.message_id(issue.edition.key, issue.subscriber.id, domain, keys),
        date=issue.composed_at,
        list_name=house.mail.title,
        list_id=house.mail.list_id,
        list_owner=f"mailto:{house.mail.unsubscribe_address}",
        list_help=f"mailto:{house.mail.unsubscribe_address}?subject=help",
        unsubscribe=unsubscribe,
    )
    return Printed(issue=shown, message=render.encode(parts, envelope), parts=parts)


def signed(message: Message, mail: MailIdentity) -> Message:
    """`message` signed by every key there is."""
    if not mail.signers:
        return message
    return replace(message, data=deliver.sign(message.data, mail.signers))


def key_ring(transaction: Transaction) -> tokens.KeyRing:
    """The database's secrets; the newest version signs."""
    return tokens.KeyRing.of(transaction.instance.secrets())


def _unsubscribe(subscriber: Subscriber, mail: MailIdentity, keys: tokens.KeyRing) -> render.Unsubscribe:
    token = tokens.sign(tokens.Purpose.UNSUBSCRIBE, subscriber.id, keys)
    return render.Unsubscribe(
        mailto=f"mailto:{mail.unsubscribe_address}?subject=unsubscribe%20{token}",
        url=f"{mail.base_url}/u/{token}" if mail.base_url else None,
    )


def _bounces_to(subscriber: Subscriber, mail: MailIdentity, keys: tokens.KeyRing) -> str | None:
    """The sender of this subscriber's mails, by which a bounce is known (VERP); `None` without an address."""
    return mail.bounce_address and tokens.bounce_address(mail.bounce_address, subscriber.id, keys)
