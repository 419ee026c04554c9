"""Settling doubt by the operator's word, and sending again what was not reached."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from digest.deliver import OneByOne, RetryPolicy
from digest.errors import NotFoundError
from digest.model import DeliveryState, Format, Outcome, OutcomeKind, Preferences, Step, SubscriberStatus
from digest.pipeline import deliver, settle_left_behind, settling
from digest.store import Chosen, Database
from tests.builders import NOON
from tests.outbox import claim, message, put_message, put_person, put_state

TODAY = NOON.date()
LATER = NOON + timedelta(hours=3)
POLICY = RetryPolicy()


@pytest.fixture
def database(tmp_path):
    found = Database(tmp_path / "digest.db")
    found.prepare()
    with found.write() as transaction:
        transaction.instance.create(NOON)
        for number in range(9):
            put_message(transaction, put_person(transaction, number), number)
    yield found
    found.close()


STATES = tuple(DeliveryState)


@pytest.fixture
def every_state(database):
    """Nine readers, whose mails are in the nine states."""
    with database.write() as transaction:
        for entry, state in zip(transaction.deliveries.oldest_first(Chosen()), STATES, strict=True):
            put_state(transaction, entry.delivery, state, attempts=1, last_error="as it was")
    return database


def found(database, **chosen):
    with database.read() as transaction:
        return {
            e.delivery.recipient: e.delivery for e in transaction.deliveries.oldest_first(Chosen(**chosen))
        }


def counts(database):
    with database.read() as transaction:
        assert transaction.outbox.frozen() == sum(transaction.outbox.counts().values())
        return {s.value: n for s, n in transaction.outbox.counts().items() if n}


def put_all(database, state, *, now=NOON, **facts):
    with database.write() as transaction:
        for entry in transaction.deliveries.oldest_first(Chosen()):
            put_state(transaction, entry.delivery, state, now=now, **facts)


def resend(database, *, now=LATER, **options):
    return settling.resend(database, TODAY, now=now, expire_after=timedelta(hours=24), **options)


def who(deliveries):
    return [d.recipient.split("@")[0] for d in deliveries]


# ── sending again ─────────────────────────────────────────────────────────────────────────────


def test_only_those_are_sent_again_whom_it_did_not_reach(every_state):
    before = found(every_state)
    report = resend(every_state)

    states = {before[d.recipient].state for d in report.again}
    assert states == {DeliveryState.REFUSED, DeliveryState.SUPPRESSED, DeliveryState.EXPIRED}
    assert report.left_out == ()
    assert dict(report.counts) == dict.fromkeys(DeliveryState, 1)
    after = found(every_state)
    again = {d.recipient for d in report.again}
    assert {r: d for r, d in after.items() if r not in again} == {
        r: d for r, d in before.items() if r not in again
    }
    refused = next(d for d in before.values() if d.state is DeliveryState.REFUSED)
    assert after[refused.recipient] == replace(
        refused,
        state=DeliveryState.DEFERRED,
        next_attempt=LATER,
        expires_at=LATER + timedelta(hours=24),
        last_error="sent again by the operator; before, refused: as it was",
    )


def test_those_in_doubt_are_sent_again_only_when_that_is_said(every_state):
    assert len(resend(every_state, in_doubt=True).again) == 4
    (doubt,) = [d for d in found(every_state).values() if d.settled_by]
    assert (doubt.settled_by, doubt.state) == ("operator", DeliveryState.DEFERRED)


class Way:
    """A way out that takes everything and remembers it."""

    repeatable = False

    def __init__(self):
        self.handed = []

    def send(self, sender, recipient, data, message_id):
        self.handed.append((recipient, message_id, data))
        return Outcome(kind=OutcomeKind.ACCEPTED, detail="250 ok", code=250)

    def close(self):
        """Nothing to let go of."""


def send(database, now):
    way = Way()
    report = deliver(database, OneByOne(way), clock=lambda: now, policy=POLICY)
    return way.handed, report


def test_the_very_mail_goes_once_more_and_then_never_again(database):
    put_all(database, DeliveryState.EXPIRED, attempts=2)
    days_later = NOON + timedelta(days=3)
    resend(database, now=days_later, recipients=["R4@reader.example"])

    handed, report = send(database, days_later + timedelta(minutes=1))
    assert handed == [("r4@reader.example", "<4@digest.example>", message().data)]
    assert report.count(DeliveryState.ACCEPTED) == 1
    assert not report.failed

    assert who(resend(database, now=days_later, recipients=["r4@reader.example"]).again) == []
    assert counts(database) == {"accepted": 1, "expired": 8}


def test_a_mail_sent_again_is_given_up_after_its_new_time(database):
    put_all(database, DeliveryState.EXPIRED)
    resend(database, recipients=["r1@reader.example"])
    handed, _ = send(database, LATER + timedelta(hours=26))

    assert handed == []
    assert counts(database) == {"expired": 9}


def test_sending_again_and_again_does_not_make_its_history_longer_and_longer(database):
    for _ in range(30):
        put_all(database, DeliveryState.REFUSED, last_error=found(database)["r1@reader.example"].last_error)
        resend(database)

    assert len(found(database)["r1@reader.example"].last_error) <= 300


def test_who_is_left_out_is_told_with_the_reason(database):
    put_all(database, DeliveryState.REFUSED)
    with database.write() as transaction:
        subscribers = transaction.subscribers
        people = {number: subscribers.find(f"reader {number}") for number in range(5)}
        subscribers.save(replace(people[0], status=SubscriberStatus.COMPLAINED))
        subscribers.save(replace(people[1], address="new@reader.example"))
        subscribers.save(replace(people[2], preferences=Preferences(format=Format.FEED)))
        subscribers.save(replace(people[3], address="R3@Reader.Example"))
        execute = transaction.outbox._connection.execute
        execute(
            text("UPDATE message SET data = x'', dropped_at = '2026-11-20 13:00:00' WHERE delivery_id = 5")
        )
    report = resend(database)

    assert {o.delivery.recipient.split("@")[0]: o.why for o in report.left_out} == {
        "r0": "the reader is complained",
        "r1": "the reader has another address now: new@reader.example",
        "r2": "the reader has no mails any more",
        "r4": "its bytes were let go on 2026-11-20 (mail.keep)",
    }
    assert who(report.again) == ["r3", "r5", "r6", "r7", "r8"]
    assert counts(database) == {"refused": 4, "queued": 5}


def test_who_left_and_came_back_gets_the_mail_that_was_held_back(database):
    put_all(database, DeliveryState.SUPPRESSED)
    with database.write() as transaction:
        person = transaction.subscribers.find("reader 0")
        transaction.subscribers.save(replace(person, status=SubscriberStatus.UNSUBSCRIBED))
    assert "r0" not in who(resend(database).again)
    with database.write() as transaction:
        transaction.subscribers.save(person)

    assert who(resend(database).again) == ["r0"]


def test_a_mistyped_edition_or_recipient_is_an_error_and_not_good_news(every_state):
    with pytest.raises(NotFoundError, match="no mails of edition 2026-11-22"):
        settling.resend(every_state, TODAY + timedelta(days=2), now=LATER, expire_after=timedelta(1))
    with pytest.raises(NotFoundError, match=r"nobody@reader.example has no mail of edition 2026-11-20"):
        resend(every_state, recipients=["r1@reader.example", "nobody@reader.example"])
    with pytest.raises(NotFoundError, match=r"nobody has no mail$"):
        settle(every_state, arrived=True, recipients=["nobody"])


# ── settling ──────────────────────────────────────────────────────────────────────────────────


def settle(database, *, arrived, edition=None, recipients=(), now=LATER):
    return settling.settle(database, edition, arrived=arrived, recipients=recipients, now=now, policy=POLICY)


def test_a_mail_that_arrived_is_accepted_by_the_operators_word(every_state):
    report = settle(every_state, arrived=True)

    assert (report.count(DeliveryState.ACCEPTED), report.again) == (1, 0)
    ((delivery, _),) = report.settled
    after = found(every_state)[delivery.recipient]
    assert (after.state, after.accepted_at, after.settled_by) == (DeliveryState.ACCEPTED, LATER, "operator")
    assert after.last_error is None
    assert counts(every_state)["accepted"] == 2
    assert settle(every_state, arrived=True).settled == ()


def test_a_mail_that_did_not_arrive_goes_again_while_it_is_news(every_state):
    report = settle(every_state, arrived=False, edition=TODAY)

    assert report.again == 1
    handed, _ = send(every_state, LATER)
    ((delivery, _),) = report.settled
    assert (delivery.recipient, delivery.message_id, message().data) in handed


def test_a_mail_that_did_not_arrive_and_is_old_news_expires_and_can_be_sent_all_the_same(database):
    put_all(database, DeliveryState.IN_DOUBT)
    days_later = NOON + timedelta(days=5)
    report = settle(database, arrived=False, now=days_later)

    assert (report.again, report.count(DeliveryState.EXPIRED)) == (0, 9)
    assert counts(database) == {"expired": 9}
    assert len(resend(database, now=days_later).again) == 9


def test_only_the_chosen_mails_are_settled(database):
    put_all(database, DeliveryState.IN_DOUBT)
    settle(database, arrived=True, recipients=["r1@reader.example", "R2@READER.example"])

    assert counts(database) == {"accepted": 2, "in_doubt": 7}
    with pytest.raises(NotFoundError):
        settle(database, arrived=True, edition=TODAY - timedelta(days=1))


# ── what killed runs and restored copies left ─────────────────────────────────────────────────


def test_a_restored_database_is_settled_as_a_whole(database):
    database.note_generation(7)
    steps = settle_left_behind(database, LATER, policy=POLICY, repeatable=False)
    assert {step.state for _, step in steps} == {DeliveryState.IN_DOUBT}
    assert counts(database) == {"in_doubt": 9}
    # noticed once
    assert settle_left_behind(database, LATER, policy=POLICY, repeatable=False) == []

    assert settle(database, arrived=False).again == 9
    handed, report = send(database, LATER)
    assert len(handed) == 9
    assert not report.failed


def test_what_a_killed_run_left_is_settled_before_anything_else(database):
    taken = claim(database, limit=2)
    with database.write() as transaction:
        transaction.outbox.begin(taken[:1], NOON)
    ((delivery, step),) = settle_left_behind(database, LATER, policy=POLICY, repeatable=False)

    assert (delivery.recipient, step.state) == ("r0@reader.example", DeliveryState.IN_DOUBT)
    assert counts(database) == {"in_doubt": 1, "queued": 8}


# ── after each run ────────────────────────────────────────────────────────────────────────────


def test_a_run_over_a_healthy_outbox_raises_no_alarm(database):
    _, report = send(database, NOON)

    assert report.alarms == ()
    assert report.exit_code == 0


def test_a_run_tells_of_a_recipient_with_two_mails_and_of_mails_too_many_or_too_few(database):
    with database.write() as transaction:
        again = put_person(transaction, 10)
        put_message(transaction, again, 10, recipient="R1@READER.example")
        put_message(transaction, again, 11, days=1)
        execute = transaction.outbox._connection.execute
        execute(text("UPDATE recipients SET frozen = 3 WHERE edition = '2026-11-20'"))
        execute(text("UPDATE recipients SET frozen = 4 WHERE edition = '2026-11-21'"))
    _, report = send(database, NOON)

    assert report.exit_code == 3
    assert (
        list(report.alarms)
        == report.problem_lines
        == [
            (
                "alarm: r1@reader.example has 2 mails of edition 2026-11-20, and nobody gets two: "
                "digest deliveries --edition 2026-11-20 --recipient r1@reader.example"
            ),
            (
                "alarm: edition 2026-11-20 has 10 mails, 7 more than were frozen; somebody may get it twice: "
                "digest deliveries --edition 2026-11-20"
            ),
            (
                "alarm: edition 2026-11-21 has 1 mails, 3 missing of those that were frozen: "
                "digest deliveries --edition 2026-11-21"
            ),
        ]
    )


def test_alarms_are_few_however_much_is_wrong(database):
    with database.write() as transaction:
        for number in range(20, 40):
            again = put_person(transaction, number)
            put_message(transaction, again, number, recipient=f"r{number % 20}@reader.example")
            other = put_person(transaction, number + 100)
            put_message(transaction, other, number + 100, recipient=f"r{number % 20}@reader.example")
    _, report = send(database, NOON)

    assert len(report.alarms) == 11
    assert report.alarms[-1] == "alarm: and more recipients have several mails of one edition"


def test_bytes_of_old_mails_are_let_go_at_the_end_of_a_run_and_the_rest_stays(database):
    keep = timedelta(days=2)
    deliver(database, OneByOne(Way()), clock=lambda: NOON, policy=POLICY, keep=keep)
    with database.read() as transaction:
        assert transaction.outbox.dropped_at(1) is None
    deliver(database, OneByOne(Way()), clock=lambda: NOON + 2 * keep, policy=POLICY, keep=keep)

    with database.read() as transaction:
        assert all(transaction.outbox.dropped_at(number) for number in range(1, 10))
    assert counts(database) == {"accepted": 9}


def test_a_mail_whose_bytes_are_gone_is_refused_with_that_reason_and_holds_up_no_other(database):
    with database.write() as transaction:
        (first, *_) = transaction.outbox.due(NOON, 1)
        step = Step(state=DeliveryState.EXPIRED, attempts=0)
        transaction.outbox.settle([(first, step)], NOON)
        assert transaction.outbox.drop_bytes(LATER, LATER) == 1
        transaction.deliveries.reopen(
            [(first, Step(state=DeliveryState.QUEUED, attempts=0))],
            expires_at=LATER + timedelta(1),
            by="operator",
            now=LATER,
        )
    handed, report = send(database, LATER)

    assert len(handed) == 8
    assert report.count(DeliveryState.REFUSED) == 1
