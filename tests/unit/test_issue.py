"""Composing one issue: which sections, which counts, and what the past says."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from digest.issue import (
    BY_LIKES,
    Draft,
    Memory,
    Rules,
    compose,
    cut_since,
    is_after,
    remember,
    settled_days,
    trending_of,
)
from digest.model import (
    Counts,
    Edition,
    Evidence,
    EvidenceKind,
    Field,
    Format,
    Issue,
    Match,
    Moment,
    Preferences,
    Quiet,
    Selection,
    Skipped,
    SkipReason,
    WhenEmpty,
)
from tests.builders import NOON, known, match, subscriber

RULES = Rules()
TODAY = date(2026, 11, 20)


def titles(number, **facts):
    """Papers with ids from 1."""
    return [known(id=n, title=f"Paper {n}", **facts) for n in range(1, number + 1)]


def draft(candidates=(), picks=(), cut=(), reader=None, **facts):
    memory = Memory(start=NOON - timedelta(days=1), after_paper=0, share_after=0, carried={}, quiet=None)
    values = {
        "subscriber": reader or subscriber(),
        "edition": Edition(day=TODAY),
        "now": NOON,
        "memory": memory,
        "final": False,
        "candidates": list(candidates),
        "sent_before": 0,
        "selection": Selection(picks=tuple(picks), cut=tuple(cut)),
        "new_since": NOON,
        "newest_paper": 1000,
    }
    return Draft(**(values | facts))


def shape(issue):
    return [(s.kind.value, s.heading, [m.paper.id for m in s.matches]) for s in issue.sections]


# ── compose ────────────────────────────────────────────────────────────────────────────────────


def test_picks_stand_under_the_interest_that_carries_them_the_best_first():
    papers = titles(4)
    picks = [match(p, 90 - p.id, interest) for p, interest in zip(papers, "abab", strict=True)]
    issue = compose(draft(papers, picks))
    assert shape(issue) == [("for_you", "a", [1, 3]), ("for_you", "b", [2, 4])]


def test_picks_that_likes_carry_stand_under_a_heading_of_their_own():
    papers = titles(3)
    liked = Evidence(interest=None, field=Field.ANYWHERE, words=(), points=60.0, kind=EvidenceKind.LEARNED)
    picks = [match(papers[0], 90, "a"), Match(paper=papers[1], score=60, evidence=(liked,))]
    issue = compose(draft(papers, [*picks, Match(paper=papers[2], score=55)]))
    assert shape(issue) == [("for_you", "a", [1]), ("for_you", BY_LIKES, [2]), ("for_you", "", [3])]


def test_the_sections_stand_in_their_order_and_share_no_paper():
    papers = [known(id=n, title=f"Paper {n}", listings=2 if n in (2, 5) else 1) for n in range(1, 7)]
    issue = compose(draft(papers, [match(papers[0])]))
    assert shape(issue) == [
        ("for_you", "diffusion", [1]),
        ("trending", "Trending", [2, 5]),
        ("also_new", "Also new", [3, 4, 6]),
    ]
    assert issue.counts == Counts(listed=6, sent_before=0, shown=6, below=0, cut=0)


def test_also_new_shows_the_newest_first_and_no_more_than_asked():
    papers = [known(id=n, title=f"Paper {n}", first_seen=NOON + timedelta(hours=n % 3)) for n in range(1, 8)]
    issue = compose(draft(papers, [match(papers[0])], reader=subscriber(also_new=4, trending=0)))
    assert shape(issue)[1:] == [("also_new", "Also new", [2, 5, 4, 7])]
    assert issue.counts == Counts(listed=7, sent_before=0, shown=5, below=2, cut=0)


def test_sections_of_no_length_are_left_out():
    papers = titles(5, listings=3)
    issue = compose(draft(papers, [match(papers[0])], reader=subscriber(also_new=0, trending=0)))
    assert [kind for kind, *_ in shape(issue)] == ["for_you"]
    assert issue.counts.below == 4


def test_a_pick_cut_by_the_limit_is_not_shown_in_another_section():
    papers = titles(3, listings=2)
    issue = compose(draft(papers, [match(papers[0])], [match(papers[1])]))
    assert [m.paper.id for m in issue.shown] == [1, 3]
    assert issue.counts == Counts(listed=3, sent_before=0, shown=2, below=0, cut=1)


def test_a_muted_paper_is_shown_nowhere_and_counts_as_below():
    papers = titles(4, upvotes=50)
    issue = compose(draft(papers, [match(papers[0])], muted={2, 3}))
    assert [m.paper.id for m in issue.shown] == [1, 4]
    assert issue.counts == Counts(listed=4, sent_before=0, shown=2, below=2, cut=0)


def test_papers_sent_before_count_as_listed():
    papers = titles(2)
    issue = compose(draft(papers, [match(papers[0])], sent_before=7))
    assert issue.counts == Counts(listed=9, sent_before=7, shown=2, below=0, cut=0)


def test_a_reader_by_feed_is_shown_picks_only():
    papers = titles(5, listings=2)
    reader = subscriber(format=Format.FEED)
    issue = compose(draft(papers, [match(papers[0])], [match(papers[1])], reader))
    assert shape(issue) == [("for_you", "diffusion", [1])]
    assert issue.counts == Counts(listed=5, sent_before=0, shown=1, below=3, cut=1)


def test_trending_and_also_new_make_no_issue_due():
    skipped = compose(draft(titles(3, upvotes=500)))
    assert isinstance(skipped, Skipped)
    assert (skipped.reason, skipped.listed) == (SkipReason.NOTHING_FOR_YOU, 3)


def test_with_nothing_new_at_all_the_reason_is_another():
    skipped = compose(draft(sent_before=3))
    assert (skipped.reason, skipped.listed) == (SkipReason.NOTHING_NEW, 0)


def test_a_skip_counts_only_what_came_since_the_moment_before_it():
    memory = Memory(start=NOON - timedelta(days=3), after_paper=1, share_after=3, carried={}, quiet=None)
    assert compose(draft(titles(5), memory=memory)).listed == 2


@pytest.mark.parametrize(
    ("final", "when_empty", "kind"),
    [
        (False, WhenEmpty.SKIP, Skipped),
        (True, WhenEmpty.SKIP, Skipped),
        (False, WhenEmpty.SAY, Skipped),
        (True, WhenEmpty.SAY, Issue),
    ],
)
def test_only_who_asked_is_told_of_nothing_and_only_when_waiting_is_over(final, when_empty, kind):
    composed = compose(draft(titles(2), reader=subscriber(when_empty=when_empty), final=final))
    assert isinstance(composed, kind)
    if kind is Issue:
        assert composed.sections == ()
        assert composed.counts == Counts(listed=2, sent_before=0, shown=0, below=2, cut=0)


def test_an_issue_carries_what_it_was_made_from():
    quiet = Quiet(days=(date(2026, 11, 19),), listed=4)
    memory = Memory(start=NOON - timedelta(days=2), after_paper=0, share_after=0, carried={}, quiet=quiet)
    papers = titles(1)
    issue = compose(draft(papers, [match(papers[0])], memory=memory))
    assert issue.period == (NOON - timedelta(days=2), NOON)
    assert (issue.quiet, issue.composed_at, issue.edition.key) == (quiet, NOON, "2026-11-20")


# ── what the limit cut ─────────────────────────────────────────────────────────────────────────


def test_what_the_limit_cut_competes_from_now_and_what_was_cut_before_from_then():
    papers = titles(3)
    before = NOON - timedelta(days=2)
    memory = Memory(start=NOON, after_paper=0, share_after=0, carried={2: before, 9: before}, quiet=None)
    made = draft(papers, [match(papers[0])], [match(papers[1]), match(papers[2])], memory=memory)
    assert cut_since(made, compose(made)) == {2: before, 3: NOON}


def test_a_pick_left_out_for_the_size_of_the_mail_competes_as_well():
    papers = titles(2)
    made = draft(papers, [match(p) for p in papers])
    issue = compose(made)
    (section,) = issue.sections
    shorter = replace(issue, sections=(replace(section, matches=section.matches[:1]),))
    assert cut_since(made, shorter) == {2: NOON}


# ── trending ───────────────────────────────────────────────────────────────────────────────────


def test_trending_goes_by_upvotes_where_any_are_known():
    papers = [known(id=n, upvotes=votes, listings=9) for n, votes in enumerate((3, None, 12, 0, 12), 1)]
    assert [p.id for p in trending_of(papers, 10)] == [3, 5, 1]
    assert [p.id for p in trending_of(papers, 1)] == [3]


def test_trending_goes_by_listings_where_no_upvotes_are_known():
    papers = [known(id=n, listings=count) for n, count in enumerate((1, 3, 2, 3), 1)]
    assert [p.id for p in trending_of(papers, 10)] == [2, 4, 3]


def test_nothing_trends_among_papers_of_one_listing_each():
    assert trending_of(titles(5), 3) == []


# ── the past ───────────────────────────────────────────────────────────────────────────────────


def moment(day, hour=7, skipped=None, listed=0, *, cut=(), newest=0):
    return Moment(
        edition=date(2026, 11, day),
        composed_at=datetime(2026, 11, day, hour, tzinfo=UTC),
        skipped=skipped,
        listed=listed,
        cut=tuple(cut),
        newest_paper=newest,
    )


def test_without_a_past_an_issue_looks_back_seven_days():
    memory = remember([], TODAY, NOON, RULES)
    assert memory == Memory(
        start=NOON - timedelta(days=7), after_paper=None, share_after=None, carried={}, quiet=None
    )


def test_an_issue_begins_where_the_last_one_ended_whatever_was_skipped_in_between():
    quiet = SkipReason.NOTHING_NEW
    past = [
        moment(16, newest=5),
        moment(17, newest=9),
        moment(18, 13, quiet, 4, newest=13),
        moment(19, 13, quiet, 2, newest=15),
    ]
    memory = remember(past, TODAY, NOON, RULES)
    assert memory.start == past[1].composed_at
    assert (memory.after_paper, memory.share_after) == (9, 15)
    assert memory.quiet == Quiet(days=(date(2026, 11, 18), date(2026, 11, 19)), listed=6)


def test_an_earlier_look_at_the_same_edition_is_no_quiet_day():
    memory = remember([moment(19), moment(20, 7, SkipReason.NOTHING_NEW, 3, newest=3)], TODAY, NOON, RULES)
    assert memory.quiet is None
    assert memory.share_after == 0


def test_quiet_days_before_the_last_issue_are_told_already():
    past = [moment(17, 13, SkipReason.NOTHING_NEW, 3), moment(18)]
    assert remember(past, TODAY, NOON, RULES).quiet is None


def test_after_a_long_silence_an_issue_reaches_back_forty_days():
    past = [replace(moment(1), edition=date(2026, 5, 1), composed_at=datetime(2026, 5, 1, tzinfo=UTC))]
    assert remember(past, TODAY, NOON, RULES).start == NOON - timedelta(days=40)


def test_picks_cut_lately_compete_and_older_ones_do_not():
    old, edge, late = NOON - timedelta(days=4), NOON - RULES.compete, NOON - timedelta(days=1)
    past = [moment(17, cut=[(1, old), (2, edge)]), moment(19, cut=[(2, late), (3, late)])]
    assert remember(past, TODAY, NOON, RULES).carried == {2: edge, 3: late}


def test_three_more_daily_issues_hold_a_cut_pick_though_their_ticks_come_late():
    cut_at = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
    past = [moment(16, cut=[(1, cut_at)])]
    ticks = [cut_at + timedelta(days=n, minutes=50) for n in range(1, 6)]
    assert [bool(remember(past, t.date(), t, RULES).carried) for t in ticks] == [True] * 3 + [False] * 2


@pytest.mark.parametrize(("last", "after"), [(None, True), (0, True), (1, False), (2, False)])
def test_a_paper_is_after_another_by_id_and_by_the_clock_where_there_is_none(last, after):
    assert is_after(known(id=1, first_seen=NOON), last, NOON - timedelta(seconds=1)) is after
    assert is_after(known(id=1, first_seen=NOON), None, NOON) is False


# ── settled days ───────────────────────────────────────────────────────────────────────────────


def test_a_day_is_settled_by_an_issue_or_by_a_skip_after_the_wait():
    skip = SkipReason.NOTHING_NEW
    past = [moment(16), moment(17, 7, skip), moment(18, 12, skip), moment(19, 13, skip), moment(20, 23)]
    settled = settled_days(past, Preferences(at=time(7, 0)), RULES)
    assert settled == {date(2026, 11, 16), date(2026, 11, 19), date(2026, 11, 20)}


def test_the_wait_counts_from_the_readers_own_hour():
    past = [moment(20, 13, SkipReason.NOTHING_NEW)]
    berlin, new_york = (
        Preferences(at=time(7, 0), time_zone=z) for z in ("Europe/Berlin", "America/New_York")
    )
    assert settled_days(past, berlin, RULES) == {date(2026, 11, 20)}
    assert settled_days(past, new_york, RULES) == set()
