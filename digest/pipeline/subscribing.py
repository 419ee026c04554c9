"""Subscribers come, change and go: by command, or as `config.yaml` lists them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.errors import NotFoundError, UsageError
from digest.model import Interest, Origin, Preferences, Subscriber, SubscriberStatus
from digest.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A subscriber as somebody wants them to be."""

    name: str
    address: str | None
    preferences: Preferences
    interests: tuple[Interest, ...]


def subscribe(transaction: Transaction, wish: Wish, *, origin: Origin, now: datetime) -> Subscriber:
    """Add a subscriber; one who left before comes back with the new wishes and the old ledger.

    Raises `UsageError` when the name or address is taken.
    """
    known = _known(transaction, wish)
    if known is None:
        return transaction.subscribers.add(
            name=wish.name,
            address=wish.address,
            preferences=wish.preferences,
            interests=wish.interests,
            # 192 random bits: the personal feed's address is its only key
            feed_token=secrets.token_urlsafe(24),
            origin=origin,
            created_at=now,
        )
    if known.status is SubscriberStatus.ACTIVE:
        raise UsageError(f"{known.name} is a subscriber already; `digest subscribers edit` changes them")
    back = replace(_changed(known, wish), status=SubscriberStatus.ACTIVE, origin=origin)
    transaction.subscribers.save(back)
    return back


def apply_list(transaction: Transaction, wishes: Sequence[Wish], now: datetime) -> None:
    """Make the subscribers of `config.yaml` those of `wishes`.

    Whoever is no longer listed gets nothing more. Whoever unsubscribed, bounced or complained while
    listed stays so: a list does not overrule a person.
    """
    listed: set[int] = set()
    for wish in wishes:
        known = _known(transaction, wish)
        if known is None:
            listed.add(subscribe(transaction, wish, origin=Origin.CONFIG, now=now).id)
            continue
        listed.add(known.id)
        dropped = known.origin is Origin.COMMAND and known.status is SubscriberStatus.UNSUBSCRIBED
        status = SubscriberStatus.ACTIVE if dropped else known.status
        wanted = replace(_changed(known, wish), status=status, origin=Origin.CONFIG)
        if wanted != known:
            transaction.subscribers.save(wanted)
    for subscriber in transaction.subscribers.all():
        if subscriber.origin is Origin.CONFIG and subscriber.id not in listed:
            gone = replace(subscriber, origin=Origin.COMMAND, status=SubscriberStatus.UNSUBSCRIBED)
            transaction.subscribers.save(gone)


def change(transaction: Transaction, subscriber: Subscriber, wish: Wish) -> Subscriber:
    """Write a subscriber's new wishes; raises `UsageError` when the new name or address is taken."""
    other = _known(transaction, wish, besides=subscriber.id)
    if other is not None:
        raise UsageError(f"{other.name} has this name or address already")
    changed = _changed(subscriber, wish)
    transaction.subscribers.save(changed)
    return changed


def leave(transaction: Transaction, subscriber: Subscriber, *, forget: bool) -> None:
    """Send a subscriber nothing more; `forget` also deletes everything kept about them."""
    if forget:
        transaction.subscribers.forget(subscriber)
    else:
        transaction.subscribers.save(replace(subscriber, status=SubscriberStatus.UNSUBSCRIBED))


def find(transaction: Transaction, name_or_address: str | None) -> Subscriber:
    """The subscriber named, or the only active one; raises `NotFoundError` when that is not clear."""
    if name_or_address is not None:
        found = transaction.subscribers.find(name_or_address)
        if found is None:
            raise NotFoundError(
                f"no subscriber has the address or name {name_or_address!r}; see `digest subscribers list`"
            )
        return found
    active = transaction.subscribers.active()
    if len(active) == 1:
        return active[0]
    if not active:
        raise NotFoundError("there are no subscribers yet; `digest subscribers add` adds one")
    raise NotFoundError(f"there are {len(active)} subscribers; name one of them by address or name")


def _known(transaction: Transaction, wish: Wish, besides: int | None = None) -> Subscriber | None:
    for name in (wish.address, wish.name):
        found = transaction.subscribers.find(name) if name else None
        if found is not None and found.id != besides:
            return found
    return None


def _changed(subscriber: Subscriber, wish: Wish) -> Subscriber:
    return replace(
        subscriber,
        name=wish.name,
        address=wish.address,
        preferences=wish.preferences,
        interests=wish.interests,
    )
