"""Take back: read the mails of a mailbox, and do what each one proves.

First everything is planned, in a view that changes nothing: bounces that would remove too many
readers at once are left where they are, because then the mail server is broken and not its readers'
mailboxes. Then each mail is counted in a transaction together with what it does, and put away only
after its commit: a crash in between makes it be read again, and known by its fingerprint.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from digest import returns, tokens
from digest.errors import MailboxError
from digest.model import Incoming, Returned, ReturnKind, SubscriberStatus
from digest.pipeline.ports import Progress, Store, silent
from digest.pipeline.returning.proving import Proven, prove
from digest.pipeline.returning.report import ReturnedMail, ReturnReport
from digest.ports import Mailbox
from digest.store import Transaction

#: mails in one reading; the rest is read the next time
MOST: Final = 2_000
#: mails in one transaction
_BATCH: Final = 50
#: how long what came back is remembered
_KEPT: Final = timedelta(days=400)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    incoming: Incoming
    fingerprint: str
    returned: Returned


def take_back(
    store: Store,
    mailbox: Mailbox,
    *,
    now: datetime,
    policy: returns.ReturnPolicy,
    many: bool = False,
    progress: Progress = silent,
) -> ReturnReport:
    """Read what came back, remove whom it proves to be gone or to have said no, and put the mails away.

    `many` does so however many readers go. In a rehearsal nothing is put away. Whatever is wrong with
    the mailbox is in the report, beside what was read before.
    """
    mails, problem = _read(mailbox, progress)
    report = _do(store, mails, now=now, policy=policy, many=many, mailbox=mailbox)
    if store.lasting and mails:
        with store.write() as transaction:
            transaction.returns.drop(now - _KEPT)
    return replace(report, problem=problem or report.problem, more=len(mails) == MOST)


def _read(mailbox: Mailbox, progress: Progress) -> tuple[list[_Mail], str | None]:
    found: list[_Mail] = []
    try:
        for number, incoming in enumerate(islice(mailbox.mails(), MOST)):
            progress("reading mails", number, number + 1)
            found.append(_understood(incoming))
    except MailboxError as error:
        return found, str(error)
    return found, None


def _understood(incoming: Incoming) -> _Mail:
    fingerprint = hashlib.sha256(incoming.head)
    fingerprint.update(str(incoming.size).encode("ascii"))
    return _Mail(
        # the bytes have said what they had to say, and a mailbox may hold many
        incoming=replace(incoming, head=b""),
        fingerprint=fingerprint.hexdigest(),
        returned=returns.read(incoming.head, envelope=incoming.envelope),
    )


def _do(
    store: Store,
    mails: Sequence[_Mail],
    *,
    now: datetime,
    policy: returns.ReturnPolicy,
    many: bool,
    mailbox: Mailbox,
) -> ReturnReport:
    held = set() if many else _too_many(store, mails, now, policy)
    done: list[ReturnedMail] = []
    for batch in _batches(mails):
        with store.write() as transaction:
            keys = _keys(transaction)
            some = [_one(transaction, m, keys, now, policy, hold=m.fingerprint in held) for m in batch]
        done += some
        if store.lasting and (problem := _put_away(mailbox, batch, some)):
            return ReturnReport(mails=tuple(done), problem=problem)
    return ReturnReport(mails=tuple(done))


def _too_many(store: Store, mails: Sequence[_Mail], now: datetime, policy: returns.ReturnPolicy) -> set[str]:
    """The fingerprints of the bounces that would remove somebody, where those are too many."""
    with store.read() as transaction:
        keys = _keys(transaction)
        removing: dict[str, int] = {}
        for mail in mails:
            proven = prove(transaction, mail.returned, keys)
            if proven and not transaction.returns.is_known(mail.fingerprint):
                verdict = _verdict(transaction, mail.returned, proven, now, policy)[1]
                if verdict.status is SubscriberStatus.BOUNCED:
                    removing[mail.fingerprint] = proven.subscriber.id
        too_many = would_be_too_many(transaction, len(set(removing.values())), now)
    return set(removing) if too_many else set()


def would_be_too_many(transaction: Transaction, removed: int, now: datetime) -> bool:
    """Whether bounces would have removed too many readers within a day, with `removed` more of them."""
    if not removed:
        return False
    gone = transaction.returns.bounced_since(now - _DAY)
    active = transaction.subscribers.count_by_status().get(SubscriberStatus.ACTIVE.value, 0)
    return returns.too_many_at_once(gone + removed, active + gone)


def _one(
    transaction: Transaction,
    mail: _Mail,
    keys: tokens.KeyRing,
    now: datetime,
    policy: returns.ReturnPolicy,
    *,
    hold: bool,
) -> ReturnedMail:
    """Count one mail and do what it proves."""
    returned, book = mail.returned, transaction.returns
    proven = prove(transaction, returned, keys)
    found = ReturnedMail(
        place=mail.incoming.place,
        kind=returned.kind,
        recipient=proven.subscriber.address or proven.subscriber.name if proven else returned.recipient,
        status=returned.status,
        detail=returned.detail,
        proven=proven is not None,
    )
    if book.is_known(mail.fingerprint):
        return replace(found, again=True, why="counted before")
    if hold:
        return replace(found, held=True, why="too many at once")
    if proven is None:
        # what people write is nobody's business here
        book.note(mail.fingerprint, returned.kind, status=returned.status, now=now)
        return replace(found, why=_unproven(returned))
    kind, verdict = _verdict(transaction, returned, proven, now, policy)
    book.note(
        mail.fingerprint,
        kind,
        subscriber_id=proven.subscriber.id,
        delivery_id=proven.delivery_id,
        status=returned.status,
        detail=returned.detail if kind is not ReturnKind.UNKNOWN else "",
        now=now,
    )
    apply(transaction, proven.subscriber.id, verdict, now)
    return replace(found, kind=kind, became=verdict.status, why=verdict.reason)


def _verdict(
    transaction: Transaction, returned: Returned, proven: Proven, now: datetime, policy: returns.ReturnPolicy
) -> tuple[ReturnKind, returns.Verdict]:
    kind = returns.counts_as(returned, proven.subscriber)
    return kind, verdict_on(transaction, kind, proven, status=returned.status, now=now, policy=policy)


def verdict_on(
    transaction: Transaction,
    kind: ReturnKind,
    proven: Proven,
    *,
    status: str | None,
    now: datetime,
    policy: returns.ReturnPolicy,
) -> returns.Verdict:
    """What one more return of this kind does to the subscriber, with all that came back before."""
    subscriber = proven.subscriber
    return returns.judge(
        kind,
        subscriber,
        transaction.returns.of(subscriber.id, now - policy.memory),
        status=status,
        arrived=transaction.returns.arrived(subscriber.id, now - policy.silence),
        now=now,
        policy=policy,
    )


def apply(transaction: Transaction, subscriber_id: int, verdict: returns.Verdict, now: datetime) -> None:
    """Write the status that a verdict gives, if it gives one."""
    match verdict.status:
        case None:
            return
        case SubscriberStatus.UNSUBSCRIBED:
            transaction.subscribers.unsubscribe(subscriber_id, reason=verdict.reason, now=now)
        case status:
            transaction.subscribers.stop(subscriber_id, status, reason=verdict.reason, now=now)


def _unproven(returned: Returned) -> str:
    match returned.kind:
        case ReturnKind.UNSUBSCRIBE:
            return "asks to leave without a genuine token: for you to read"
        case ReturnKind.UNKNOWN:
            return "for you to read"
        case ReturnKind.HARD | ReturnKind.SOFT | ReturnKind.BLOCK | ReturnKind.COMPLAINT:
            return "nothing in it proves which mail of ours it is about"
        case _:
            return ""


def _put_away(mailbox: Mailbox, batch: Iterable[_Mail], done: Iterable[ReturnedMail]) -> str | None:
    """Put away what was counted; what is wrong with that."""
    try:
        for mail, result in zip(batch, done, strict=True):
            if not result.held:
                mailbox.put_away(mail.incoming, understood=not result.for_a_person)
    except MailboxError as error:
        with suppress(MailboxError):
            mailbox.close()
        return str(error)
    return None


def _batches(mails: Sequence[_Mail]) -> Iterable[Sequence[_Mail]]:
    for start in range(0, len(mails), _BATCH):
        yield mails[start : start + _BATCH]


def _keys(transaction: Transaction) -> tokens.KeyRing:
    secrets = transaction.instance.secrets()
    return tokens.KeyRing(secrets=secrets, current=max(secrets))
