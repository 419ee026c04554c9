"""Returns in the store: each once, and what is known of a subscriber by them."""

from datetime import timedelta

import pytest

from digest.model import DeliveryState, ReturnKind, SubscriberStatus
from tests.builders import NOON
from tests.outbox import put_message, put_person, put_state

DAY = timedelta(days=1)
LONG_AGO = NOON - 1000 * DAY


@pytest.fixture
def book(database):
    """One open transaction with two readers."""
    with database.write() as transaction:
        put_person(transaction, 1)
        put_person(transaction, 2)
        yield transaction


def accepted(book, number, *, days, reader=0):
    """A mail that was taken so many days after today (negative: before)."""
    person = book.subscribers.all()[reader]
    moment = NOON + days * DAY
    delivery_id = put_message(book, person, number, now=moment, days=days)
    (delivery,) = [d for d in book.outbox.in_state(DeliveryState.QUEUED) if d.id == delivery_id]
    put_state(book, delivery, DeliveryState.ACCEPTED, now=moment)
    return delivery_id


def came_back(book, name, kind=ReturnKind.SOFT, *, days=0, reader=0, **facts):
    person = book.subscribers.all()[reader]
    return book.returns.note(name, kind, subscriber_id=person.id, now=NOON + days * DAY, **facts)


def test_the_same_mail_counts_once(book):
    first, again = came_back(book, "a"), came_back(book, "a", ReturnKind.HARD)

    assert (first, again) == (True, False)
    assert book.returns.is_known("a")
    assert not book.returns.is_known("b")
    assert [p.kind for p in book.returns.of(1, LONG_AGO)] == [ReturnKind.SOFT]


def test_what_came_back_is_told_for_each_reader_by_time(book):
    came_back(book, "new", days=2)
    came_back(book, "old", ReturnKind.BLOCK, days=-9)
    came_back(book, "other", reader=1)
    book.returns.note("nobody's", ReturnKind.UNKNOWN, now=NOON)

    assert [(p.kind, p.received_at) for p in book.returns.of(1, NOON - 9 * DAY)] == [
        (ReturnKind.BLOCK, NOON - 9 * DAY),
        (ReturnKind.SOFT, NOON + 2 * DAY),
    ]
    assert len(book.returns.of(1, NOON)) == 1
    assert book.returns.counts(NOON) == {ReturnKind.SOFT: 2, ReturnKind.UNKNOWN: 1}


def test_a_mail_arrived_when_it_was_taken_and_never_came_back(book):
    one, two, three = (accepted(book, n, days=days) for n, days in ((1, -30), (2, -20), (3, -1)))
    accepted(book, 9, days=-2, reader=1)

    assert book.returns.arrived(1, NOON - 7 * DAY) == NOON - 20 * DAY
    came_back(book, "two", delivery_id=two)
    assert book.returns.arrived(1, NOON - 7 * DAY) == NOON - 30 * DAY
    came_back(book, "one", ReturnKind.DELAYED, delivery_id=one)
    assert book.returns.arrived(1, NOON - 7 * DAY) == NOON - 30 * DAY
    came_back(book, "one for good", ReturnKind.BLOCK, delivery_id=one)
    assert book.returns.arrived(1, NOON - 7 * DAY) is None
    assert book.returns.latest_delivery(1) == three


def test_a_mail_that_is_still_on_its_way_has_not_arrived(book):
    put_message(book, book.subscribers.all()[0], 1, now=NOON - 30 * DAY, days=-30)

    assert book.returns.arrived(1, NOON) is None
    assert book.returns.latest_delivery(1) is None


def test_a_mail_is_found_by_its_message_id(book):
    accepted(book, 1, days=-2)
    theirs = accepted(book, 2, days=-1, reader=1)

    assert book.returns.delivery_of(["<nobody@x.example>", "<2@digest.example>"]) == (theirs, 2)
    assert book.returns.delivery_of(["<nobody@x.example>"]) is None
    assert book.returns.delivery_of([]) is None


def test_who_was_removed_by_bounces_lately_is_counted(book):
    book.subscribers.stop(1, SubscriberStatus.BOUNCED, reason="hard bounce", now=NOON - DAY)
    book.subscribers.stop(2, SubscriberStatus.COMPLAINED, reason="complaint", now=NOON)

    assert (book.returns.bounced_since(NOON - DAY), book.returns.bounced_since(NOON)) == (1, 0)


def test_old_returns_go_and_complaints_of_the_forgotten_stay(book):
    came_back(book, "old", days=-500)
    came_back(book, "new")
    book.returns.suppress("digest-of-an-address", since=LONG_AGO)

    book.returns.drop(NOON - 400 * DAY)

    assert [book.returns.is_known(name) for name in ("old", "new")] == [False, True]
    assert book.returns.is_suppressed("digest-of-an-address")
    assert book.returns.counts(LONG_AGO) == {ReturnKind.SOFT: 1}
    book.returns.unsuppress("digest-of-an-address")
    assert not book.returns.is_suppressed("digest-of-an-address")


def test_a_forgotten_reader_leaves_no_words_behind_and_their_mails_count_no_second_time(book):
    delivery_id = accepted(book, 1, days=0)
    came_back(book, "a", delivery_id=delivery_id, detail="550 r1@reader.example unknown")

    book.subscribers.forget(book.subscribers.get(1))

    assert book.returns.is_known("a")
    assert book.returns.of(1, LONG_AGO) == []
    assert book.subscribers.get(1) is None


def test_a_reason_stays_until_the_operator_decides_otherwise(book):
    from dataclasses import replace

    book.subscribers.stop(1, SubscriberStatus.BOUNCED, reason="hard bounce 5.1.1", now=NOON)
    stopped = book.subscribers.get(1)
    book.subscribers.save(stopped)
    assert book.subscribers.get(1).status_reason == "hard bounce 5.1.1"

    book.subscribers.save(replace(stopped, status=SubscriberStatus.ACTIVE))
    assert book.subscribers.get(1).status_reason is None


def test_the_first_no_of_a_person_stays(book):
    assert book.subscribers.unsubscribe(1, reason="mail", now=NOON)
    assert not book.subscribers.unsubscribe(1, reason="one-click", now=NOON + DAY)
    assert book.subscribers.get(1).status_reason == "mail"

    book.subscribers.stop(2, SubscriberStatus.COMPLAINED, reason="complaint", now=NOON)
    assert not book.subscribers.unsubscribe(2, reason="mail", now=NOON)
    assert book.subscribers.get(2).status is SubscriberStatus.COMPLAINED
