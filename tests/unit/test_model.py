from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from digest import model
from digest.model import (
    Edition,
    Evidence,
    EvidenceKind,
    Field,
    Format,
    Interest,
    Match,
    Problem,
    SectionKind,
    Severity,
    require_utc,
)
from tests.builders import NOON, issue, known, match, subscriber
from tests.listings import listing

NOUNS = [value for value in vars(model).values() if is_dataclass(value)]


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_every_noun_is_frozen_slotted_and_built_by_name(noun):
    settings = noun.__dataclass_params__
    assert settings.frozen
    assert settings.eq
    assert "__slots__" in vars(noun)
    assert all(f.kw_only for f in fields(noun))
    assert noun.__doc__
    assert not noun.__doc__.startswith(f"{noun.__name__}(")


def test_a_noun_cannot_be_changed_only_replaced():
    paper = known().paper
    with pytest.raises(FrozenInstanceError):
        paper.title = "Another"

    assert replace(paper, title="Another").title == "Another"


# ── moments ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("moment", [NOON, NOON.astimezone(timezone(timedelta(0), "Zulu"))])
def test_a_moment_in_utc_passes_unchanged(moment):
    assert require_utc(moment) is moment


@pytest.mark.parametrize(
    "moment",
    [NOON.replace(tzinfo=None), NOON.astimezone(timezone(timedelta(hours=1)))],
    ids=["naive", "another zone"],
)
def test_a_moment_that_is_naive_or_elsewhere_is_refused(moment):
    with pytest.raises(ValueError, match="aware datetime in UTC"):
        require_utc(moment)


def test_the_key_of_an_edition_is_its_day():
    assert Edition(day=date(2026, 11, 2)).key == "2026-11-02"
    assert datetime.fromisoformat(Edition(day=NOON.date()).key).replace(tzinfo=UTC).date() == NOON.date()


# ── reading ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("severities", "lost"),
    [
        ((), False),
        ((Severity.NOTE,), False),
        ((Severity.NOTE, Severity.LOST), True),
        ((Severity.FATAL,), True),
    ],
)
def test_a_listing_lost_records_unless_all_its_problems_are_notes(severities, lost):
    problems = tuple(Problem(where="a:1", what="odd", severity=s) for s in severities)

    assert listing(problems=problems).lost_records is lost


# ── readers ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("format_", "address", "by_mail", "by_feed"),
    [
        (Format.MAIL, "a@reader.example", True, False),
        (Format.FEED, "a@reader.example", False, True),
        (Format.BOTH, "a@reader.example", True, True),
        (Format.BOTH, None, False, True),
        (Format.MAIL, None, False, False),
    ],
)
def test_how_a_subscriber_reads(format_, address, by_mail, by_feed):
    reader = subscriber(address=address, format=format_)

    assert (reader.by_mail, reader.by_feed) == (by_mail, by_feed)


def test_only_a_negative_weight_mutes():
    assert Interest(text="x", weight=-0.5).muted
    assert not Interest(text="x", weight=0.0).muted
    assert not Interest(text="x").muted


def test_ranking_knows_a_subscriber_s_interests_and_nothing_else_yet():
    reader = subscriber(interests=("speech", "music")).reader

    assert [i.text for i in reader.interests] == ["speech", "music"]
    assert (reader.learned, reader.sent_lately) == (None, ())


# ── matches ───────────────────────────────────────────────────────────────────────────────────


def reason(text, points, field=Field.TITLE):
    return Evidence(interest=Interest(text=text), field=field, words=(text,), points=points)


def test_a_match_belongs_to_the_interest_whose_reasons_add_up_to_most():
    reasons = (
        reason("music", 30.0),
        reason("speech", 20.0),
        reason("speech", 15.0, Field.ABSTRACT),
    )

    assert Match(paper=known(), score=65.0, evidence=reasons).interest == Interest(text="speech")


def test_equal_interests_are_told_apart_by_their_words_whatever_their_order():
    one, other = reason("a", 10.0), reason("b", 10.0)

    assert Match(paper=known(), score=20.0, evidence=(one, other)).interest == other.interest
    assert Match(paper=known(), score=20.0, evidence=(other, one)).interest == other.interest


def test_the_same_words_in_another_field_are_another_interest():
    titled = Interest(text="speech", field=Field.TITLE)
    reasons = (reason("speech", 10.0), replace(reason("speech", 11.0), interest=titled))

    assert Match(paper=known(), score=21.0, evidence=reasons).interest == titled


def test_a_match_without_reasons_has_no_interest():
    assert Match(paper=known(), score=0.0).interest is None
    assert not Match(paper=known(), score=0.0).by_likes


def test_a_match_that_likes_carry_belongs_to_no_interest():
    liked = Evidence(interest=None, field=Field.ANYWHERE, words=(), points=12.0, kind=EvidenceKind.LEARNED)
    carried = Match(paper=known(), score=22.0, evidence=(reason("a", 10.0), liked))
    helped = Match(paper=known(), score=32.0, evidence=(reason("a", 20.0), liked))

    assert (carried.interest, carried.by_likes) == (None, True)
    assert (helped.interest, helped.by_likes) == (Interest(text="a"), False)


def test_every_reason_has_an_interest_but_what_was_learned():
    with pytest.raises(ValueError, match="learned"):
        replace(reason("a", 10.0), kind=EvidenceKind.LEARNED)
    with pytest.raises(ValueError, match="words"):
        replace(reason("a", 10.0), interest=None)


# ── issues ────────────────────────────────────────────────────────────────────────────────────


def test_an_issue_shows_its_matches_in_order_and_by_kind():
    picks = [match(known(1)), match(known(2), interest="speech"), match(known(3))]
    trending = [Match(paper=known(4), score=0.0)]
    also_new = [Match(paper=known(5), score=0.0), Match(paper=known(6), score=0.0)]
    made = issue(picks=picks, trending=trending, also_new=also_new)

    assert [m.paper.id for m in made.matches(SectionKind.FOR_YOU)] == [1, 3, 2]
    assert made.matches(SectionKind.ALSO_NEW) == tuple(also_new)
    assert [m.paper.id for m in made.shown] == [1, 3, 2, 4, 5, 6]
    assert issue().shown == issue().matches(SectionKind.TRENDING) == ()
