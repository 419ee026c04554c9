import numpy as np
import pytest

from digest.rank.many.rows import Rows
from digest.rank.many.top import top_papers
from digest.rank.points import least_strongest
from digest.rank.send_line import SEND_LINE

POINTS = np.array([[60, 0, 40, 100], [40, 45, 0, 100], [0, 45, 49, 50]], np.float32)
TWO = Rows.of([{0: 1.0, 1: 1.0}, {2: 2.0}])


def rows(found):
    return [found.row(number) for number in range(len(found))]


def test_each_reader_gets_the_papers_at_the_line_best_first():
    found = top_papers(POINTS, TWO)
    assert [list(row) for row in rows(found)] == [[3, 0], [3, 2, 1]]
    assert found.row(0)[0] == pytest.approx(60 + 40 * 0.2)


def test_the_limit_cuts_after_the_order_and_the_order_decides_among_equals():
    equal = np.full((1, 4), 70, np.float32)
    one = Rows.of([{0: 1.0}])
    assert list(top_papers(equal, one, limit=2).row(0)) == [0, 1]
    assert list(top_papers(equal, one, limit=3, order=np.array([3, 0, 2, 1])).row(0)) == [1, 3, 2]


def test_what_is_excluded_makes_room_for_the_next():
    found = top_papers(POINTS, TWO, limit=1, excluded=Rows.of([{3: 1.0}, {}]))
    assert [list(row) for row in rows(found)] == [[0], [3]]


def test_several_weak_interests_never_send_a_paper():
    weak = np.full((60, 3), 49.9, np.float32)
    reader = Rows.of([dict.fromkeys(range(60), 1.0)])
    assert top_papers(weak, reader).row(0) == {}
    assert len(top_papers(weak, reader, line=49.0).row(0)) == 3


@pytest.mark.parametrize("limit", [None, 2])
def test_many_strong_interests_leave_a_part_of_the_gap(limit):
    strong = np.full((60, 3), 90, np.float32)
    found = top_papers(strong, Rows.of([dict.fromkeys(range(60), 1.0)]), limit=limit)
    assert found.row(0)[0] == pytest.approx(90 + 10 * 0.99)


def test_a_line_of_nothing_gives_every_paper_above_nothing():
    assert [list(row) for row in rows(top_papers(POINTS, TWO, line=0.0))] == [[3, 0, 1, 2], [3, 2, 1]]


@pytest.mark.parametrize("shape", [(0, 4), (3, 0), (0, 0)])
def test_without_interests_or_papers_there_is_an_empty_row_for_everybody(shape):
    assert rows(top_papers(np.zeros(shape, np.float32), Rows.of([{}, {}]))) == [{}, {}]


def test_without_readers_there_are_no_rows():
    assert rows(top_papers(POINTS, Rows.of([]))) == []


def test_points_may_come_as_rows_that_name_only_what_was_found():
    sparse = Rows.of([{0: 60, 2: 40, 3: 100}, {0: 40, 1: 45, 3: 100}, {1: 45, 2: 49, 3: 50}])
    assert rows(top_papers(sparse, TWO, papers=4)) == rows(top_papers(POINTS, TWO))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": POINTS[0]}, "points: want a row for each interest"),
        ({"points": POINTS - 1}, "points: all must be from 0 to 100"),
        ({"points": POINTS * np.nan}, "points: all must be from 0 to 100"),
        ({"papers": 5}, "points: want a row for each interest and 5 columns"),
        ({"points": Rows.of([{7: 1.0}]), "papers": 4}, "papers: at least 8 are named"),
        ({"wanted": Rows.of([{3: 1.0}])}, "wanted: interest 3, but the points have 3 rows"),
        ({"wanted": Rows.of([{0: 0.0}])}, "wanted: all weights"),
        ({"wanted": Rows.of([{0: np.inf}])}, "wanted: all weights"),
        ({"order": np.array([0, 1, 2, 2])}, "order: want each of 0 to 3 once"),
        ({"excluded": Rows.of([{}])}, "excluded: want 2 rows"),
        ({"excluded": Rows.of([{}, {4: 1.0}])}, "excluded: want 2 rows of papers below 4"),
        ({"limit": -1}, "limit: -1 is below 0"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_by_name(change, message):
    with pytest.raises(ValueError, match=message):
        top_papers(**{"points": POINTS, "wanted": TWO} | change)


@pytest.mark.parametrize(
    ("starts", "columns", "values", "message"),
    [
        ([0, 2], [0], [1.0], "starts must rise"),
        ([1, 1], [0], [1.0], "starts must rise"),
        ([0, 2, 1], [0], [1.0], "starts must rise"),
        ([], [], [], "must be lists"),
        ([0, 1], [0], [1.0, 2.0], "must be lists"),
        ([0, 1], [-1], [1.0], "column -1 is below 0"),
    ],
)
def test_rows_that_do_not_hold_together_are_refused(starts, columns, values, message):
    with pytest.raises(ValueError, match=message):
        Rows(starts=np.array(starts, int), columns=np.array(columns, int), values=np.array(values))


def test_some_rows_can_be_chosen_and_stacked():
    every = Rows.of([{0: 1.0}, {}, {4: 2.0, 1: 3.0}])
    assert rows(every.chosen(np.array([2, 0]))) == [{4: 2.0, 1: 3.0}, {0: 1.0}]
    assert rows(Rows.stacked([every.part(0, 1), every.part(1, 3)])) == rows(every)


def test_the_send_line_is_reached_by_one_interest_alone_however_many_there_are():
    assert least_strongest(SEND_LINE, 1) == pytest.approx(SEND_LINE)
    assert least_strongest(SEND_LINE, 500) == pytest.approx(SEND_LINE)
    assert least_strongest(45.0, 1) == pytest.approx(45.0)
    assert least_strongest(45.0, 6) < 40
