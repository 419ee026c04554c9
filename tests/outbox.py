"""Messages in an outbox, and how tests bring one from state to state."""

from dataclasses import replace
from datetime import timedelta

from digest.model import Message, Origin, Preferences, Step
from tests.builders import NOON, issue

EXPIRE_AFTER = timedelta(hours=36)
LEASE = timedelta(minutes=30)


def message(number=1, **facts):
    values = {
        "message_id": f"<{number}@digest.example>",
        "sender": "digest@digest.example",
        "recipient": "vision@reader.example",
        "subject": f"Größe {number}",
        "data": b"Subject: x\r\n\r\nBytes \x00\xff.\r\n" * 50,
    }
    return Message(**(values | facts))


def put_person(transaction, number):
    return transaction.subscribers.add(
        name=f"reader {number}",
        address=f"r{number}@reader.example",
        preferences=Preferences(),
        interests=(),
        feed_token=str(number),
        origin=Origin.COMMAND,
        created_at=NOON,
    )


def put_message(transaction, person, number, *, now=NOON, days=0, common=None, **facts):
    """A message of its own issue, frozen at `now`, of the edition `days` after today."""
    day = NOON.date() + timedelta(days=days)
    composed = issue(reader=person)
    composed = replace(composed, edition=replace(composed.edition, day=day))
    return transaction.outbox.put(
        message(number, **{"recipient": person.address} | facts),
        issue_id=transaction.issues.put(composed, cut={}, newest_paper=0),
        subscriber_id=person.id,
        edition=day,
        now=now,
        expire_after=EXPIRE_AFTER,
        common=common,
    )


def put_state(transaction, delivery, state, *, now=NOON, **facts):
    """Make a delivery's state `state`, as an attempt would."""
    values = {"attempts": delivery.attempts} | facts
    transaction.outbox.settle([(delivery, Step(state=state, **values))], now)


def claim(database, now=NOON, limit=99, worker="one", lease=LEASE):
    with database.write() as transaction:
        return transaction.outbox.claim(now, limit, worker=worker, lease=lease)


def states(database):
    """State → number of messages, those with any."""
    with database.read() as transaction:
        found = transaction.outbox.counts()
    return {state.value: count for state, count in found.items() if count}
