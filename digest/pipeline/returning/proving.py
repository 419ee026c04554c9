"""Whom a returned mail is about: believed only with something in it that was signed or keyed here.

Three things are proof, the strongest first: the bounce address that a mail was sent with (VERP), its
Message-ID, and the token of its unsubscribe link. Each holds a keyed digest of 128 bits that only the
reader and the servers on the way have seen. Whoever shows one can end that reader's mails and nobody
else's; so can everybody to whom the reader forwards a mail with its unsubscribe link.
"""

from __future__ import annotations

from dataclasses import dataclass

from digest import tokens
from digest.model import Returned, ReturnKind, Subscriber
from digest.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """Whom a return is about, and which of their mails as far as it is known."""

    subscriber: Subscriber
    delivery_id: int | None


def prove(transaction: Transaction, returned: Returned, keys: tokens.KeyRing) -> Proven | None:
    """Whom `returned` is about; `None` without a proof, and for somebody who is forgotten."""
    delivery = transaction.returns.delivery_of(returned.message_ids)
    subscriber_id = _subscriber(returned, keys, delivery)
    subscriber = transaction.subscribers.get(subscriber_id) if subscriber_id is not None else None
    if subscriber is None:
        return None
    if delivery is not None and delivery[1] == subscriber.id:
        return Proven(subscriber=subscriber, delivery_id=delivery[0])
    return Proven(subscriber=subscriber, delivery_id=transaction.returns.latest_delivery(subscriber.id))


def _subscriber(returned: Returned, keys: tokens.KeyRing, delivery: tuple[int, int] | None) -> int | None:
    if returned.kind is ReturnKind.UNSUBSCRIBE and returned.token is not None:
        return tokens.verify(returned.token, tokens.Purpose.UNSUBSCRIBE, keys)
    if returned.kind is ReturnKind.UNSUBSCRIBE and not returned.is_report:
        # somebody's own words: what they quote is not what they ask for
        return None
    for address in (*returned.sent_to, *returned.senders):
        if (found := tokens.bounced_subscriber(address, keys)) is not None:
            return found
    if delivery is not None:
        return delivery[1]
    for token in returned.link_tokens:
        if (found := tokens.verify(token, tokens.Purpose.UNSUBSCRIBE, keys)) is not None:
            return found
    return None
