from dataclasses import replace
from datetime import timedelta
from threading import Event, Timer

import pytest
from sqlalchemy import text

from digest.deliver import Limits, OneByOne
from digest.elapsed import Elapsed
from digest.model import DeliveryState, Outcome, OutcomeKind, Rate, SubscriberStatus
from digest.pipeline import deliver as deliver_by
from digest.returns import ReturnPolicy
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


def test_messages_without_their_dictionary_are_refused_and_the_others_go(outbox):
    statements = (
        "PRAGMA foreign_keys = OFF",
        "UPDATE message SET dictionary_id = 7 WHERE delivery_id = 2",
        "PRAGMA foreign_keys = ON",
    )
    with outbox._engine.connect() as connection:
        raw = connection.connection.cursor()
        for statement in statements:
            raw.execute(statement)
    way = Way(outbox)
    report = deliver(outbox, way, now=AT)

    assert [data for _, _, data, _ in way.handed] == [b"bytes 0", b"bytes 2"]
    assert found(outbox) == {"refused": 1, "accepted": 2}
    assert "the bytes of delivery 2 cannot be unpacked: the dictionary 7" in report.problem_lines[0]


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


# ── refusals, limits, stopping ────────────────────────────────────────────────────────────────

UNKNOWN_MAILBOX = replace(NEVER, status="5.1.1", at_recipient=True)


def test_a_mailbox_that_the_server_does_not_know_gets_no_more_mails(outbox):
    policy = ReturnPolicy(hard=1, soft_days=5)
    report = deliver_by(
        outbox, OneByOne(Way(outbox, UNKNOWN_MAILBOX, NEVER)), clock=lambda: AT, returns=policy
    )

    with outbox.read() as transaction:
        statuses = [person.status for person in transaction.subscribers.all()]
    assert statuses == [SubscriberStatus.BOUNCED, SubscriberStatus.ACTIVE, SubscriberStatus.ACTIVE]
    assert [mail.recipient for mail in report.removed] == ["r0@reader.example"]
    assert found(outbox) == {"refused": 2, "accepted": 1}


def test_limits_leave_the_rest_to_a_later_run_and_count_what_earlier_runs_began(outbox):
    limits = Limits(whole=Rate(count=2, period=timedelta(hours=1)))

    def at(moment):
        return deliver_by(outbox, OneByOne(Way(outbox)), clock=lambda: moment, limits=limits)

    first = at(AT)
    assert (first.count(DeliveryState.ACCEPTED), first.failed) == (2, False)
    assert first.paced_until == AT + timedelta(hours=1)
    assert found(outbox) == {"accepted": 2, "queued": 1}
    later = at(AT + timedelta(minutes=59))
    assert (later.deliveries, later.paced_until) == ((), AT + timedelta(hours=1))
    assert at(AT + timedelta(hours=1)).count(DeliveryState.ACCEPTED) == 1


def test_a_run_that_begins_a_moment_too_early_for_the_limits_waits_that_moment(outbox):
    limits = Limits(whole=Rate(count=2, period=timedelta(hours=1)))
    deliver_by(outbox, OneByOne(Way(outbox)), clock=lambda: AT, limits=limits)

    nearly = Elapsed(AT + timedelta(hours=1) - timedelta(seconds=0.3))
    report = deliver_by(outbox, OneByOne(Way(outbox)), clock=nearly, limits=limits)

    assert report.count(DeliveryState.ACCEPTED) == 1


def test_a_domain_at_its_limit_holds_up_nobody_elses_mail(outbox):
    with outbox.write() as transaction:
        person = put_person(transaction, 3)
        put_message(transaction, person, 3, now=NOON + timedelta(seconds=9), recipient="r3@elsewhere.example")
    limits = Limits(domains={"reader.example": Rate(count=1, period=timedelta(hours=1))})
    report = deliver_by(outbox, OneByOne(Way(outbox)), clock=lambda: AT, limits=limits)

    assert {d.recipient for d in report.deliveries} == {"r0@reader.example", "r3@elsewhere.example"}
    assert found(outbox) == {"accepted": 2, "queued": 2}
    with outbox.read() as transaction:
        assert transaction.outbox.count_due(AT) == 0
        assert transaction.outbox.count_due(AT + timedelta(hours=1)) == 2


BUSY = replace(LATER, throttled=True)


@pytest.mark.parametrize(
    ("answers", "handed", "stopped"),
    [
        ((BUSY, BUSY, FINE), 2, "450 busy"),
        ((BUSY, NEVER, BUSY), 3, None),  # a refusal takes no message, but nothing is left to wait
        ((BUSY, FINE, BUSY), 3, None),
    ],
    ids=["twice in a row", "with a refusal between", "with a message between"],
)
def test_a_server_that_asks_for_less_twice_is_left_alone_until_the_next_run(outbox, answers, handed, stopped):
    way = Way(outbox, *answers)
    report = deliver(outbox, way, now=AT)

    assert (len(way.handed), report.stopped) == (handed, stopped)


def test_once_told_to_stop_nothing_more_is_begun_and_the_rest_is_given_back(outbox):
    way = Way(outbox)
    report = deliver_by(outbox, OneByOne(way), clock=lambda: AT, stopping=lambda: bool(way.handed))

    assert len(way.handed) == 1
    assert (report.interrupted, report.failed) == (True, False)
    assert found(outbox) == {"accepted": 1, "queued": 2}


class Slow(Way):
    """Never answers in time."""

    def __init__(self, database):
        super().__init__(database)
        self.free = Event()

    def send(self, sender, recipient, data, message_id):
        super().send(sender, recipient, data, message_id)
        self.free.wait(20)
        return FINE


def test_a_server_that_never_answers_is_not_waited_for_when_it_is_time_to_stop(outbox):
    way = Slow(outbox)
    Timer(1.0, way.free.set).start()  # a thread cannot be cut off; a connection can
    report = deliver_by(outbox, OneByOne(way), clock=lambda: AT, stopping=lambda: bool(way.handed), grace=0.2)

    assert report.count(DeliveryState.IN_DOUBT) == 1
    assert found(outbox) == {"in_doubt": 1, "queued": 2}


# ── a copy of the database ────────────────────────────────────────────────────────────────────


def test_a_database_older_than_what_was_sent_from_it_sends_nothing_and_says_so(outbox, tmp_path):
    copy = (tmp_path / "digest.db").read_bytes() if checkpoint(outbox) else b""
    deliver(outbox, Way(outbox), now=AT)
    outbox.close()
    for path in tmp_path.glob("digest.db-*"):
        path.unlink()
    (tmp_path / "digest.db").write_bytes(copy)

    way = Way(outbox)
    report = deliver(outbox, way, now=AT)

    assert way.handed == []
    assert found(outbox) == {"in_doubt": 3}
    assert "restored from a copy" in report.problem_lines[0]
    assert deliver(outbox, way, now=AT).deliveries == ()


def checkpoint(database):
    """Bring everything into the file itself."""
    with database._engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        return connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
