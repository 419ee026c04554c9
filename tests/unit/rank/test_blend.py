import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rank.send_line import SEND_LINE
from digest.rank.taste.blend import by_taste, growth, lifted, lowered, with_subject

points = st.floats(0, 100)
strengths = st.floats(-5, 5)
grown = st.integers(0, 200).map(growth)


def test_growth_starts_small_and_ends_near_all():
    assert growth(0) == 0
    assert growth(1) == pytest.approx(0.2)
    assert growth(30) > 0.85


def test_likes_alone_send_a_paper_of_their_kind_and_not_an_ordinary_one():
    assert by_taste(1.0, growth(15)) >= SEND_LINE
    assert by_taste(0.5, growth(100)) < SEND_LINE
    assert by_taste(1.0, growth(1)) < SEND_LINE
    assert 0 < by_taste(-1.0, growth(100)) < 1 < by_taste(0.0, growth(100)) < 10
    assert by_taste(5.0, growth(0)) == 0


def test_beside_interests_few_likes_send_nothing():
    assert lifted(0.0, 5.0, growth(4)) < SEND_LINE
    assert lifted(0.0, 5.0, growth(30)) == SEND_LINE


def test_what_an_interest_half_found_passes_the_line_earlier():
    assert lifted(SEND_LINE / 2, 1.0, growth(4)) == SEND_LINE
    assert lifted(SEND_LINE / 2 - 1, 1.0, growth(4)) < SEND_LINE
    assert lifted(SEND_LINE / 2, 0.9, growth(4)) < SEND_LINE
    assert lifted(SEND_LINE - 2, 5.0, growth(3)) < SEND_LINE


def test_a_paper_of_the_kind_has_strength_1_by_words_and_by_subject():
    words, deviations = np.array([0.0, 1.0, 1.0]), np.array([0.0, 4.0, 0.0], np.float32)
    found = with_subject(words, deviations)
    assert found == pytest.approx([0.0, 1.0, 2 / 3])
    assert found.dtype == np.float64


@given(points, strengths, grown)
def test_points_stay_in_their_range(stated, strength, trust):
    assert 0 <= by_taste(strength, trust) <= 100
    assert stated <= lifted(stated, strength, trust) <= 100
    assert stated / 2 - 1e-9 <= lowered(stated, strength) <= stated


@given(points, strengths, strengths, grown)
def test_more_liking_never_lowers_and_more_disliking_never_raises(stated, one, other, trust):
    less, more = sorted((one, other))
    assert by_taste(less, trust) <= by_taste(more, trust)
    assert lifted(stated, less, trust) <= lifted(stated, more, trust)
    assert lowered(stated, more) <= lowered(stated, less)


@given(strengths, st.integers(0, 100), st.integers(0, 100))
def test_more_likes_never_lower(strength, one, other):
    few, many = sorted((one, other))
    assert by_taste(strength, growth(few)) <= by_taste(strength, growth(many)) + 1e-9
    assert lifted(30.0, strength, growth(few)) <= lifted(30.0, strength, growth(many)) + 1e-9


@given(points, points, strengths, grown)
def test_the_order_of_stated_interests_is_kept_at_equal_liking(one, other, strength, trust):
    less, more = sorted((one, other))
    assert lifted(less, strength, trust) <= lifted(more, strength, trust) + 1e-9


@given(strengths)
def test_an_exact_phrase_in_the_title_shows_in_spite_of_dislikes(strength):
    assert lowered(100.0, strength) >= SEND_LINE


@given(points.filter(lambda stated: stated < SEND_LINE), strengths, grown)
def test_likes_never_pass_a_paper_that_an_interest_sends(stated, strength, trust):
    assert lifted(stated, strength, trust) <= SEND_LINE


@given(points, st.floats(-5, 0), grown)
def test_what_is_unlike_the_likes_keeps_its_points(stated, strength, trust):
    assert lifted(stated, strength, trust) == stated
