"""Whatever comes in: the counts of an issue add up, and no paper stands in it twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.issue import Draft, Memory, Rules, compose, cut_since, remember, settled_days, trending_of
from digest.model import (
    Edition,
    Format,
    Issue,
    Moment,
    Preferences,
    SectionKind,
    Selection,
    SkipReason,
    WhenEmpty,
)
from tests.builders import NOON, known, match, subscriber

ORDER = list(SectionKind)
PAPERS = st.lists(
    st.builds(
        known,
        id=st.integers(1, 60),
        title=st.sampled_from(["Diffusion", "Fields of Wheat", "+++"]),
        upvotes=st.none() | st.integers(0, 5),
        listings=st.integers(0, 4),
        first_seen=st.integers(0, 72).map(lambda hours: NOON - timedelta(hours=hours)),
    ),
    unique_by=lambda paper: paper.id,
    max_size=30,
)


@st.composite
def drafts(draw):
    """A draft as the pipeline makes them: picks, cut and muted are candidates and share none."""
    papers = draw(PAPERS)
    lots = draw(st.lists(st.sampled_from("pcmn"), min_size=len(papers), max_size=len(papers)))
    by_lot = {lot: [p for p, each in zip(papers, lots, strict=True) if each == lot] for lot in "pcmn"}
    reader = subscriber(
        trending=draw(st.integers(0, 5)),
        also_new=draw(st.integers(0, 10)),
        format=draw(st.sampled_from(Format)),
        when_empty=draw(st.sampled_from(WhenEmpty)),
    )
    interests = st.sampled_from(["a", "b", "c"])
    memory = Memory(
        start=NOON - timedelta(hours=draw(st.integers(0, 72))),
        after_paper=draw(st.none() | st.integers(0, 60)),
        share_after=draw(st.none() | st.integers(0, 60)),
        carried={p.id: NOON - timedelta(days=1) for p in by_lot["c"][:3]},
        quiet=None,
    )
    return Draft(
        subscriber=reader,
        edition=Edition(day=NOON.date()),
        now=NOON,
        memory=memory,
        final=draw(st.booleans()),
        candidates=papers,
        sent_before=draw(st.integers(0, 20)),
        selection=Selection(
            picks=tuple(match(p, 80, draw(interests)) for p in by_lot["p"]),
            cut=tuple(match(p, 70, draw(interests)) for p in by_lot["c"]),
        ),
        muted={p.id for p in by_lot["m"]},
        new_since=NOON,
        newest_paper=60,
    )


@given(drafts())
def test_the_counts_add_up_and_none_is_negative(draft):
    composed = compose(draft)
    if isinstance(composed, Issue):
        counts = composed.counts
        assert counts.listed == counts.sent_before + counts.shown + counts.below + counts.cut
        assert min(counts.sent_before, counts.shown, counts.below, counts.cut) >= 0
        assert counts.listed == len(draft.candidates) + draft.sent_before
        assert (counts.shown, counts.cut) == (len(composed.shown), len(draft.selection.cut))
    else:
        assert 0 <= composed.listed <= len(draft.candidates)


@given(drafts())
def test_no_paper_stands_twice_and_each_is_a_candidate(draft):
    composed = compose(draft)
    if isinstance(composed, Issue):
        shown = Counter(m.paper.id for m in composed.shown)
        assert set(shown.values()) <= {1}
        assert set(shown) <= {p.id for p in draft.candidates}


@given(drafts())
def test_all_picks_are_shown_and_what_was_cut_or_muted_is_not(draft):
    composed = compose(draft)
    if isinstance(composed, Issue):
        shown = {m.paper.id for m in composed.shown}
        picks = {m.paper.id for m in draft.selection.picks}
        assert {m.paper.id for m in composed.matches(SectionKind.FOR_YOU)} == picks
        assert not shown & set(draft.muted)
        assert not shown & {m.paper.id for m in draft.selection.cut}


@given(drafts())
def test_sections_keep_their_order_and_length_and_are_never_empty(draft):
    composed = compose(draft)
    if isinstance(composed, Issue):
        kinds = [ORDER.index(s.kind) for s in composed.sections]
        assert kinds == sorted(kinds)
        assert all(s.matches for s in composed.sections)
        preferences = draft.subscriber.preferences
        assert len(composed.matches(SectionKind.TRENDING)) <= preferences.trending
        assert len(composed.matches(SectionKind.ALSO_NEW)) <= preferences.also_new
        if not draft.subscriber.by_mail:
            assert {s.kind for s in composed.sections} <= {SectionKind.FOR_YOU}


@given(drafts())
def test_an_issue_comes_of_picks_or_of_a_final_nothing_that_was_asked_for(draft):
    say = draft.final and draft.subscriber.preferences.when_empty is WhenEmpty.SAY
    assert isinstance(compose(draft), Issue) is (bool(draft.selection.picks) or say)


@given(drafts())
def test_what_was_cut_is_remembered_with_the_moment_it_first_was(draft):
    composed = compose(draft)
    if isinstance(composed, Issue):
        cut = {m.paper.id for m in draft.selection.cut}
        assert cut_since(draft, composed) == {i: draft.memory.carried.get(i, NOON) for i in cut}


@given(drafts())
def test_the_same_draft_makes_the_same_issue(draft):
    assert compose(draft) == compose(draft)


@given(PAPERS, st.integers(0, 10))
def test_trending_is_in_order_and_holds_liked_or_repeated_papers_only(papers, limit):
    found = trending_of(papers, limit)
    assert len(found) <= limit
    if any(p.paper.upvotes for p in papers):
        worth = [p.paper.upvotes for p in found]
    else:
        worth = [p.listings - 1 for p in found]
    assert worth == sorted(worth, reverse=True)
    assert all(worth)


# ── the past ───────────────────────────────────────────────────────────────────────────────────

MIDNIGHT = datetime(2026, 11, 1, tzinfo=UTC)


@st.composite
def pasts(draw):
    """Moments of different editions, oldest first, each composed on its day, ids growing."""
    days = draw(st.lists(st.integers(0, 60), unique=True, max_size=12).map(sorted))
    past, newest = [], 0
    for day in days:
        newest += draw(st.integers(0, 4))
        composed = MIDNIGHT + timedelta(days=day, minutes=draw(st.integers(0, 1439)))
        cut = draw(st.lists(st.integers(1, 9), unique=True, max_size=4))
        skipped = draw(st.none() | st.sampled_from(SkipReason))
        past.append(
            Moment(
                edition=composed.date(),
                composed_at=composed,
                skipped=skipped,
                listed=draw(st.integers(0, 9)),
                cut=() if skipped else tuple((i, composed) for i in cut),
                newest_paper=newest,
            )
        )
    return past


@given(pasts(), st.integers(0, 90))
def test_memory_is_of_the_last_issue_and_what_came_after_it(past, day):
    now = MIDNIGHT + timedelta(days=day, hours=23, minutes=59)
    past = [m for m in past if m.composed_at <= now]
    memory = remember(past, now.date(), now, Rules())
    issues = [m for m in past if m.skipped is None]
    assert now - Rules().longest_period <= memory.start <= now
    assert memory.after_paper == (issues[-1].newest_paper if issues else None)
    if memory.share_after is not None and memory.after_paper is not None:
        assert memory.share_after >= memory.after_paper
    if memory.quiet:
        quiet = [m for m in past if m.edition in memory.quiet.days]
        assert all(m.skipped and m.composed_at > memory.start and m.edition < now.date() for m in quiet)
        assert memory.quiet.listed == sum(m.listed for m in quiet)
    for paper_id, since in memory.carried.items():
        assert now - since <= Rules().compete
        assert (paper_id, since) in [pair for m in issues for pair in m.cut]


@given(pasts(), st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Auckland"]))
def test_every_issue_settles_its_day_and_no_skip_does_before_the_wait_is_over(past, zone):
    preferences = Preferences(time_zone=zone)
    settled = settled_days(past, preferences, Rules())
    assert {m.edition for m in past if m.skipped is None} <= settled
    never = settled_days(past, preferences, Rules(wait_until=timedelta(days=99)))
    at_once = settled_days(past, preferences, Rules(wait_until=timedelta(days=-99)))
    assert never == {m.edition for m in past if m.skipped is None}
    assert never <= settled <= at_once == {m.edition for m in past}
