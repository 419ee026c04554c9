"""What the outbox keeps to, whatever database holds it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from digest.errors import StoreError
from digest.model import DeliveryState, Letter, Step, SubscriberStatus
from digest.packing import Dictionary
from tests.builders import NOON
from tests.outbox import LEASE, claim, message, put_message, put_person, put_state, states

DAY = timedelta(days=1)
TODAY = NOON.date()


@pytest.fixture
def shelf(database):
    """A database with one reader."""
    with database.write() as transaction:
        put_person(transaction, 1)
    return database


def enqueue(database, number=1, *, now=NOON, **facts):
    with database.write() as transaction:
        (reader,) = transaction.subscribers.all()
        return put_message(transaction, reader, number, now=now, days=number, **facts)


def deliveries(database, now=NOON, limit=99):
    with database.read() as transaction:
        return transaction.outbox.due(now, limit)


def test_a_message_waits_with_the_very_bytes_that_were_frozen(shelf):
    delivery_id = enqueue(shelf)

    (delivery,) = deliveries(shelf)

    with shelf.read() as transaction:
        assert transaction.outbox.data(delivery_id) == message().data
        assert transaction.outbox.subject(delivery_id) == "Größe 1"
        assert transaction.outbox.recipient_statuses([delivery]) == {delivery_id: SubscriberStatus.ACTIVE}
        assert transaction.outbox.in_state(DeliveryState.QUEUED) == [delivery]
    assert (delivery.id, delivery.state, delivery.attempts) == (delivery_id, DeliveryState.QUEUED, 0)
    assert (delivery.sender, delivery.recipient) == ("digest@digest.example", "r1@reader.example")
    assert delivery.expires_at == NOON + timedelta(hours=36)
    assert delivery.edition == (TODAY + DAY).isoformat()


def test_messages_whose_turn_has_come_stand_oldest_first_and_within_the_limit(shelf):
    late, early, future = (
        enqueue(shelf, n, now=NOON + hours * timedelta(hours=1)) for n, hours in ((1, 2), (2, 1), (3, 9))
    )

    at = NOON + timedelta(hours=3)
    assert [d.id for d in deliveries(shelf, at)] == [early, late]
    assert [d.id for d in deliveries(shelf, at, limit=1)] == [early]
    assert future in [d.id for d in deliveries(shelf, NOON + timedelta(hours=9))]
    assert deliveries(shelf, NOON) == []


def test_a_settled_delivery_keeps_what_led_to_its_state(shelf):
    enqueue(shelf)
    (delivery,) = deliveries(shelf)
    step = Step(
        state=DeliveryState.DEFERRED,
        attempts=2,
        next_attempt=NOON + DAY,
        last_error="450 later",
        queue_id="Q1",
        code=450,
    )
    with shelf.write() as transaction:
        transaction.outbox.settle([(delivery, step)], NOON)

    assert deliveries(shelf) == []
    (later,) = deliveries(shelf, NOON + DAY)
    assert later == replace(
        delivery,
        state=DeliveryState.DEFERRED,
        attempts=2,
        next_attempt=NOON + DAY,
        last_error="450 later",
        queue_id="Q1",
        code=450,
    )


def test_only_queued_and_deferred_messages_are_due(shelf):
    for number, state in enumerate(DeliveryState, 1):
        enqueue(shelf, number)
        newest = deliveries(shelf)[-1]
        with shelf.write() as transaction:
            put_state(transaction, newest, state)

    assert {d.state for d in deliveries(shelf, NOON + DAY)} == {DeliveryState.QUEUED, DeliveryState.DEFERRED}


def test_the_nine_states_add_up_to_all_messages_ever_frozen(shelf):
    with shelf.read() as transaction:
        assert transaction.outbox.counts() == dict.fromkeys(DeliveryState, 0)
        assert transaction.outbox.frozen() == 0
    for number in range(1, 4):
        enqueue(shelf, number)
    with shelf.write() as transaction:
        put_state(transaction, transaction.outbox.due(NOON, 1)[0], DeliveryState.ACCEPTED)

    with shelf.read() as transaction:
        counts = transaction.outbox.counts()
        assert transaction.outbox.frozen() == sum(counts.values()) == 3

    assert len(counts) == 9
    assert (counts[DeliveryState.ACCEPTED], counts[DeliveryState.QUEUED]) == (1, 2)


def test_who_is_forgotten_is_counted_out_of_the_editions(shelf):
    enqueue(shelf, 1)
    enqueue(shelf, 2)
    with shelf.write() as transaction:
        transaction.subscribers.forget(transaction.subscribers.all()[0])

    with shelf.read() as transaction:
        assert transaction.outbox.frozen() == sum(transaction.outbox.counts().values()) == 0


# ── in hand ───────────────────────────────────────────────────────────────────────────────────


def test_what_is_claimed_is_nobody_elses_until_its_lease_is_over(shelf):
    first, second = enqueue(shelf, 1), enqueue(shelf, 2)

    (mine,) = claim(shelf, limit=1, worker="one")
    (theirs,) = claim(shelf, worker="two")

    assert (mine.id, mine.state, mine.worker) == (first, DeliveryState.CLAIMED, "one")
    assert mine.lease_until == NOON + LEASE
    assert theirs.id == second
    assert claim(shelf, NOON + LEASE - timedelta(seconds=1)) == []
    assert {d.id for d in claim(shelf, NOON + LEASE, worker="three")} == {first, second}


def test_a_message_given_back_is_what_it_was(shelf):
    enqueue(shelf, 1)
    enqueue(shelf, 2)
    first = deliveries(shelf)[0]
    with shelf.write() as transaction:
        put_state(transaction, first, DeliveryState.DEFERRED, attempts=1, next_attempt=NOON)
    before = deliveries(shelf)

    taken = claim(shelf)
    with shelf.write() as transaction:
        transaction.outbox.release(taken, NOON)

    assert deliveries(shelf) == before
    with shelf.write() as transaction:
        transaction.outbox.release(claim_in(transaction), NOON, next_attempt=NOON + DAY)
    assert deliveries(shelf) == []
    assert {d.state for d in deliveries(shelf, NOON + DAY)} == {DeliveryState.QUEUED, DeliveryState.DEFERRED}


def claim_in(transaction):
    return transaction.outbox.claim(NOON, 99, worker="one", lease=LEASE)


def test_of_many_messages_settled_at_once_each_keeps_its_own_words(shelf):
    for number in range(1, 6):
        enqueue(shelf, number)
    words = ["", 'said "no" \\ \\u0041 {}', "größer 🙂 \u2028", "[1, null]", None]
    taken = claim(shelf)
    with shelf.write() as transaction:
        transaction.outbox.settle(
            [
                (
                    d,
                    Step(
                        state=DeliveryState.REFUSED, attempts=n, last_error=word, queue_id=word, code=550 + n
                    ),
                )
                for n, (d, word) in enumerate(zip(taken, words, strict=True))
            ],
            NOON,
        )

    with shelf.read() as transaction:
        found = transaction.outbox.in_state(DeliveryState.REFUSED)
    assert [(d.attempts, d.last_error, d.queue_id, d.code) for d in found] == [
        (n, word, word, 550 + n) for n, word in enumerate(words)
    ]
    assert all(d.worker is d.lease_until is d.accepted_at is None for d in found)


def test_the_statuses_of_nobody_are_none(shelf):
    with shelf.read() as transaction:
        assert transaction.outbox.recipient_statuses([]) == {}


def test_a_message_begun_is_transmitting_since_that_moment_and_nobody_claims_it(shelf):
    enqueue(shelf)
    (taken,) = claim(shelf)
    at = NOON + timedelta(minutes=1)
    with shelf.write() as transaction:
        transaction.outbox.begin([taken], at)

    with shelf.read() as transaction:
        (begun,) = transaction.outbox.in_state(DeliveryState.TRANSMITTING)
        assert transaction.outbox.recent(at) == [(taken.recipient, at)]
        assert transaction.outbox.recent(at + timedelta(seconds=1)) == []
        assert transaction.outbox.others("one") == []
        assert transaction.outbox.others("two") == [begun]
    assert begun.transmitted_at == at
    assert claim(shelf, NOON + 9 * DAY) == []


def test_letters_come_whole_and_a_damaged_one_alone_is_an_error(shelf):
    enqueue(shelf, 1)
    enqueue(shelf, 2)
    first, second = claim(shelf)
    with shelf.write() as transaction:
        transaction.outbox._connection.execute(
            text("UPDATE message SET data = x'00' WHERE delivery_id = :id"), {"id": second.id}
        )

    with shelf.read() as transaction:
        found = transaction.outbox.letters([first, second])

    assert [one.delivery for one in found] == [first, second]
    assert found[0].unpacked() == Letter(
        sender=first.sender,
        recipient=first.recipient,
        data=message().data,
        message_id=first.message_id,
    )
    assert isinstance(found[1].unpacked(), StoreError)


def test_bytes_are_dropped_some_time_after_acceptance_and_the_record_stays(shelf):
    kept, dropped, waiting = (enqueue(shelf, n) for n in (1, 2, 3))
    by_id = {d.id: d for d in deliveries(shelf)}
    with shelf.write() as transaction:
        put_state(transaction, by_id[dropped], DeliveryState.ACCEPTED, now=NOON)
        put_state(transaction, by_id[kept], DeliveryState.ACCEPTED, now=NOON + DAY)
        assert transaction.outbox.drop_bytes(NOON + timedelta(hours=1), NOON + 9 * DAY) == 1
        assert transaction.outbox.drop_bytes(NOON + timedelta(hours=1), NOON + 9 * DAY) == 0

    with shelf.read() as transaction:
        assert transaction.outbox.data(kept) == transaction.outbox.data(waiting) == message().data
        with pytest.raises(StoreError, match=r"dropped on 2026-11-29 \(mail.keep\)"):
            transaction.outbox.data(dropped)
        assert transaction.outbox.dropped_at(dropped) == NOON + 9 * DAY
        assert transaction.outbox.dropped_at(kept) is None
        assert transaction.outbox.subject(dropped) == "Größe 2"
    assert states(shelf) == {"accepted": 2, "queued": 1}


@pytest.mark.parametrize("state", DeliveryState)
def test_bytes_of_what_may_still_be_sent_or_is_in_doubt_are_kept(shelf, state):
    enqueue(shelf)
    with shelf.write() as transaction:
        put_state(transaction, transaction.outbox.due(NOON, 1)[0], state)
        over = {"accepted", "refused", "expired", "suppressed"}
        assert transaction.outbox.drop_bytes(NOON, NOON) == 0
        assert transaction.outbox.drop_bytes(NOON + DAY, NOON + DAY) == (1 if state.value in over else 0)


def test_bytes_are_dropped_some_at_a_time_past_those_that_stay(shelf):
    ids = [enqueue(shelf, n) for n in range(1, 9)]
    by_id = {d.id: d for d in deliveries(shelf)}
    with shelf.write() as transaction:
        for number, delivery_id in enumerate(ids):
            state = DeliveryState.IN_DOUBT if number < 3 else DeliveryState.ACCEPTED
            put_state(transaction, by_id[delivery_id], state)
        dropped = [transaction.outbox.drop_bytes(NOON + DAY, NOON + DAY, limit=2) for _ in range(4)]

    assert dropped == [2, 2, 1, 0]
    with shelf.read() as transaction:
        assert [bool(transaction.outbox.dropped_at(i)) for i in ids] == [False] * 3 + [True] * 5


def test_the_first_of_many_due_messages_are_found_without_a_look_at_the_others(shelf):
    """Not a matter of taste: of a hundred thousand due messages a hundred are claimed at a time."""
    with shelf.write() as transaction:
        connection = transaction.outbox._connection
        asked = []
        event.listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2:4]))
        transaction.outbox.claim(NOON, 100, worker="one", lease=LEASE)
        query, values = asked[0]
        found = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]
    assert sum("ix_delivery_next" in line for line in found) == 3, found
    assert not any("TEMP B-TREE" in line or line.startswith("SCAN delivery") for line in found), found


def test_old_bytes_are_found_without_a_look_at_the_many_that_are_gone(shelf):
    """Not a matter of taste: an outbox of years has millions of rows, and a look is taken every minute."""
    with shelf.write() as transaction:
        connection = transaction.outbox._connection
        asked = []
        event.listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2:4]))
        transaction.outbox.drop_bytes(NOON, NOON)
        query, values = asked[0]
        found = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]
    assert any("ix_message_kept" in line for line in found), found


# ── what was frozen ───────────────────────────────────────────────────────────────────────────


def test_an_issue_knows_its_message(shelf):
    delivery_id = enqueue(shelf)
    with shelf.read() as transaction:
        (mailed,) = transaction.issues.past(edition=TODAY + DAY)
        assert transaction.outbox.of_issue(mailed.id).id == delivery_id
        assert transaction.outbox.of_issue(mailed.id + 1) is None


def test_a_message_id_is_frozen_once(shelf):
    enqueue(shelf, 1)

    with pytest.raises(IntegrityError):
        enqueue(shelf, 2, message_id="<1@digest.example>")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE message SET data = x'00ff'", "damaged"),
        ("UPDATE message SET data = x'28b52ffd00ff'", "damaged"),
        ("UPDATE message SET sha256 = '0'", "not those that were frozen"),
        ("DELETE FROM message", "no bytes"),
    ],
    ids=["garbled", "garbled within", "exchanged", "lost"],
)
def test_damaged_bytes_are_never_sent(shelf, damage, words):
    delivery_id = enqueue(shelf)
    with shelf.write() as transaction:
        transaction.outbox._connection.execute(text(damage))

    with shelf.read() as transaction, pytest.raises(StoreError, match=words):
        transaction.outbox.data(delivery_id)


# ── what messages have in common ──────────────────────────────────────────────────────────────


@pytest.fixture
def common(shelf):
    with shelf.write() as transaction:
        return transaction.dictionaries.add(Dictionary(message().data))


def put_dictionary(database, data):
    with database.write() as transaction:
        return transaction.dictionaries.add(Dictionary(data))


def dictionaries(database):
    with database.read() as transaction:
        return list(transaction.outbox._connection.scalars(text("SELECT id FROM message_dictionary")))


def test_letters_packed_with_dictionaries_and_without_come_side_by_side(shelf, common):
    another = put_dictionary(shelf, b"another one" * 9)
    put = [
        enqueue(shelf, n, common=with_one) for n, with_one in enumerate((common, None, another, common), 1)
    ]
    found = claim(shelf)

    with shelf.read() as transaction:
        assert [transaction.outbox.data(number) for number in put] == [message().data] * 4
        letters = transaction.outbox.letters(found)
    assert [one.unpacked().data for one in letters] == [message().data] * 4
    kept = [one.packed["data"] for one in letters]
    assert kept[0] == kept[3] != kept[1]
    assert len(kept[0]) < len(kept[1])


def test_a_dictionary_that_is_not_there_cannot_be_named(shelf, common):
    with pytest.raises(IntegrityError):
        enqueue(shelf, common=common._replace(id=7))
    assert states(shelf) == {}


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("DELETE FROM message_dictionary", "the dictionary 1 that they were packed with is lost"),
        ("UPDATE message_dictionary SET data = x'28b52ffd00ff'", "the bytes of the dictionary 1 are damaged"),
        ("UPDATE message_dictionary SET data = x''", "the bytes of the dictionary 1 are damaged"),
        ("UPDATE message_dictionary SET sha256 = '0'", "the bytes of the dictionary 1 are not those that"),
        ("UPDATE message SET dictionary_id = 2 WHERE delivery_id = 1", "the bytes of delivery 1 are"),
        ("UPDATE message SET dictionary_id = NULL WHERE delivery_id = 1", "the bytes of delivery 1 are"),
    ],
    ids=["lost", "garbled", "empty", "exchanged", "another", "none"],
)
def test_a_message_whose_dictionary_is_damaged_alone_is_an_error(shelf, common, damage, words):
    alone = put_dictionary(shelf, b"of the second message alone")
    broken, whole, plain = (enqueue(shelf, n, common=c) for n, c in ((1, common), (2, alone), (3, None)))
    with shelf.read() as transaction:
        assert transaction.outbox.data(broken) == message().data  # also known from before it is damaged
    damage += "" if "WHERE" in damage else " WHERE id = 1"
    with shelf.write() as transaction:
        transaction.outbox._connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        transaction.outbox._connection.execute(text(damage))
        letters = transaction.outbox.letters(transaction.outbox.due(NOON, 9))
        found = [one.unpacked() for one in letters]
        with pytest.raises(StoreError, match=words):
            transaction.outbox.data(broken)
        assert transaction.outbox.data(whole) == transaction.outbox.data(plain) == message().data
        transaction.outbox._connection.rollback()  # nobody could commit this
    assert [type(one) for one in found] == [StoreError, Letter, Letter]
    assert "delivery 1" in str(found[0])
    assert words in str(found[0])


def test_a_dictionary_goes_with_the_last_message_that_needs_it(shelf, common):
    newest = put_dictionary(shelf, b"of a later run")
    ids = [enqueue(shelf, n, common=common) for n in (1, 2)]
    by_id = {d.id: d for d in deliveries(shelf)}
    left = []
    for day, number in enumerate(ids, 1):
        with shelf.write() as transaction:
            put_state(transaction, by_id[number], DeliveryState.ACCEPTED, now=NOON + day * DAY)
            assert transaction.outbox.drop_bytes(NOON + day * DAY, NOON + 9 * DAY) == day - 1
        left.append(dictionaries(shelf))
    with shelf.write() as transaction:
        assert transaction.outbox.drop_bytes(NOON + 9 * DAY, NOON + 9 * DAY) == 1
    assert left == [[common.id, newest.id]] * 2
    assert dictionaries(shelf) == [newest.id]
    with shelf.read() as transaction, pytest.raises(StoreError, match="were dropped"):
        transaction.outbox.data(ids[0])


def test_the_newest_dictionary_stays_though_nobody_needs_it_yet(shelf, common):
    newest = put_dictionary(shelf, b"of a run that is at work")
    with shelf.write() as transaction:
        assert transaction.outbox.drop_bytes(NOON, NOON) == 0
    assert dictionaries(shelf) == [newest.id]
    enqueue(shelf, common=newest)
    with shelf.read() as transaction:
        assert transaction.outbox.data(1) == message().data


def test_a_dictionary_of_readers_who_were_forgotten_goes_too(shelf, common):
    enqueue(shelf, common=common)
    put_dictionary(shelf, b"of a later run")
    with shelf.write() as transaction:
        transaction.subscribers.forget(transaction.subscribers.all()[0])
        assert transaction.outbox.drop_bytes(NOON, NOON) == 0
    assert dictionaries(shelf) == [common.id + 1]


def test_whether_a_dictionary_is_needed_is_known_without_a_look_at_the_messages(shelf):
    """Not a matter of taste: a look is taken every minute, and the messages are most of the database."""
    with shelf.write() as transaction:
        connection = transaction.outbox._connection
        asked = []
        event.listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2:4]))
        transaction.dictionaries.drop_unused()
        query, values = asked[0]
        found = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]
        tables = dict(connection.exec_driver_sql("SELECT rootpage, name FROM sqlite_master").all())
        program = connection.exec_driver_sql("EXPLAIN DELETE FROM message_dictionary WHERE id = 1").all()
    assert any("COVERING INDEX ix_message_dictionary_id" in line for line in found), found
    # and neither does the foreign key look at them
    opened = {tables[step.p2] for step in program if step.opcode in {"OpenRead", "OpenWrite"}}
    assert opened == {"message_dictionary", "ix_message_dictionary_id"}


# ── when there is something to do ─────────────────────────────────────────────────────────────


def next_turn(database):
    with database.read() as transaction:
        return transaction.outbox.next_turn()


def test_the_next_turn_is_that_of_the_first_message_that_waits(shelf):
    assert next_turn(shelf) is None
    for number, hours in ((1, 5), (2, 3), (3, 9)):
        enqueue(shelf, number, now=NOON + timedelta(hours=hours))
    assert next_turn(shelf) == NOON + timedelta(hours=3)


@pytest.mark.parametrize("state", DeliveryState)
def test_only_what_is_over_has_no_turn(shelf, state):
    enqueue(shelf)
    with shelf.write() as transaction:
        put_state(transaction, transaction.outbox.due(NOON, 1)[0], state)
    waits = {DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.TRANSMITTING}
    assert next_turn(shelf) == (NOON if state in waits else None)


def test_a_claimed_message_has_its_turn_when_the_lease_ends(shelf):
    enqueue(shelf)
    claim(shelf)
    assert next_turn(shelf) == NOON + LEASE
