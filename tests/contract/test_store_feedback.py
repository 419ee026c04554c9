"""What the books of feedback and of what was learned keep to, whatever database holds them."""

from datetime import timedelta

import pytest

from digest.model import Interest, Opinion, Origin, Preferences
from digest.store import Given, Learned
from tests.builders import NOON, paper
from tests.listings import add

HOUR = timedelta(hours=1)
LIKE, DISLIKE = Opinion.LIKE, Opinion.DISLIKE
OUTSIDE = paper("On Sleep", "We study sleep.", doi="10.1000/sleep")


@pytest.fixture
def shelf(database):
    """Two subscribers, 1 and 2, and papers 1 to 3; the second has an arXiv id."""
    with database.write() as transaction:
        for name in ("ann", "ben"):
            transaction.subscribers.add(
                name=name,
                address=f"{name}@reader.example",
                preferences=Preferences(),
                interests=(Interest(text="speech"),),
                feed_token=f"token-of-{name}",
                origin=Origin.COMMAND,
                created_at=NOON,
            )
    add(database, paper("First"), paper("Second", arxiv_id="2611.00002"), paper("Third"))
    return database


def give(shelf, opinion=LIKE, *, who=1, stored=(), others=(), at=NOON, came_from="command"):
    with shelf.write() as transaction:
        return transaction.feedback.give(
            who, opinion, stored=stored, others=others, at=at, came_from=came_from
        )


def opinions(shelf, who=1):
    with shelf.read() as transaction:
        return [(f.paper.title, f.opinion.value, f.paper_id) for f in transaction.feedback.of(who)]


def rows(shelf):
    with shelf.read() as transaction:
        return transaction.feedback._connection.exec_driver_sql("SELECT count(*) FROM feedback").scalar()


# ── giving and taking back ────────────────────────────────────────────────────────────────────


def test_an_opinion_comes_back_as_it_was_given(shelf):
    assert give(shelf, stored=[2], came_from="refs.bib") == Given(new=1)
    with shelf.read() as transaction:
        (found,) = transaction.feedback.of(1)

    assert (found.opinion, found.paper_id, found.at, found.came_from) == (LIKE, 2, NOON, "refs.bib")
    assert (found.paper.title, found.paper.arxiv_id) == ("Second", "2611.00002")
    assert opinions(shelf, who=2) == []


def test_a_paper_has_one_opinion_the_latest(shelf):
    give(shelf, stored=[1, 2], others=[OUTSIDE])
    again = give(shelf, stored=[1], others=[OUTSIDE], at=NOON + HOUR)
    other = give(shelf, DISLIKE, stored=[1, 3], others=[OUTSIDE], at=NOON + 2 * HOUR)

    assert (again, other) == (Given(known=2), Given(new=1, changed=2))
    assert opinions(shelf) == [
        ("Second", "like", 2),
        ("First", "dislike", 1),
        ("Third", "dislike", 3),
        ("On Sleep", "dislike", None),
    ]
    assert rows(shelf) == 4


def test_a_paper_outside_the_archive_is_kept_with_its_words_and_known_by_any_key(shelf):
    give(shelf, others=[OUTSIDE])
    same = [
        paper("On Sleep"),
        paper("ON SLEEP (v2)", doi="10.1000/SLEEP"),
        paper("Else", doi="10.1000/sleep"),
    ]
    with shelf.read() as transaction:
        (found,) = transaction.feedback.of(1)

    assert (found.paper.title, found.paper.abstract, found.paper.doi) == (
        "On Sleep",
        "We study sleep.",
        "10.1000/sleep",
    )
    assert give(shelf, others=same) == Given(known=3)
    assert give(shelf, others=[paper("On Sleep", doi="10.1000/another")]) == Given(new=1)


def test_one_paper_given_twice_at_once_counts_once(shelf):
    assert give(shelf, others=[OUTSIDE, OUTSIDE, paper("on sleep")]) == Given(new=1, known=2)
    assert rows(shelf) == 1


def test_an_opinion_is_taken_back_with_all_its_rows_and_nobody_elses(shelf):
    give(shelf, stored=[1, 2], others=[OUTSIDE])
    give(shelf, stored=[1], others=[OUTSIDE], who=2)
    with shelf.write() as transaction:
        taken = transaction.feedback.take_back(1, stored=[1, 3], others=[paper("On Sleep"), paper("Never")])

    assert taken == 2
    assert opinions(shelf) == [("Second", "like", 2)]
    assert len(opinions(shelf, who=2)) == 2


def test_feedback_is_forgotten_for_one_subscriber(shelf):
    for who in (1, 2):
        give(shelf, stored=[1, 2], others=[OUTSIDE], who=who)
    with shelf.write() as transaction:
        transaction.feedback.forget(1)

    assert (opinions(shelf), len(opinions(shelf, who=2)), rows(shelf)) == ([], 3, 3)


# ── papers that turn out to be one, and papers that come later ────────────────────────────────


def merge(shelf, *records):
    """Papers become one when a record holds names of both."""
    add(shelf, *records, now=NOON + HOUR, fingerprint="merging")


@pytest.fixture
def doubled(shelf):
    """Papers 4 and 5, which `MERGING` makes one."""
    add(shelf, paper("Sleep Well", doi="10.1000/well"), paper("Well Asleep", arxiv_id="2611.00009"), name="b")
    return shelf


MERGING = paper("Sleep Well", doi="10.1000/well", arxiv_id="2611.00009")


def test_feedback_follows_a_paper_into_another_and_the_latest_opinion_counts(doubled):
    give(doubled, stored=[5], at=NOON)
    give(doubled, DISLIKE, stored=[4], at=NOON - HOUR)
    merge(doubled, MERGING)

    assert opinions(doubled) == [("Sleep Well", "like", 4)]
    assert give(doubled, stored=[4]) == Given(known=1)
    assert give(doubled, DISLIKE, stored=[4], at=NOON + 2 * HOUR) == Given(changed=1)
    assert rows(doubled) == 1


def test_taking_back_reaches_what_was_said_of_either(doubled):
    give(doubled, stored=[4, 5])
    merge(doubled, MERGING)
    with doubled.write() as transaction:
        assert transaction.feedback.take_back(1, stored=[4]) == 1

    assert (opinions(doubled), rows(doubled)) == ([], 0)


def test_a_paper_that_comes_into_the_archive_is_tied_to_what_was_said_of_it(shelf):
    give(shelf, others=[OUTSIDE, paper("Never Seen")])
    add(shelf, paper("On Sleep, Revised", "Much longer words.", doi="10.1000/sleep"), now=NOON + HOUR)
    with shelf.write() as transaction:
        assert [transaction.feedback.adopt(1), transaction.feedback.adopt(1)] == [1, 0]
        (first, second) = transaction.feedback.of(1)

    assert (first.paper_id, first.paper.abstract) == (4, "Much longer words.")
    assert (second.paper_id, second.paper.title) == (None, "Never Seen")


def test_opinions_of_a_paper_given_before_and_after_it_came_are_one(shelf):
    give(shelf, others=[OUTSIDE])
    add(shelf, OUTSIDE, now=NOON + HOUR)
    give(shelf, DISLIKE, stored=[4], at=NOON + HOUR)
    with shelf.write() as transaction:
        transaction.feedback.adopt(1)

    assert opinions(shelf) == [("On Sleep", "dislike", 4)]


def test_stored_papers_are_found_by_ids_first_and_by_titles_where_no_id_says_otherwise(doubled):
    add(doubled, paper("Editorial", authors=("Ada Lovelace",), doi="10.1000/e1"), now=NOON, name="c")
    add(doubled, paper("Editorial", authors=("Bo Babbage",), doi="10.1000/e2"), now=NOON, name="d")
    merge(doubled, MERGING)
    asked = [
        ["arxiv:2611.00002", "title:2:anything"],
        ["title:2:second"],
        ["arxiv:2611.77777", "title:2:second"],
        ["doi:10.1000/second", "title:2:second"],
        ["arxiv:2611.00009"],
        ["doi:10.1000/e2", "title:2:editorial"],
        ["title:2:editorial"],
        ["title:2:nowhere"],
        [],
    ]
    with doubled.read() as transaction:
        found = transaction.feedback.stored(asked)

    assert found == [2, 2, None, 2, 4, 7, None, None, None]


# ── what was learned ──────────────────────────────────────────────────────────────────────────


def learned(data=b"\x00packed", version=1):
    return Learned(data=data, version=version, likes=3, dislikes=1, learned_at=NOON)


def test_what_was_learned_is_one_piece_that_the_next_replaces(shelf):
    with shelf.write() as transaction:
        book = transaction.learned
        assert book.get(1) is None
        book.put(1, learned(b"first"))
        book.put(1, learned())
        book.put(2, learned(b"of ben", version=2))

        assert book.get(1) == learned()
        assert book.packed([1, 2, 3]) == {1: b"\x00packed", 2: b"of ben"}
        assert (book.packed([]), book.of_other_versions(1), book.of_other_versions(3)) == ({}, [2], [1, 2])
        book.put(1, None)
        assert (book.get(1), book.packed([1])) == (None, {})


def test_the_models_of_a_whole_batch_are_one_query(shelf):
    from sqlalchemy import event

    asked = []
    with shelf.read() as transaction:
        connection = transaction.learned._connection
        event.listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
        transaction.learned.packed(range(1, 5_000))

    assert len(asked) == 1


# ── samples of the archive ────────────────────────────────────────────────────────────────────


def test_a_sample_is_spread_evenly_and_leaves_merged_papers_out(doubled):
    merge(doubled, MERGING)
    with doubled.read() as transaction:
        samples = {n: [p.title for p in transaction.papers.sample(n)] for n in (2, 4, 99)}
        everything = [p.paper.title for p in transaction.papers.all()]

    assert samples[2] == ["First", "Third"]
    assert samples[4] == samples[99] == everything == ["First", "Second", "Third", "Sleep Well"]


def test_titles_are_found_by_any_part_of_them(shelf):
    with shelf.read() as transaction:
        found = {part: transaction.papers.find_in_titles(part, limit=2) for part in ("IR", "econ", "%", "r")}

    assert [[p.id for p in papers] for papers in found.values()] == [[1, 3], [2], [], [1, 3]]
