from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import Limits, Pacer, domain_of
from digest.model import Rate

START = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
HERE, THERE = "here.example", "there.example"


def after(seconds):
    return START + timedelta(seconds=seconds)


def rate(count, seconds):
    return Rate(count=count, period=timedelta(seconds=seconds))


def busiest(moments, period):
    """The most moments within any half-open stretch of time as long as `period`."""
    return max((sum(m <= other < m + period for other in moments) for m in moments), default=0)


rates = st.builds(rate, st.integers(1, 5), st.integers(1, 60))
#: when somebody comes with a message, in seconds after the one before, and to whom
comings = st.lists(st.tuples(st.floats(0, 20), st.sampled_from([HERE, THERE])), max_size=60)


def sent(pacer, comings, start=START):
    """Messages sent as early as may be, one after another: domain and moment."""
    now, found = start, []
    for wait, domain in comings:
        now += timedelta(seconds=wait)
        now = max(pacer.free_at(None, now), pacer.free_at(domain, now))
        pacer.note(domain, now)
        found.append((domain, now))
    return found


@given(rates, rates, rates, comings)
def test_no_stretch_of_time_holds_more_than_is_allowed(whole, here, others, comings):
    limits = Limits(whole=whole, domains={HERE: here, "*": others})
    found = sent(Pacer(limits), comings)

    assert busiest([m for _, m in found], whole.period) <= whole.count
    assert busiest([m for d, m in found if d == HERE], here.period) <= here.count
    assert busiest([m for d, m in found if d == THERE], others.period) <= others.count


@given(rates, rates, comings, comings)
def test_a_restart_changes_nothing(whole, others, before, afterwards):
    limits = Limits(whole=whole, domains={"*": others})
    first = sent(Pacer(limits), before)
    now = max([START, *(m for _, m in first)])
    # what is older than the longest period need not be remembered
    history = [(d, m) for d, m in first if m > now - limits.memory]
    second = sent(Pacer(limits, reversed(history)), afterwards, now)

    moments = [m for _, m in first + second]
    assert busiest(moments, whole.period) <= whole.count


@given(rates, comings, st.floats(0, 100_000), st.lists(st.floats(-5_000, 5_000), max_size=5))
def test_a_clock_set_back_locks_nobody_out(whole, before, back, steps):
    pacer = Pacer(Limits(whole=whole))
    sent(pacer, before, after(200_000))
    now = after(200_000 - back)
    for step in [0.0, *steps]:
        now += timedelta(seconds=step)
        free = pacer.free_at(None, now)
        # a second is what two that ask at once may differ by
        assert now <= free <= now + whole.period + timedelta(seconds=1)


def test_a_burst_is_let_through_and_then_waits():
    pacer = Pacer(Limits(whole=rate(3, 60)))
    for _ in range(3):
        assert pacer.free_at(None, START) == START
        pacer.note(HERE, START)
    assert pacer.free_at(None, START) == after(60)
    assert pacer.free_at(None, after(60)) == after(60)


def test_moments_that_two_tell_in_the_wrong_order_allow_nothing_more():
    pacer = Pacer(Limits(whole=rate(1, 60)))
    pacer.note(HERE, after(10))
    pacer.note(THERE, after(9.5))
    assert pacer.free_at(None, after(11)) == after(70)


def test_a_domains_own_rate_comes_before_that_of_the_others():
    pacer = Pacer(Limits(domains={HERE: rate(1, 60), "*": rate(2, 60)}))
    pacer.note(HERE, START)
    pacer.note(THERE, START)
    assert pacer.free_at(HERE, START) == after(60)
    assert pacer.free_at(THERE, START) == START
    assert pacer.free_at("else.example", START) == START
    pacer.note(THERE, START)
    assert pacer.free_at(THERE, START) == after(60)
    assert pacer.free_at("else.example", START) == START


def test_without_a_limit_nobody_waits():
    pacer = Pacer(Limits())
    for _ in range(1000):
        pacer.note(HERE, START)
    assert pacer.free_at(HERE, START) == pacer.free_at(None, START) == START
    assert Limits().memory == timedelta(0)


def test_as_much_as_the_longest_period_is_remembered():
    limits = Limits(whole=rate(9, 60), domains={HERE: rate(9, 3600), "*": rate(9, 10)})
    assert limits.memory == timedelta(hours=1)


# ── pauses ──


def test_who_asks_for_less_again_and_again_is_left_alone_longer_and_longer():
    pacer, now, waits = Pacer(Limits()), START, []
    for _ in range(9):
        until = pacer.throttled(HERE, now)
        waits.append((until - now) / timedelta(minutes=1))
        assert pacer.free_at(HERE, now) == until
        assert pacer.free_at(THERE, now) == pacer.free_at(None, now) == now
        now = until
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_what_was_on_its_way_when_a_pause_began_does_not_count():
    pacer = Pacer(Limits())
    until = pacer.throttled(HERE, START)
    assert pacer.throttled(HERE, after(5)) == until
    pacer.went_well(HERE, after(6))
    assert pacer.free_at(HERE, after(6)) == until
    assert pacer.throttled(HERE, until) == until + timedelta(minutes=2)


def test_after_something_went_well_the_next_pause_is_short_again():
    pacer = Pacer(Limits())
    until = pacer.throttled(None, START)
    pacer.went_well(None, until)
    assert pacer.throttled(None, until) == until + timedelta(minutes=1)


def test_a_pause_can_be_set_and_the_longer_one_counts():
    pacer = Pacer(Limits())
    pacer.pause(HERE, after(100))
    pacer.pause(HERE, after(50))
    assert pacer.free_at(HERE, START) == after(100)
    assert pacer.free_at(HERE, after(101)) == after(101)


def test_a_pause_goes_back_with_the_clock():
    pacer = Pacer(Limits())
    pacer.throttled(HERE, after(7200))
    assert pacer.free_at(HERE, after(0)) == after(60)


# ── domains ──


@pytest.mark.parametrize(
    ("recipient", "domain"),
    [
        ("vision@Reader.Example", "reader.example"),
        ("größe@Bücher.example", "xn--bcher-kva.example"),
        ('"odd@name"@reader.example', "reader.example"),
        ("reader.example", "reader.example"),
        ("*", "*"),
        ("", ""),
        ("x@" + "ü" * 70, "ü" * 70),
    ],
)
def test_the_domain_of_a_recipient(recipient, domain):
    assert domain_of(recipient) == domain


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="UTC"):
        Pacer(Limits()).free_at(None, START.replace(tzinfo=None))
