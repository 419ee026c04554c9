import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rank.choice.popularity import MOST, by_popularity, lifted, popularity
from tests.builders import known, match

counts = st.none() | st.integers(0, 10**9)
scores = st.floats(0, 100)


def test_what_is_not_known_counts_nothing_and_takes_nothing():
    assert popularity(None, None, 5) == 0 == popularity(0, None, 5)
    assert popularity(50, None, 5) == popularity(50, 0, 5) == popularity(50, 3, 5)


@pytest.mark.parametrize(("upvotes", "part"), [(10, 0.45), (50, 0.74), (200, 1.0), (5_000, 1.0)])
def test_upvotes_count_by_their_logarithm(upvotes, part):
    assert popularity(upvotes, None, 10) == pytest.approx(10 * part, abs=0.05)


def test_stars_speak_where_they_say_more():
    assert popularity(1, 5_000, 4) == 4
    assert popularity(None, 70, 10) == pytest.approx(5, abs=0.05)


@given(counts, counts, st.floats(0, MOST))
def test_popularity_is_bounded_and_rises(upvotes, stars, most):
    points = popularity(upvotes, stars, most)
    assert 0 <= points <= most
    assert popularity((upvotes or 0) + 1, stars, most) >= points


@given(scores, st.floats(0, MOST), scores)
def test_nothing_gets_over_the_line_by_being_popular(score, extra, line):
    after = lifted(score, extra, line)
    assert score <= after <= min(score + extra, 100)
    assert (after >= line) == (score >= line)


def test_popular_picks_come_first_among_near_ones_and_keep_their_scores():
    rows = [(90, None), (82, 0), (80, 150), (60, 100_000), (49, 100_000)]
    found = [match(known(id=n, upvotes=up), score) for n, (score, up) in enumerate(rows, 1)]

    assert by_popularity(found, line=50, most=0) == found
    ordered = by_popularity(found, line=50, most=5)
    assert [m.paper.id for m in ordered] == [1, 3, 2, 4, 5]
    assert [m.score for m in ordered] == [90, 80, 82, 60, 49]


@given(st.lists(st.tuples(st.integers(0, 100), counts), max_size=8), st.floats(0, MOST))
def test_nobody_is_lost_and_the_line_stays_where_it_is(rows, most):
    found = [match(known(id=n, upvotes=up), float(score)) for n, (score, up) in enumerate(rows)]
    found.sort(key=lambda m: -m.score)
    ordered = by_popularity(found, line=50, most=most)
    assert sorted(m.paper.id for m in ordered) == sorted(m.paper.id for m in found)
    above = [m.score >= 50 for m in ordered]
    assert above == sorted(above, reverse=True)
