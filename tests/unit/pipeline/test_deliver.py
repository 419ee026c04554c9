from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from digest.deliver import OneByOne
from digest.model import DeliveryState, Outcome, OutcomeKind, SubscriberStatus
from digest.pipeline import deliver as deliver_by
from digest.store import Database
from tests.builders import NOON
from tests.outbox import put_message, put_person

FINE = Outcome(kind=OutcomeKind.ACCEPTED, detail="250 queued as Q1", code=250)
LATER = Outcome(kind=OutcomeKind.TRANSIENT, detail="450 busy", code=450)
NEVER = Outcome(kind=OutcomeKind.PERMANENT, detail="550 no such mailbox", code=550)
DOUBT = Outcome(kind=OutcomeKind.UNKNOWN, detail="connection lost", connection_lost=True)
DOWN = Outcome(kind=OutcomeKind.TRANSIENT, detail="no route", connection_lost=True)


class Way:
    """A way out that answers as told and remembers what it was handed, and in which state."""

    def __init__(self, database, *answers, repeatable=False):
        self.database = database
        self.answers = list(answers)
        self.repeatable = repeatable
        self.handed = []

    def send(self, sender, recipient, data, message_id):
        states = {state for state, count in states_of(self.database).items() if count}
        assert DeliveryState.TRANSMITTING in states, "committed before the first byte leaves"
        self.handed.append((sender, recipient, data, message_id))
        return self.answers.pop(0) if self.answers else FINE

    def close(self):
        """Nothing to let go of."""


def deliver(database, way, *, now):
    return deliver_by(database, OneByOne(way), clock=lambda: now)


def states_of(database):
    with database.read() as transaction:
        return transaction.outbox.counts()


def found(database):
    return {state.value: count for state, count in states_of(database).items() if count}


@pytest.fixture
def database(tmp_path):
    found = Database(tmp_path / "digest.db")
    found.prepare()
    with found.write() as transaction:
        transaction.instance.create(NOON)
    yield found
    found.close()


@pytest.fixture
def outbox(database):
    """Three messages to three people, oldest first."""
    with database.write() as transaction:
        for number in range(3):
            person = put_person(transaction, number)
            moment = NOON + number * timedelta(seconds=1)
            put_message(transaction, person, number, now=moment, data=b"bytes %d" % number)
    return database


AT = NOON + timedelta(minutes=1)


def test_every_message_goes_once_oldest_first_byte_for_byte(outbox):
    way = Way(outbox)
    report = deliver(outbox, way, now=AT)

    assert way.handed == [
        ("digest@digest.example", f"r{n}@reader.example", b"bytes %d" % n, f"<{n}@digest.example>")
        for n in range(3)
    ]
    assert report.count(DeliveryState.ACCEPTED) == 3
    assert not report.failed
    assert report.problem_lines == []
    assert deliver(outbox, way, now=AT + timedelta(days=1)).deliveries == ()
    assert len(way.handed) == 3


def test_each_answer_has_its_state_and_none_holds_up_the_next(outbox):
    report = deliver(outbox, Way(outbox, LATER, NEVER, FINE), now=AT)

    assert found(outbox) == {"deferred": 1, "refused": 1, "accepted": 1}
    assert report.failed
    assert report.problem_lines == [
        "r0@reader.example, edition 2026-11-20: deferred: 450 busy",
        "r1@reader.example, edition 2026-11-20: refused: 550 no such mailbox",
    ]


def test_a_deferred_message_waits_for_its_turn(outbox):
    deliver(outbox, Way(outbox, LATER), now=AT)
    way = Way(outbox)

    assert deliver(outbox, way, now=AT).deliveries == ()
    deliver(outbox, way, now=AT + timedelta(hours=5))

    assert [data for _, _, data, _ in way.handed] == [b"bytes 0"]
    assert found(outbox) == {"accepted": 3}


@pytest.mark.parametrize(
    ("answer", "first"), [(DOWN, "deferred"), (DOUBT, "in_doubt")], ids=["down", "cut off"]
)
def test_when_the_way_out_is_down_the_others_wait_untouched(outbox, answer, first):
    way = Way(outbox, answer)
    report = deliver(outbox, way, now=AT)

    assert len(way.handed) == 1
    assert report.stopped == answer.detail
    assert found(outbox) == {first: 1, "queued": 2}


def test_who_left_meanwhile_gets_nothing_more(outbox):
    with outbox.write() as transaction:
        person = transaction.subscribers.find("reader 1")
        transaction.subscribers.save(replace(person, status=SubscriberStatus.UNSUBSCRIBED))
    way = Way(outbox)
    deliver(outbox, way, now=AT)

    assert [data for _, _, data, _ in way.handed] == [b"bytes 0", b"bytes 2"]
    assert found(outbox) == {"suppressed": 1, "accepted": 2}


def test_a_message_too_old_to_be_news_is_not_sent(outbox):
    way = Way(outbox)
    deliver(outbox, way, now=NOON + timedelta(days=9))

    assert way.handed == []
    assert found(outbox) == {"expired": 3}


def test_a_damaged_message_is_refused_and_the_others_go(outbox):
    with outbox.write() as transaction:
        transaction.outbox._connection.execute(text("UPDATE message SET sha256 = '0' WHERE delivery_id = 1"))
    way = Way(outbox)
    report = deliver(outbox, way, now=AT)

    assert [data for _, _, data, _ in way.handed] == [b"bytes 1", b"bytes 2"]
    assert found(outbox) == {"refused": 1, "accepted": 2}
    assert "not those that were frozen" in report.problem_lines[0]


class PowerCut(BaseException):
    """What no `except` of the program catches."""


class Interrupted(Way):
    def send(self, sender, recipient, data, message_id):
        super().send(sender, recipient, data, message_id)
        raise PowerCut


@pytest.mark.parametrize("repeatable", [False, True])
def test_a_message_cut_off_is_in_doubt_unless_twice_leaves_one(outbox, repeatable):
    with pytest.raises(PowerCut):
        deliver(outbox, Interrupted(outbox), now=AT)
    assert found(outbox) == {"transmitting": 1, "claimed": 2}

    way = Way(outbox, repeatable=repeatable)
    report = deliver(outbox, way, now=AT)

    sent = [data for _, _, data, _ in way.handed]
    if repeatable:
        assert sorted(sent) == [b"bytes 0", b"bytes 1", b"bytes 2"]
        assert not report.failed
    else:
        assert sent == [b"bytes 1", b"bytes 2"]
        assert found(outbox) == {"in_doubt": 1, "accepted": 2}
        assert "cut off before the server's answer" in report.problem_lines[0]


def test_an_empty_outbox_is_a_good_delivery(database):
    report = deliver(database, Way(database), now=AT)

    assert (report.deliveries, report.stopped, report.failed) == ((), None, False)
