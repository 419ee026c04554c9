from dataclasses import replace
from datetime import timedelta

import pytest

from digest.errors import NotFoundError, UsageError
from digest.model import Format, Interest, Origin, Preferences, ReturnKind, SubscriberStatus
from digest.pipeline.subscribing import Wish, apply_list, change, find, leave, subscribe
from tests.builders import NOON

LATER = NOON + timedelta(days=1)
NOT_ACTIVE = [s for s in SubscriberStatus if s is not SubscriberStatus.ACTIVE]


def wish(name="vision", address="", interests=("diffusion",), **preferences):
    return Wish(
        name=name,
        address=f"{name}@reader.example" if address == "" else address,
        preferences=Preferences(**preferences),
        interests=tuple(Interest(text=i) for i in interests),
    )


@pytest.fixture
def book(database):
    """One open transaction."""
    with database.write() as transaction:
        yield transaction


def come(book, one, origin=Origin.COMMAND):
    return subscribe(book, one, origin=origin, now=NOON)


def names(book):
    return {s.name: (s.address, s.status, s.origin) for s in book.subscribers.all()}


def now_is(book, name):
    return book.subscribers.find(name)


LISTED = (SubscriberStatus.ACTIVE, Origin.CONFIG)
DROPPED = (SubscriberStatus.UNSUBSCRIBED, Origin.COMMAND)


# ── by command ────────────────────────────────────────────────────────────────────────────────


def test_somebody_new_is_stored_as_they_wish(book):
    made = come(book, wish(limit=3, format=Format.BOTH))

    assert now_is(book, "vision") == made
    assert (made.preferences.limit, made.created_at, made.status) == (3, NOON, SubscriberStatus.ACTIVE)
    assert made.origin is Origin.COMMAND


def test_the_address_of_a_feed_cannot_be_guessed(book):
    tokens = {come(book, wish(f"reader {n}")).feed_token for n in range(50)}

    assert len(tokens) == 50
    assert all(len(t) >= 32 and t.replace("-", "").replace("_", "").isalnum() for t in tokens)


@pytest.mark.parametrize(
    "same",
    [
        wish(),
        wish("other", "VISION@reader.example"),
        wish("vision", "other@reader.example"),
        wish("vision", None),
    ],
    ids=["all", "address", "name", "name alone"],
)
def test_an_active_name_or_address_is_taken(book, same):
    come(book, wish())

    with pytest.raises(UsageError, match="subscriber already"):
        come(book, same)


@pytest.mark.parametrize("status", [s for s in NOT_ACTIVE if s is not SubscriberStatus.COMPLAINED])
def test_who_left_comes_back_by_command_with_new_wishes_and_the_old_name_in_the_ledger(book, status):
    first = come(book, wish())
    book.subscribers.save(replace(first, status=status))

    back = subscribe(book, wish(interests=("speech",)), origin=Origin.COMMAND, now=LATER)

    assert (back.id, back.feed_token, back.created_at) == (first.id, first.feed_token, NOON)
    assert now_is(book, "vision") == back
    assert back.status is SubscriberStatus.ACTIVE
    assert [i.text for i in back.interests] == ["speech"]


def test_who_complained_comes_back_only_when_the_operator_says_so(book):
    first = come(book, wish())
    book.subscribers.stop(first.id, SubscriberStatus.COMPLAINED, reason="complaint", now=NOON)

    with pytest.raises(UsageError, match="--despite-complaint"):
        come(book, wish())
    assert now_is(book, "vision").status is SubscriberStatus.COMPLAINED

    back = subscribe(book, wish(), origin=Origin.COMMAND, now=LATER, despite_complaint=True)

    assert now_is(book, "vision") == back
    assert (back.status, back.status_reason) == (SubscriberStatus.ACTIVE, None)


def test_a_complaint_outlives_its_entry_without_the_address(book):
    book.instance.create(NOON)
    first = come(book, wish())
    book.subscribers.stop(first.id, SubscriberStatus.COMPLAINED, reason="complaint", now=NOON)
    leave(book, find(book, "vision"), forget=True)

    for spelling in ("vision@reader.example", "Vision@READER.example"):
        with pytest.raises(UsageError, match="complained"):
            come(book, wish("somebody", spelling))

    come(book, wish("other", "other@reader.example"))
    subscribe(book, wish(), origin=Origin.COMMAND, now=LATER, despite_complaint=True)
    leave(book, find(book, "vision"), forget=True)
    assert come(book, wish()).status is SubscriberStatus.ACTIVE  # the operator's word ended it


def test_who_comes_back_begins_without_old_bounces(book):
    first = come(book, wish())
    book.returns.note("a", ReturnKind.SOFT, subscriber_id=first.id, now=NOON)
    book.subscribers.stop(first.id, SubscriberStatus.BOUNCED, reason="soft bounces on 5 days", now=NOON)

    come(book, wish())

    assert book.returns.of(first.id, NOON - timedelta(days=365)) == []


def test_leaving_keeps_who_left_and_forgetting_does_not(book):
    stays, goes = come(book, wish("a")), come(book, wish("b"))
    leave(book, stays, forget=False)
    leave(book, goes, forget=True)

    assert names(book) == {"a": ("a@reader.example", *DROPPED)}


def test_changed_wishes_are_kept_unless_the_name_or_address_is_taken(book):
    one, other = come(book, wish("a")), come(book, wish("b"))
    changed = change(book, one, wish("c", "a@reader.example", limit=1))

    assert now_is(book, "c") == changed
    assert changed.id == one.id
    for taken in (wish("b", "new@reader.example"), wish("new", "B@reader.example")):
        with pytest.raises(UsageError, match="already"):
            change(book, changed, taken)
    assert now_is(book, "b") == other


def test_somebody_is_found_by_name_by_address_or_by_being_the_only_one(book):
    with pytest.raises(NotFoundError, match="no subscribers yet"):
        find(book, None)
    one = come(book, wish("a"))
    assert find(book, None) == find(book, "a") == find(book, "A@Reader.example") == one
    other = come(book, wish("b"))
    with pytest.raises(NotFoundError, match="there are 2 subscribers"):
        find(book, None)
    with pytest.raises(NotFoundError, match="'c'"):
        find(book, "c")
    leave(book, other, forget=False)
    assert find(book, None) == one
    assert find(book, "b").status is SubscriberStatus.UNSUBSCRIBED


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (SubscriberStatus.UNSUBSCRIBED, "one-click"),
        (SubscriberStatus.UNSUBSCRIBED, "mail"),
        (SubscriberStatus.BOUNCED, "hard bounce 5.1.1"),
        (SubscriberStatus.COMPLAINED, "complaint"),
    ],
)
@pytest.mark.parametrize("origin", list(Origin))
def test_a_list_brings_nobody_back_who_said_no_or_whose_mailbox_did(book, status, reason, origin):
    one = come(book, wish("a"), origin)
    if status is SubscriberStatus.UNSUBSCRIBED:
        book.subscribers.unsubscribe(one.id, reason=reason, now=NOON)
    else:
        book.subscribers.stop(one.id, status, reason=reason, now=NOON)

    for listed in ([wish("a")], [], [wish("a")]):
        apply_list(book, listed, LATER)
        assert (now_is(book, "a").status, now_is(book, "a").status_reason) == (status, reason)


def test_a_list_brings_nobody_back_who_complained_and_was_forgotten(book):
    book.instance.create(NOON)
    one = come(book, wish("a"))
    book.subscribers.stop(one.id, SubscriberStatus.COMPLAINED, reason="complaint", now=NOON)
    leave(book, find(book, "a"), forget=True)

    apply_list(book, [wish("a"), wish("b")], LATER)

    assert now_is(book, "a").status is SubscriberStatus.COMPLAINED
    assert now_is(book, "b").status is SubscriberStatus.ACTIVE


# ── by the configuration's list ───────────────────────────────────────────────────────────────


def test_a_list_brings_everybody_on_it(book):
    apply_list(book, [wish("a"), wish("b", None, format=Format.FEED)], NOON)

    assert names(book) == {"a": ("a@reader.example", *LISTED), "b": (None, *LISTED)}


def test_the_same_list_again_changes_nothing(book):
    apply_list(book, [wish("a"), wish("b")], NOON)
    before = book.subscribers.all()
    apply_list(book, [wish("b"), wish("a")], LATER)

    assert book.subscribers.all() == before


def test_changed_wishes_in_a_list_are_taken_over(book):
    apply_list(book, [wish("a")], NOON)
    first = now_is(book, "a")
    apply_list(book, [wish("a", interests=("speech", "music"), limit=2)], LATER)

    changed = now_is(book, "a")
    assert (changed.id, changed.feed_token) == (first.id, first.feed_token)
    assert (changed.preferences.limit, [i.text for i in changed.interests]) == (2, ["speech", "music"])


def test_who_is_dropped_from_the_list_gets_nothing_more(book):
    apply_list(book, [wish("a"), wish("b")], NOON)
    apply_list(book, [wish("b")], LATER)

    assert names(book) == {"a": ("a@reader.example", *DROPPED), "b": ("b@reader.example", *LISTED)}
    assert [s.name for s in book.subscribers.active()] == ["b"]


def test_who_is_listed_again_comes_back_as_the_same_subscriber(book):
    apply_list(book, [wish("a")], NOON)
    first = now_is(book, "a")
    apply_list(book, [], NOON)
    apply_list(book, [wish("a")], LATER)

    assert now_is(book, "a") == first


def test_who_came_by_command_is_none_of_the_list_s_business(book):
    one = come(book, wish("a"))
    apply_list(book, [wish("b")], NOON)
    apply_list(book, [], NOON)

    assert now_is(book, "a") == one


def test_who_came_by_command_and_is_listed_belongs_to_the_list_from_then_on(book):
    one = come(book, wish("a"))
    apply_list(book, [wish("a", limit=2)], NOON)

    assert (now_is(book, "a").id, now_is(book, "a").origin) == (one.id, Origin.CONFIG)
    apply_list(book, [], NOON)
    assert book.subscribers.active() == []


@pytest.mark.parametrize("status", NOT_ACTIVE)
def test_a_list_does_not_overrule_a_person(book, status):
    """Neither by listing on, nor by dropping them and listing them again."""
    apply_list(book, [wish("a")], NOON)
    book.subscribers.save(replace(now_is(book, "a"), status=status))

    for wishes in ([wish("a", limit=2)], [], [wish("a")], [wish("b")], [wish("b"), wish("a")]):
        apply_list(book, wishes, LATER)
        assert now_is(book, "a").status is status


def test_a_list_does_not_bring_back_whoever_came_by_command_and_left_by_themselves(book):
    one = come(book, wish("a"))
    book.subscribers.unsubscribe(one.id, reason="one-click", now=NOON)
    apply_list(book, [wish("a")], LATER)
    assert now_is(book, "a").status is SubscriberStatus.UNSUBSCRIBED

    come(book, wish("a"))  # the operator does, at their wish
    apply_list(book, [wish("a")], LATER)
    assert names(book)["a"][1:] == LISTED
    assert now_is(book, "a").status_reason is None


def test_an_address_may_change_under_the_same_name(book):
    apply_list(book, [wish("a", "old@reader.example")], NOON)
    first = now_is(book, "a")
    apply_list(book, [wish("a", "new@reader.example")], LATER)

    assert names(book) == {"a": ("new@reader.example", *LISTED)}
    assert now_is(book, "a").id == first.id


def test_a_name_may_change_over_the_same_address(book):
    apply_list(book, [wish("a", "old@reader.example")], NOON)
    first = now_is(book, "a")
    apply_list(book, [wish("b", "OLD@reader.example")], LATER)

    assert now_is(book, "b").id == first.id
    assert len(book.subscribers.all()) == 1


def test_names_may_be_exchanged_and_each_address_keeps_its_past(book):
    apply_list(book, [wish("a"), wish("b")], NOON)
    ids = {s.address: s.id for s in book.subscribers.all()}
    apply_list(book, [wish("a", "b@reader.example"), wish("b", "a@reader.example")], LATER)

    assert {s.address: s.id for s in book.subscribers.all()} == ids
    assert names(book) == {"a": ("b@reader.example", *LISTED), "b": ("a@reader.example", *LISTED)}


def test_a_name_handed_on_to_somebody_new_takes_no_past_along(book):
    apply_list(book, [wish("a")], NOON)
    first = now_is(book, "a")
    apply_list(book, [wish("a", "new@reader.example"), wish("b", "a@reader.example")], LATER)

    assert now_is(book, "a@reader.example").id == first.id
    assert now_is(book, "new@reader.example").id != first.id


def test_a_name_of_somebody_dropped_is_free_for_another(book):
    apply_list(book, [wish("a"), wish("b")], NOON)
    apply_list(book, [wish("a", "b@reader.example")], LATER)

    assert now_is(book, "a").address == "b@reader.example"
    assert now_is(book, "a@reader.example").status is SubscriberStatus.UNSUBSCRIBED
    assert len(book.subscribers.active()) == 1


def test_a_name_of_somebody_who_came_by_command_is_not_taken_over(database):
    with database.write() as book:
        one = come(book, wish("a"))
    with (
        pytest.raises(UsageError, match="lists a, a name that another subscriber has"),
        database.write() as book,
    ):
        apply_list(book, [wish("a", "other@reader.example")], NOON)

    with database.read() as book:
        assert book.subscribers.all() == [one]
