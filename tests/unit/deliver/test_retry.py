from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import RetryPolicy, cut_off, next_step, too_late
from digest.deliver.retry import wait_after
from digest.model import Delivery, DeliveryState, InDoubt, Outcome, OutcomeKind, Step

POLICY = RetryPolicy()
BORN = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
EXPIRES = BORN + timedelta(hours=24)


def delivery(attempts=0, **facts):
    values = {
        "id": 1,
        "subscriber_id": 1,
        "edition": "2026-11-20",
        "message_id": "<1@daily.example>",
        "sender": "digest@daily.example",
        "recipient": "vision@reader.example",
        "state": DeliveryState.TRANSMITTING,
        "attempts": attempts,
        "created_at": BORN,
        "next_attempt": BORN,
        "expires_at": EXPIRES,
    }
    return Delivery(**(values | facts))


def outcome(kind, detail="RCPT: 451 later"):
    return Outcome(kind=kind, detail=detail)


def step(kind, attempts=0, now=BORN, detail="RCPT: 451 later"):
    return next_step(delivery(attempts), outcome(kind, detail), now, policy=POLICY)


def test_an_accepted_message_keeps_what_the_server_said():
    assert step(OutcomeKind.ACCEPTED, detail="queued as Q1") == Step(
        state=DeliveryState.ACCEPTED, attempts=1, queue_id="queued as Q1"
    )


def test_a_refused_message_ends_with_its_reason():
    assert step(OutcomeKind.PERMANENT, 2, detail="RCPT: 550 no such user") == Step(
        state=DeliveryState.REFUSED, attempts=3, last_error="RCPT: 550 no such user"
    )


def test_a_message_whose_fate_is_unknown_is_in_doubt_and_not_tried_again():
    assert step(OutcomeKind.UNKNOWN, detail="end of message: no answer in time") == Step(
        state=DeliveryState.IN_DOUBT, attempts=1, last_error="end of message: no answer in time"
    )


def test_even_after_its_time_an_accepted_message_is_accepted():
    assert step(OutcomeKind.ACCEPTED, now=EXPIRES + timedelta(days=9)).state is DeliveryState.ACCEPTED


@pytest.mark.parametrize(
    ("before", "minutes"),
    [(0, 5), (1, 10), (2, 20), (3, 40), (4, 80), (5, 160), (6, 240), (500, 240)],
)
def test_waits_double_from_five_minutes_to_four_hours(before, minutes):
    assert step(OutcomeKind.TRANSIENT, before) == Step(
        state=DeliveryState.DEFERRED,
        attempts=before + 1,
        next_attempt=BORN + timedelta(minutes=minutes),
        last_error="RCPT: 451 later",
    )


def test_the_last_attempt_falls_on_the_very_end():
    late = step(OutcomeKind.TRANSIENT, 6, now=EXPIRES - timedelta(minutes=1))
    assert (late.state, late.next_attempt) == (DeliveryState.DEFERRED, EXPIRES)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=3)])
def test_a_failed_last_attempt_ends_with_the_reason(late):
    ended = step(OutcomeKind.TRANSIENT, 9, now=EXPIRES + late)
    assert ended == Step(
        state=DeliveryState.EXPIRED,
        attempts=10,
        last_error="not handed over by 2026-11-21 07:00 UTC: RCPT: 451 later",
    )


def test_a_message_too_old_to_be_news_ends_before_another_attempt():
    assert too_late(delivery(), EXPIRES + POLICY.grace, policy=POLICY) is None
    ended = too_late(delivery(4, last_error="no answer"), EXPIRES + timedelta(hours=2), policy=POLICY)
    assert ended == Step(
        state=DeliveryState.EXPIRED,
        attempts=4,
        last_error="not handed over by 2026-11-21 07:00 UTC: no answer",
    )
    never_tried = too_late(delivery(), EXPIRES + timedelta(days=7), policy=POLICY)
    assert never_tried.last_error == "not handed over by 2026-11-21 07:00 UTC"


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="UTC"):
        step(OutcomeKind.ACCEPTED, now=BORN.replace(tzinfo=None))


moments = st.integers(0, 200 * 3600).map(lambda n: BORN + timedelta(seconds=n))


@given(st.sampled_from(OutcomeKind), st.integers(0, 10_000), moments)
def test_only_a_deferred_message_has_a_next_attempt_and_it_lies_ahead(kind, attempts, now):
    result = step(kind, attempts, now)
    assert (result.next_attempt is not None) == (result.state is DeliveryState.DEFERRED)
    assert result.attempts == attempts + 1
    if result.next_attempt is not None:
        assert now < result.next_attempt <= EXPIRES
    assert (result.last_error is None) == (result.state is DeliveryState.ACCEPTED)


@given(st.integers(0, 10_000))
def test_waits_never_shrink_and_never_exceed_the_longest(attempts):
    assert POLICY.first <= wait_after(attempts, POLICY) <= wait_after(attempts + 1, POLICY) <= POLICY.longest


def test_a_server_that_never_comes_back_ends_every_message():
    now, attempts = BORN, 0
    for _ in range(100):
        result = step(OutcomeKind.TRANSIENT, attempts, now)
        if result.state is DeliveryState.EXPIRED:
            break
        now, attempts = result.next_attempt, result.attempts
    assert result.state is DeliveryState.EXPIRED
    assert now == EXPIRES
    assert result.attempts == 12


# ── doubt ─────────────────────────────────────────────────────────────────────────────────────

RESEND = RetryPolicy(in_doubt=InDoubt.RESEND)


def test_a_message_that_a_dead_worker_left_is_held_or_sent_again_at_once_as_the_operator_wants():
    held = cut_off(delivery(), BORN, policy=POLICY, repeatable=False)
    again = cut_off(delivery(), BORN, policy=RESEND, repeatable=False)

    assert (held.state, held.attempts) == (DeliveryState.IN_DOUBT, 1)
    assert (again.state, again.attempts, again.next_attempt) == (DeliveryState.DEFERRED, 1, BORN)
    assert "may arrive twice" in again.last_error


@pytest.mark.parametrize("policy", [POLICY, RESEND], ids=["hold", "resend"])
def test_where_twice_leaves_one_there_is_no_doubt(policy):
    step = cut_off(delivery(), BORN, policy=policy, repeatable=True)

    assert (step.state, step.attempts, step.next_attempt) == (DeliveryState.QUEUED, 0, BORN)


def test_an_answer_lost_while_we_live_is_sent_again_after_a_growing_wait_only():
    outcome = Outcome(kind=OutcomeKind.UNKNOWN, detail="no answer")
    waits = [next_step(delivery(n), outcome, BORN, policy=RESEND).next_attempt - BORN for n in range(3)]

    assert waits == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    late = next_step(delivery(), outcome, EXPIRES, policy=RESEND)
    assert (late.state, next_step(delivery(), outcome, BORN, policy=POLICY).state) == (
        DeliveryState.EXPIRED,
        DeliveryState.IN_DOUBT,
    )


def test_the_next_attempt_is_on_the_minute_where_programs_look():
    outcome = Outcome(kind=OutcomeKind.TRANSIENT, detail="later")
    step = next_step(delivery(), outcome, BORN + timedelta(seconds=59), policy=POLICY)

    assert step.next_attempt == BORN + timedelta(minutes=5)
