"""What a return does to a reader: one decision from what came before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.model import PastReturn, Returned, ReturnKind, SubscriberStatus
from digest.returns import ReturnPolicy, counts_as, judge, too_many_at_once
from tests.builders import NOON, subscriber

DAY = timedelta(days=1)
POLICY = ReturnPolicy()
HARD, SOFT = ReturnKind.HARD, ReturnKind.SOFT


def past(*days, kind=SOFT):
    """Returns so many days ago."""
    return [PastReturn(kind=kind, received_at=NOON - day * DAY) for day in days]


def decided(kind, earlier=(), *, status=SubscriberStatus.ACTIVE, policy=POLICY, **facts):
    return judge(kind, replace(subscriber(), status=status), earlier, now=NOON, policy=policy, **facts).status


def test_the_first_hard_bounce_removes_and_says_why():
    verdict = judge(HARD, subscriber(), [], status="5.1.1", now=NOON, policy=POLICY)

    assert (verdict.status, verdict.reason) == (SubscriberStatus.BOUNCED, "hard bounce 5.1.1")


def test_hard_bounces_are_counted_by_days_where_the_operator_wants_more_of_them():
    policy = ReturnPolicy(hard=2)

    assert decided(HARD, policy=policy) is None
    assert decided(HARD, past(0, kind=HARD), policy=policy) is None
    assert decided(HARD, past(3), policy=policy) is None
    assert decided(HARD, past(3, kind=HARD), policy=policy) is SubscriberStatus.BOUNCED


def test_soft_bounces_remove_after_five_different_days():
    assert decided(SOFT, past(1, 2, 3)) is None
    assert decided(SOFT, past(0, 0, 0, 0, 0, 0)) is None
    assert decided(SOFT, past(1, 1, 1, 2, 2, 3)) is None
    assert decided(SOFT, past(1, 2, 3, 4)) is SubscriberStatus.BOUNCED
    assert decided(SOFT, past(30, 60, 90, 120)) is SubscriberStatus.BOUNCED


def test_soft_bounces_of_long_ago_do_not_count():
    assert decided(SOFT, past(100, 150, 181, 200)) is None


def test_a_mail_that_arrived_ends_the_count():
    earlier = past(10, 11, 12, 13)

    assert decided(SOFT, earlier, arrived=NOON - 14 * DAY) is SubscriberStatus.BOUNCED
    assert decided(SOFT, earlier, arrived=NOON - 9 * DAY) is None
    assert decided(SOFT, earlier, arrived=NOON - 11 * DAY) is None


@pytest.mark.parametrize(
    "kind",
    [ReturnKind.BLOCK, ReturnKind.DELAYED, ReturnKind.AUTO_REPLY, ReturnKind.NOTICE, ReturnKind.UNKNOWN],
)
def test_the_others_never_remove_however_often_they_come(kind):
    assert decided(kind, past(*range(1, 100), kind=kind)) is None


def test_a_complaint_ends_everything_for_good():
    for status in SubscriberStatus:
        expected = None if status is SubscriberStatus.COMPLAINED else SubscriberStatus.COMPLAINED
        assert decided(ReturnKind.COMPLAINT, status=status) is expected
    for kind in ReturnKind:
        assert decided(kind, status=SubscriberStatus.COMPLAINED) is None


def test_a_wish_to_leave_is_heeded_also_by_who_bounced():
    assert decided(ReturnKind.UNSUBSCRIBE) is SubscriberStatus.UNSUBSCRIBED
    assert decided(ReturnKind.UNSUBSCRIBE, status=SubscriberStatus.BOUNCED) is SubscriberStatus.UNSUBSCRIBED
    assert decided(ReturnKind.UNSUBSCRIBE, status=SubscriberStatus.UNSUBSCRIBED) is None


def test_who_left_does_not_bounce_as_well():
    assert decided(HARD, status=SubscriberStatus.UNSUBSCRIBED) is None


@pytest.mark.parametrize(
    ("recipient", "kind"),
    [
        ("vision@reader.example", HARD),
        ("VISION@Reader.Example", HARD),
        (None, HARD),
        ("vision@elsewhere.example", SOFT),
        ("somebody@reader.example", SOFT),
    ],
)
def test_a_dead_address_behind_the_readers_own_counts_as_a_soft_bounce(recipient, kind):
    assert counts_as(Returned(kind=HARD, recipient=recipient), subscriber()) is kind


def test_an_international_domain_is_the_same_in_both_spellings():
    someone = subscriber(address="vision@bücher.example")

    assert counts_as(Returned(kind=HARD, recipient="vision@xn--bcher-kva.example"), someone) is HARD


def test_too_many_at_once_are_more_than_three_and_more_than_a_tenth():
    assert not too_many_at_once(3, 3)
    assert too_many_at_once(4, 5)
    assert not too_many_at_once(100, 1_000)
    assert too_many_at_once(101, 1_000)
