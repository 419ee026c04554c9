from digest.model import Severity
from digest.pipeline.additions import notes_on
from digest.store import Added, NearMatch


def near(**facts):
    values = {"line": 7, "number": None, "title": "On Sleeps", "paper_id": 3, "known_title": "On Sleep"}
    return NearMatch(**(values | facts))


def notes(**facts):
    return notes_on(Added(**({"new": (), "known": 0} | facts)), "monday.txt")


def test_nothing_out_of_the_ordinary_is_not_noted():
    assert notes(new=(1, 2), known=5) == ()


def test_a_record_taken_for_a_known_paper_is_named_with_both_titles():
    by_line, by_number = notes(near=(near(), near(line=None, number=9, title="On\u2028Sleeps\x1b[31m")))

    assert (by_line.where, by_line.severity) == ("monday.txt:7", Severity.NOTE)
    assert by_line.what == "“On Sleeps” was taken for paper 3, “On Sleep”"
    assert by_number.where == "monday.txt, record 9"
    assert by_number.what.isprintable()


def test_very_many_are_summed_up():
    found = notes(near=(near(),) * 1_025)

    assert len(found) == 21
    assert found[-1].what == "1,005 more were taken for known papers by likeness"


def test_replacements_of_unknown_papers_are_counted():
    (found,) = notes(passed_over=1_200)

    assert (found.where, found.severity) == ("monday.txt", Severity.NOTE)
    assert found.what == "1,200 new versions of papers that are not known were passed over"
