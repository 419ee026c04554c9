from itertools import pairwise

import pytest

from digest.rank.points import combine, points, weighted
from digest.rank.send_line import SEND_LINE


def test_the_scale_begins_at_nothing_passes_the_line_and_ends_at_one_hundred():
    assert points(0) == 0
    assert points(0.35) == SEND_LINE
    assert points(1) == 100


def test_more_strength_is_always_more_points():
    ladder = [points(step / 1000) for step in range(1001)]
    assert all(a < b for a, b in pairwise(ladder))


def test_strength_outside_its_range_stays_on_the_scale():
    assert points(-1) == 0
    assert points(7) == 100


def test_weight_multiplies_and_is_clamped():
    assert weighted(30, 2) == 60
    assert weighted(60, 2) == 100


def test_the_strongest_keeps_its_points_and_the_others_share_the_gap_above():
    assert combine([]) == []
    assert combine([40]) == [40]
    assert combine([60, 40, 40]) == pytest.approx([60, 40 * 0.36 / 2, 40 * 0.36 / 2])


def test_others_close_the_gap_to_the_line_only_when_the_strongest_is_below_it():
    assert sum(combine([45] * 60)) < SEND_LINE
    assert sum(combine([55] * 60)) < 100


def test_order_decides_nothing_but_who_keeps_what_among_equals():
    assert sum(combine([10, 70, 30])) == pytest.approx(sum(combine([30, 10, 70])))
