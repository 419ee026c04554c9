"""What an operator sees of the outbox, and what their decisions change in it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from digest.model import DeliveryState, Format, Preferences, Step, SubscriberStatus
from digest.store import Chosen
from tests.builders import NOON, issue, known, match, paper
from tests.listings import add
from tests.outbox import message, put_message, put_person, put_state

DAY = timedelta(days=1)
TODAY = NOON.date()


@pytest.fixture
def shelf(database):
    """Three readers, each with a mail of today and one of tomorrow."""
    with database.write() as transaction:
        for number in range(1, 4):
            person = put_person(transaction, number)
            put_message(transaction, person, number)
            put_message(transaction, person, number + 10, days=1)
    return database


def make(database, message_id, state, *, now=NOON, **facts):
    """Bring one message into a state, as an attempt would."""
    with database.write() as transaction:
        found = {d.message_id: d for d in all_of(transaction)}
        put_state(transaction, found[f"<{message_id}@digest.example>"], state, now=now, **facts)


def all_of(transaction):
    return [e.delivery for e in transaction.deliveries.oldest_first(Chosen())]


def ids(entries):
    return [e.delivery.message_id.split("@")[0][1:] for e in entries]


def page(database, chosen=None, **options):
    with database.read() as transaction:
        return transaction.deliveries.page(chosen or Chosen(), **{"limit": 99} | options)


# ── looking ───────────────────────────────────────────────────────────────────────────────────


def test_pages_hold_the_newest_first_and_lead_on_to_the_oldest(shelf):
    first = page(shelf, limit=4)
    rest = page(shelf, before=first[-1].delivery.id, limit=4)

    assert ids(first) == ["13", "3", "12", "2"]
    assert ids(rest) == ["11", "1"]


def test_an_entry_tells_the_reader_as_they_are_now(shelf):
    with shelf.write() as transaction:
        person = transaction.subscribers.find("reader 1")
        changed = {"status": SubscriberStatus.BOUNCED, "preferences": Preferences(format=Format.FEED)}
        transaction.subscribers.save(replace(person, **changed, address="new@reader.example"))

    gone, there = page(shelf)[-1], page(shelf)[0]
    assert (gone.status, gone.address, gone.by_mail) == (
        SubscriberStatus.BOUNCED,
        "new@reader.example",
        False,
    )
    assert gone.delivery.recipient == "r1@reader.example"
    assert (there.status, there.by_mail) == (SubscriberStatus.ACTIVE, True)
    assert (there.subject, there.updated_at, there.dropped_at) == ("Größe 13", NOON, None)


def test_deliveries_are_chosen_by_edition_state_and_recipient_in_any_case(shelf):
    make(shelf, 2, DeliveryState.REFUSED)
    make(shelf, 12, DeliveryState.IN_DOUBT)

    def chosen(**facts):
        with shelf.read() as transaction:
            found = transaction.deliveries.page(Chosen(**facts), limit=99)
            assert transaction.deliveries.count(Chosen(**facts)) == len(found)
        return ids(found)

    assert chosen(edition=TODAY) == ["3", "2", "1"]
    assert chosen(states=(DeliveryState.REFUSED, DeliveryState.IN_DOUBT)) == ["12", "2"]
    assert chosen(recipients=("R2@Reader.EXAMPLE",)) == ["12", "2"]
    assert chosen(edition=TODAY, states=(DeliveryState.IN_DOUBT,)) == []


def test_each_edition_adds_up(shelf):
    make(shelf, 1, DeliveryState.ACCEPTED)
    with shelf.read() as transaction:
        later, today = transaction.deliveries.per_edition()
        assert transaction.deliveries.per_edition(TODAY) == [today]
        assert transaction.deliveries.latest_edition() == TODAY + DAY

    assert (later.edition, later.frozen, later.total) == (TODAY + DAY, 3, 3)
    assert len(today.counts) == 9
    assert (today.counts[DeliveryState.ACCEPTED], today.counts[DeliveryState.QUEUED]) == (1, 2)


def test_an_empty_outbox_has_no_editions(database):
    with database.read() as transaction:
        assert transaction.deliveries.latest_edition() is None
        assert transaction.deliveries.per_edition() == []
        assert transaction.deliveries.page(Chosen(), limit=9) == []
        assert transaction.deliveries.unfinished() == {}


def test_unfinished_is_what_may_still_be_in_doubt(shelf):
    for number, state in (
        (1, "accepted"),
        (2, "refused"),
        (3, "in_doubt"),
        (11, "transmitting"),
        (12, "expired"),
    ):
        make(shelf, number, DeliveryState(state))
    with shelf.read() as transaction:
        found = transaction.deliveries.unfinished()

        assert set(found) == {"<3@digest.example>", "<11@digest.example>", "<13@digest.example>"}
        assert transaction.deliveries.known({"<1@digest.example>", "<no@digest.example>"})
        assert transaction.deliveries.known({"<3@digest.example>"})
        assert not transaction.deliveries.known({"<2@digest.example>", "<13@digest.example>"})


# ── deciding ──────────────────────────────────────────────────────────────────────────────────


def state_of(database, number):
    (found,) = [e.delivery for e in page(database) if e.delivery.message_id == f"<{number}@digest.example>"]
    return found


def test_only_what_is_in_doubt_is_settled(shelf):
    make(shelf, 1, DeliveryState.IN_DOUBT, attempts=1, last_error="lost")
    make(shelf, 2, DeliveryState.IN_DOUBT, attempts=1, last_error="lost")
    make(shelf, 3, DeliveryState.ACCEPTED, attempts=1, queue_id="Q3")
    later = NOON + DAY
    accepted = Step(state=DeliveryState.ACCEPTED, attempts=1, queue_id="Q9")
    again = Step(state=DeliveryState.DEFERRED, attempts=1, next_attempt=later, last_error="not there")
    with shelf.write() as transaction:
        found = {d.message_id[1]: d for d in all_of(transaction) if d.edition == TODAY.isoformat()}
        transaction.deliveries.settle_doubt(
            [(found["1"], accepted, later), (found["2"], again, None), (found["3"], again, None)],
            by="operator",
            now=later,
        )

    first, second, third = (state_of(shelf, number) for number in (1, 2, 3))
    assert (first.state, first.queue_id, first.last_error) == (DeliveryState.ACCEPTED, "Q9", None)
    assert (first.accepted_at, first.settled_by) == (later, "operator")
    assert (second.state, second.next_attempt, second.last_error) == (
        DeliveryState.DEFERRED,
        later,
        "not there",
    )
    assert (second.settled_by, second.accepted_at, second.attempts) == ("operator", None, 1)
    assert (third.state, third.queue_id, third.settled_by) == (DeliveryState.ACCEPTED, "Q3", None)


@pytest.mark.parametrize("state", DeliveryState)
def test_only_what_ended_without_reaching_its_reader_is_opened_again(shelf, state):
    make(shelf, 1, state, attempts=3)
    before = state_of(shelf, 1)
    later = NOON + 3 * DAY
    step = Step(state=DeliveryState.DEFERRED, attempts=3, last_error="again")
    with shelf.write() as transaction:
        transaction.deliveries.reopen([(before, step)], expires_at=later + DAY, by="operator", now=later)

    after = state_of(shelf, 1)
    if state.value not in {"refused", "expired", "suppressed", "in_doubt"}:
        assert after == before
        return
    settled_by = "operator" if state is DeliveryState.IN_DOUBT else None
    assert after == replace(
        before,
        state=DeliveryState.DEFERRED,
        next_attempt=later,
        expires_at=later + DAY,
        last_error="again",
        settled_by=settled_by,
    )
    with shelf.read() as transaction:
        assert transaction.outbox.letters([after])[0].unpacked().message_id == before.message_id
        assert transaction.outbox.frozen() == sum(transaction.outbox.counts().values()) == 6


# ── what must never be ────────────────────────────────────────────────────────────────────────


def test_a_healthy_outbox_raises_no_alarm(shelf):
    with shelf.read() as transaction:
        assert transaction.deliveries.doubled(TODAY, 9) == []
        assert transaction.deliveries.unbalanced() == []


def test_a_recipient_with_two_mails_of_one_edition_is_seen_in_any_case_of_letters(shelf):
    with shelf.write() as transaction:
        again = put_person(transaction, 9)
        put_message(transaction, again, 9, recipient="R1@READER.example")

    with shelf.read() as transaction:
        assert transaction.deliveries.doubled(TODAY, 9) == [(TODAY, "r1@reader.example", 2)]
        assert transaction.deliveries.doubled(TODAY + DAY, 9) == []
        assert transaction.deliveries.doubled(TODAY, 0) == []


def test_mails_that_do_not_add_up_are_seen_by_edition_even_where_the_sums_agree(shelf):
    with shelf.write() as transaction:
        execute = transaction.outbox._connection.execute
        execute(text("DELETE FROM message WHERE delivery_id = 1"))
        execute(text("DELETE FROM delivery WHERE id = 1"))
        execute(text("UPDATE recipients SET frozen = frozen - 1 WHERE edition > '2026-11-20'"))

    with shelf.read() as transaction:
        assert transaction.deliveries.unbalanced() == [(TODAY, 2, 3), (TODAY + DAY, 3, 2)]
        assert transaction.deliveries.unbalanced(TODAY + DAY) == [(TODAY + DAY, 3, 2)]
        assert transaction.outbox.frozen() == sum(transaction.outbox.counts().values()) == 5


def test_an_edition_that_lost_all_its_mails_or_its_count_is_seen_as_well(shelf):
    with shelf.write() as transaction:
        execute = transaction.outbox._connection.execute
        execute(text("DELETE FROM message"))
        execute(text("DELETE FROM delivery WHERE edition = '2026-11-20'"))
        execute(text("DELETE FROM recipients WHERE edition > '2026-11-20'"))

    with shelf.read() as transaction:
        assert transaction.deliveries.unbalanced() == [(TODAY, 0, 3), (TODAY + DAY, 3, 0)]


# ── papers ────────────────────────────────────────────────────────────────────────────────────


def put_issue(transaction, person, number, *papers):
    """An issue with these papers, sent as a mail of its own day."""
    composed = issue(picks=[match(known_paper) for known_paper in papers], reader=person)
    day = TODAY + number * DAY
    issue_id = transaction.issues.put(
        replace(composed, edition=replace(composed.edition, day=day)), cut={}, newest_paper=0
    )
    return transaction.outbox.put(
        message(number, recipient=person.address),
        issue_id=issue_id,
        subscriber_id=person.id,
        edition=day,
        now=NOON,
        expire_after=DAY,
    )


def test_a_paper_that_another_issue_brought_under_another_name_is_noticed(database):
    add(database, *(paper(title) for title in ("Rivers of Light", "Slow Boats", "A Third Thing Entirely")))
    with database.write() as transaction:
        one, two, three = (known(id=found.known.id) for found in transaction.papers.search())
        mine, yours = put_person(transaction, 1), put_person(transaction, 2)
        first = put_issue(transaction, mine, 1, one, three)
        second = put_issue(transaction, mine, 2, two)
        theirs = put_issue(transaction, yours, 3, two)
        everybody = [first, second, theirs]
        assert transaction.deliveries.repeats(everybody) == set()
        merge = "UPDATE paper SET merged_into = :one WHERE id = :two"
        transaction.outbox._connection.execute(text(merge), {"one": one.id, "two": two.id})

    with database.read() as transaction:
        assert transaction.deliveries.repeats(everybody) == {first, second}
        assert transaction.deliveries.repeats([theirs]) == set()
