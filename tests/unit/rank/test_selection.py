from digest.rank import SEND_LINE, select
from tests.builders import known, match


def matches(*rows):
    return [
        match(known(id=n, title=f"{interest} {n}"), score=score, interest=interest)
        for n, (score, interest) in enumerate(rows, 1)
    ]


def ids(chosen):
    return [m.paper.id for m in chosen]


def test_only_what_reaches_the_line_is_taken_or_cut():
    chosen = select(matches((90, "a"), (50, "a"), (49.99, "a")), line=SEND_LINE, limit=9)
    assert (ids(chosen.picks), ids(chosen.cut)) == ([1, 2], [])


def test_the_limit_cuts_the_weakest():
    chosen = select(matches((90, "a"), (80, "a"), (70, "a")), line=SEND_LINE, limit=2)
    assert (ids(chosen.picks), ids(chosen.cut)) == ([1, 2], [3])


def test_every_satisfied_interest_gets_its_best_within_the_limit():
    found = matches((90, "a"), (85, "a"), (80, "a"), (70, "b"), (65, "b"), (60, "c"))
    chosen = select(found, line=SEND_LINE, limit=4)
    assert ids(chosen.picks) == [1, 2, 4, 6]
    assert ids(chosen.cut) == [3, 5]


def test_more_interests_than_places_gives_the_best_of_the_best():
    found = matches((90, "a"), (80, "b"), (70, "c"))
    assert ids(select(found, line=SEND_LINE, limit=2).picks) == [1, 2]


def test_no_place_takes_nothing_and_nothing_above_gives_nothing():
    chosen = select(matches((90, "a")), line=SEND_LINE, limit=0)
    assert (ids(chosen.picks), ids(chosen.cut)) == ([], [1])
    assert select([], line=SEND_LINE, limit=5).picks == ()
