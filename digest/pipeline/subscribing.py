"""Subscribers come, change and go: by command, or as `config.yaml` lists them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest import tokens
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


def subscribe(
    transaction: Transaction,
    wish: Wish,
    *,
    origin: Origin,
    now: datetime,
    despite_complaint: bool = False,
) -> Subscriber:
    """Add a subscriber; one who left before comes back with the new wishes and the old ledger.

    Raises `UsageError` when the name or address is taken, and for who complained unless
    `despite_complaint`: their provider counts what is sent to them against the sender.
    """
    known = _known(transaction, wish)
    _heed_complaint(transaction, wish, known, despite=despite_complaint)
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
    back = replace(_changed(known, wish), status=SubscriberStatus.ACTIVE, origin=origin, status_reason=None)
    transaction.subscribers.save(back)
    transaction.returns.forgive(back.id)
    return back


def _heed_complaint(transaction: Transaction, wish: Wish, known: Subscriber | None, *, despite: bool) -> None:
    """Refuse an address whose reader complained; also one whose entry was deleted since."""
    digest = _digest_of(transaction, wish.address)
    forgotten = digest is not None and transaction.returns.is_suppressed(digest)
    if not forgotten and (known is None or known.status is not SubscriberStatus.COMPLAINED):
        return
    if not despite:
        raise UsageError(
            f"{wish.address or wish.name} complained about mails from here and is sent nothing more; if they "
            "asked to come back, say --despite-complaint"
        )
    if digest is not None:
        transaction.returns.unsuppress(digest)


def _digest_of(transaction: Transaction, address: str | None) -> str | None:
    """What a complaint is kept by once its entry is deleted."""
    keys = transaction.instance.secrets()
    if address is None or not keys:
        return None
    return tokens.address_digest(address, tokens.KeyRing(secrets=keys, current=max(keys)))


def apply_list(transaction: Transaction, wishes: Sequence[Wish], now: datetime) -> None:
    """Make the subscribers of `config.yaml` those of `wishes`.

    Whoever is no longer listed gets nothing more, and comes back when listed again. Whoever
    unsubscribed by themselves, bounced or complained stays so: a list does not overrule a person.
    Raises `UsageError` for a name that somebody else has.
    """
    book = transaction.subscribers
    everyone = book.all()
    known = _matched(everyone, wishes)
    wanted = {k.id: _listed(k, wish) for k, wish in zip(known, wishes, strict=True) if k}
    names = {wish.name for wish in wishes}
    for one in everyone:
        if one.id not in wanted:
            _step_aside(transaction, one, names)
    changed = [wanted[s.id] for s in everyone if wanted.get(s.id, s) != s]
    # a name may go from one to another, and nobody may hold it twice in between
    for one in changed:
        book.save(replace(one, name=one.feed_token))
    for one in changed:
        book.save(one)
    for found, wish in zip(known, wishes, strict=True):
        if found is None:
            _add_listed(transaction, wish, now)


def _add_listed(transaction: Transaction, wish: Wish, now: datetime) -> None:
    """Somebody new on the list; who complained and was forgotten since is listed, and sent nothing."""
    digest = _digest_of(transaction, wish.address)
    suppressed = digest is not None and transaction.returns.is_suppressed(digest)
    new = subscribe(transaction, wish, origin=Origin.CONFIG, now=now, despite_complaint=True)
    if suppressed:
        transaction.subscribers.stop(new.id, SubscriberStatus.COMPLAINED, reason="complaint", now=now)


def _step_aside(transaction: Transaction, one: Subscriber, names: Collection[str]) -> None:
    """Somebody whom the list does not hold: who came by command stays, the others get nothing more."""
    if one.status is SubscriberStatus.ACTIVE and one.origin is Origin.COMMAND:
        if one.name in names:
            raise UsageError(f"the configuration lists {one.name}, a name that another subscriber has")
        return
    left = one
    if one.status is SubscriberStatus.ACTIVE:
        left = replace(one, origin=Origin.COMMAND, status=SubscriberStatus.UNSUBSCRIBED)
    if one.name in names:
        left = replace(left, name=f"{one.name} ({one.id})")
    if left != one:
        transaction.subscribers.save(left)


def _matched(everyone: Sequence[Subscriber], wishes: Sequence[Wish]) -> list[Subscriber | None]:
    """Whom each wish is about: by address, or by name where no wish has that one's address.

    Somebody active who came by command keeps their address, whatever name a list uses.
    """
    by_address = {s.address.lower(): s for s in everyone if s.address}
    found = [by_address.get(wish.address.lower()) if wish.address else None for wish in wishes]
    taken = {s.id for s in found if s}
    by_name = {
        s.name: s
        for s in everyone
        if s.id not in taken
        and not (s.origin is Origin.COMMAND and s.status is SubscriberStatus.ACTIVE and s.address)
    }
    return [one or by_name.get(wish.name) for one, wish in zip(found, wishes, strict=True)]


def _listed(known: Subscriber, wish: Wish) -> Subscriber:
    left = known.status is SubscriberStatus.UNSUBSCRIBED
    dropped = left and known.origin is Origin.COMMAND and known.status_reason is None
    status = SubscriberStatus.ACTIVE if dropped else known.status
    return replace(_changed(known, wish), status=status, origin=Origin.CONFIG)


def change(transaction: Transaction, subscriber: Subscriber, wish: Wish) -> Subscriber:
    """Write a subscriber's new wishes; raises `UsageError` when the new name or address is taken."""
    other = _known(transaction, wish, besides=subscriber.id)
    if other is not None:
        raise UsageError(f"{other.name} has this name or address already")
    changed = _changed(subscriber, wish)
    transaction.subscribers.save(changed)
    return changed


def stop(transaction: Transaction, subscriber: Subscriber) -> None:
    """Send an active subscriber nothing more; what is kept about them stays."""
    if subscriber.status is SubscriberStatus.ACTIVE:
        transaction.subscribers.save(replace(subscriber, status=SubscriberStatus.UNSUBSCRIBED))


def leave(transaction: Transaction, subscriber: Subscriber, *, forget: bool) -> None:
    """Send a subscriber nothing more, and delete their feedback and what was learned from it.

    `forget` also deletes everything else that is kept about them; of who complained a keyed digest of the
    address stays, so that nobody adds it again unawares.
    """
    if forget:
        digest = _digest_of(transaction, subscriber.address)
        if subscriber.status is SubscriberStatus.COMPLAINED and digest is not None:
            transaction.returns.suppress(digest, since=subscriber.created_at)
        transaction.subscribers.forget(subscriber)
    else:
        transaction.feedback.forget(subscriber.id)
        transaction.learned.put(subscriber.id, None)
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
