"""The regression gate's arithmetic and its reading of judgements, on made-up days."""

import math

import pytest

from benchmarks.ranking.floors import Floor
from benchmarks.ranking.gate import below_floor, measured
from benchmarks.ranking.interest_days import InterestDay, Placed
from benchmarks.ranking.judgements import JudgementError, off_topic, quiet_days, topics
from benchmarks.ranking.measures import area, mean, ndcg, share
from benchmarks.ranking.worst import report
from digest.identity import title_key

KNOWN = {title_key("A Paper"), title_key("Another Paper")}


def paper(points, grade=0, title="A Paper"):
    return Placed(title=title, points=points, grade=grade)


def day(*shown, unseen=(), interest="tea", name="000"):
    return InterestDay(interest=interest, day=name, shown=shown, unseen=unseen)


class TestMeasures:
    def test_the_ideal_order_is_worth_1(self):
        assert ndcg([2, 1, 0], [0, 1, 2]) == 1

    def test_a_grade_2_gains_three_times_a_grade_1_and_later_places_less(self):
        best = 3 + 1 / math.log2(3)

        assert ndcg([1, 2], [1, 2]) == pytest.approx((1 + 3 / math.log2(3)) / best)
        assert ndcg([0, 0, 1], [2, 1]) == pytest.approx(0.5 / best)

    def test_what_stands_behind_the_cut_counts_nothing(self):
        assert ndcg([0, 0, 0, 0, 0, 2], [2]) == 0

    def test_the_ideal_is_cut_too(self):
        assert ndcg([2] * 5, [2] * 9) == 1

    def test_area_counts_pairs_and_half_of_equal_ones(self):
        assert area([3, 1], [2, 1]) == (2 + 0.5) / 4
        assert area([2], [1]) == 1
        assert area([0], [0]) == 0.5

    @pytest.mark.parametrize("nothing", [area([], [1]), area([1], []), share([]), mean([])])
    def test_nothing_has_no_figure(self, nothing):
        assert math.isnan(nothing)


class TestFigures:
    def test_a_day_with_a_clear_paper_at_the_line_sends(self):
        figures = measured([day(paper(50, grade=2), paper(10), unseen=(paper(0),))])

        assert (figures.ndcg, figures.first, figures.send, figures.send_clear) == (1, 1, 1, 1)
        assert figures.auc == 1
        assert math.isnan(figures.silent)

    def test_a_day_that_sends_the_wrong_paper_does_not_count_as_sent(self):
        figures = measured([day(paper(90), paper(49, grade=2))])

        assert (figures.first, figures.send, figures.send_clear, figures.auc) == (0, 0, 0, 0)

    def test_a_partly_relevant_paper_at_the_line_is_not_a_clear_one(self):
        figures = measured([day(paper(60, grade=1), paper(20, grade=2))])

        assert (figures.send, figures.send_clear) == (1, 0)

    def test_a_relevant_paper_without_points_is_missed(self):
        figures = measured([day(unseen=(paper(0, grade=2), paper(0)))])

        assert (figures.ndcg, figures.first, figures.send, figures.auc) == (0, 0, 0, 0.5)

    def test_quiet_days_are_silent_below_the_line(self):
        figures = measured([day(paper(49.9)), day(), day(paper(50))])

        assert figures.silent == pytest.approx(2 / 3)
        assert math.isnan(figures.ndcg)

    def test_the_days_best_points_tell_relevant_days_from_quiet_ones(self):
        relevant = [day(paper(80, grade=2)), day(paper(30, grade=1))]

        assert measured([*relevant, day(paper(40)), day()]).send_auc == 3 / 4


class TestFloors:
    def test_a_figure_below_its_floor_is_named_with_the_reason(self):
        reached = {"topics": measured([day(paper(49, grade=2))])}
        floors = {
            ("topics", "send"): Floor(least=0.1, why="to be read"),
            ("topics", "first"): Floor(least=1.0, why="to be first"),
        }

        assert below_floor(reached, floors) == [
            "topics, send: 0.000, and the floor is 0.100 (to be read)",
        ]

    def test_a_figure_that_could_not_be_measured_is_below(self):
        floors = {("topics", "silent"): Floor(least=0.0, why="to be left in peace")}

        assert len(below_floor({"topics": measured([day(paper(60, grade=2))])}, floors)) == 1


def test_the_report_shows_bad_orders_unsent_papers_and_loud_days():
    wrong = day(
        *(paper(40 - n, title=f"Wrong {n}") for n in range(3)),
        paper(5, grade=2, title="Tea leaves"),
        interest="black tea",
    )

    text = report([wrong], [day(paper(77, title="Coffee"), interest="green tea", name="001")])

    assert "black tea, day 000: nDCG@5 0.43" in text
    assert "wanted, at 4:   5.0 points, grade 2: Tea leaves" in text
    assert "clear papers below the line (1)" in text
    assert "green tea, day 001\n     77.0 points, grade 0: Coffee" in text


class TestJudgements:
    @staticmethod
    def topic(folder, *rows, name="tea.tsv"):
        (folder / name).write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")

    def test_a_topic_is_read_and_its_titles_are_keys(self, tmp_path):
        self.topic(tmp_path, "interest\ttea", "line\tWhat is drunk.", "2\ta  PAPER.", "0\tAnother Paper")

        (found,) = topics(tmp_path, KNOWN)

        assert (found.interest, found.line) == ("tea", "What is drunk.")
        assert found.grades == {title_key("A Paper"): 2, title_key("Another Paper"): 0}

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            (["tea"], "tea.tsv, line 1: expected 2 columns"),
            (["line\tx"], 'tea.tsv, line 1: expected "interest", found "line"'),
            (["interest\tx", "2\tA Paper"], 'tea.tsv, line 2: expected "line"'),
            (["interest\tx", "line\ty", "3\tA Paper"], 'tea.tsv, line 3: the grade is 2, 1 or 0, not "3"'),
            (["interest\tx", "line\ty", "2\tNo Paper"], 'tea.tsv, line 3: no dump holds "No Paper"'),
            (["interest\tx", "line\ty", "2\tA Paper", "1\ta paper"], "tea.tsv, line 4: a second grade"),
            (["interest\tx", "line\ty", "0\tA Paper"], "tea.tsv: no relevant paper"),
        ],
    )
    def test_a_slip_is_named_with_its_place(self, tmp_path, rows, message):
        self.topic(tmp_path, *rows)

        with pytest.raises(JudgementError, match=f"^{message}"):
            topics(tmp_path, KNOWN)

    def test_an_interest_has_one_file(self, tmp_path):
        for name, interest in (("a.tsv", "tea"), ("b.tsv", "Tea")):
            self.topic(tmp_path, f"interest\t{interest}", "line\tx", "2\tA Paper", name=name)

        with pytest.raises(JudgementError, match='"tea" stands there twice'):
            topics(tmp_path, KNOWN)

    def test_quiet_days_are_read(self, tmp_path):
        (tmp_path / "quiet.tsv").write_text("interest\tdays\twhy\ntea\t000 002\tonly coffee\n")

        (row,) = quiet_days(tmp_path / "quiet.tsv", {"000", "001", "002"})

        assert (row.interest, row.days, row.reason) == ("tea", {"000", "002"}, "only coffee")

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ("tea\t009\twhy", "quiet.tsv, line 2: there is no day 009; days are 000, 001"),
            ("tea\t000 000\twhy", "quiet.tsv, line 2: each day is named once"),
            ("tea\t000", "quiet.tsv, line 2: expected 3 columns"),
        ],
    )
    def test_a_slip_in_the_quiet_days_is_named(self, tmp_path, row, message):
        (tmp_path / "quiet.tsv").write_text(f"interest\tdays\twhy\n{row}\n")

        with pytest.raises(JudgementError, match=f"^{message}"):
            quiet_days(tmp_path / "quiet.tsv", {"000", "001"})

    def test_the_off_topic_list_has_neither_gaps_nor_doubles(self, tmp_path):
        (tmp_path / "gap.txt").write_text("tea\n\ncoffee\n")
        (tmp_path / "double.txt").write_text("tea\nTEA\n")

        with pytest.raises(JudgementError, match=r"gap\.txt: an empty line"):
            off_topic(tmp_path / "gap.txt")
        with pytest.raises(JudgementError, match="stands there twice"):
            off_topic(tmp_path / "double.txt")
