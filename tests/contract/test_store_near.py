"""Records that are a stored paper by likeness, replacements, and groups that grow."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from digest.model import Provenance
from tests import builders
from tests.builders import NOON, paper
from tests.contract.test_store_readers import issue_of, put, reader_in
from tests.listings import add, add_in, listing, record

DAY = timedelta(days=1)
TITLE = "Sleeping Pictures: How Waking Diffusion Samplers Save Nine Steps of Ten"
#: the same paper as somebody typed it
TYPED = "Sleeping Pictures: How Waking Diffusion Samplers Saves Nine Steps of Ten"
ABSTRACT = (
    "Samplers of diffusion models walk through many steps that change nothing. We let them sleep through "
    "these and wake them where the picture moves, which saves nine steps of ten and costs no quality on "
    "four collections of pictures and one of films. The rule that wakes them needs no training."
)
AUTHORS = ("Ada Lovelace", "Grace Hopper")


def stored(database):
    with database.read() as transaction:
        return transaction.papers.search()


def only(found):
    (one,) = found
    return one


def replaced(database, one, now=NOON, day=None):
    """Add one new version of a paper."""
    whole = listing(one, day=day)
    with database.write() as transaction:
        return add_in(
            transaction, replace(whole, records=(record(one, is_replacement=True),)), now=now, source="arxiv"
        )


# ── likeness ──────────────────────────────────────────────────────────────────────────────────


def test_a_title_typed_otherwise_is_the_known_paper_and_gives_it_its_keys(database):
    first = add(database, paper(TITLE, ABSTRACT, arxiv_id="2607.01234"))
    again = add(database, paper(TYPED, ABSTRACT, doi="10.1000/sleep"), now=NOON + DAY)

    found = only(stored(database))
    match = only(again.near)

    assert (again.new, again.known) == ((), 1)
    assert (match.title, match.paper_id, match.known_title) == (TYPED, first.new[0], TITLE)
    assert {key.partition(":")[0] for key in found.known.keys} == {"arxiv", "doi", "title"}
    assert len(found.known.keys) == 4
    assert found.known.listings == 2
    assert add(database, paper(TYPED, "Other words."), now=NOON + 2 * DAY).near == ()


def test_a_likeness_within_one_listing_is_seen_as_well(database):
    added = add(database, paper(TITLE, ABSTRACT), paper("Another One Altogether"), paper(TYPED, ABSTRACT))

    assert (len(added.new), added.known, len(added.near)) == (2, 1, 1)


def test_papers_whose_ids_differ_are_never_alike(database):
    add(database, paper(TITLE, ABSTRACT, arxiv_id="2607.01234"))
    added = add(database, paper(TYPED, ABSTRACT, arxiv_id="2607.09999"))

    assert (len(added.new), added.near) == (1, ())


def test_an_id_that_comes_later_stands_against_a_likeness(database):
    add(database, paper(TITLE, ABSTRACT, arxiv_id="2607.01234"))
    add(database, paper(TYPED, ABSTRACT), now=NOON + DAY)
    added = add(database, paper(TYPED, ABSTRACT, arxiv_id="2607.09999"), now=NOON + 2 * DAY)

    assert len(added.new) == 1
    assert [s.known.paper.arxiv_id for s in stored(database)] == ["2607.01234", "2607.09999"]


def test_another_subject_is_another_paper(database):
    added = add(
        database,
        paper(TITLE, ABSTRACT),
        paper("Sleeping Pictures: How Waking Video Samplers Save Eight Steps of Ten", "Quite other words."),
        paper(TITLE.replace("Nine", "Eight"), ABSTRACT.replace("nine", "eight")),
    )

    assert (len(added.new), added.near) == (3, ())


def test_the_likest_paper_is_taken_and_of_equals_the_oldest(database):
    add(database, paper(TITLE, ABSTRACT, arxiv_id="2607.00002"))
    first = add(database, paper(TYPED, ABSTRACT, arxiv_id="2607.00001"), now=NOON + DAY)
    typo = add(database, paper(TYPED.replace("Pictures", "Pictuers"), ABSTRACT), now=NOON + 2 * DAY)

    assert only(typo.near).paper_id == first.new[0]


def test_a_paper_of_long_ago_is_found_by_its_keys_alone(database):
    add(database, paper(TITLE, ABSTRACT), now=NOON)
    later = add(database, paper(TYPED, ABSTRACT), now=NOON + timedelta(days=121))

    assert (len(later.new), later.near) == (1, ())


@pytest.mark.parametrize("at_once", [1, 2, 1_000])
def test_a_long_listing_is_added_in_parts_with_the_same_end(database, monkeypatch, at_once):
    monkeypatch.setattr("digest.store.addition.RECORDS_AT_ONCE", at_once)
    records = (
        paper("One", arxiv_id="2607.00001"),
        paper("Two", doi="10.1000/x"),
        paper(TITLE, ABSTRACT),
        paper("One", arxiv_id="2607.00001", doi="10.1000/x"),
        paper(TYPED, ABSTRACT),
        paper("Three"),
        paper("three!"),
    )

    added = add(database, *records)

    assert (len(added.new), added.known, len(added.near)) == (3, 4, 1)
    assert [s.known.paper.title for s in stored(database)] == ["One", TITLE, "Three"]
    assert [len(s.sightings) for s in stored(database)] == [3, 2, 2]


# ── replacements ──────────────────────────────────────────────────────────────────────────────


def test_a_replacement_of_an_unknown_paper_is_passed_over(database):
    added = replaced(database, paper("T", arxiv_id="2607.01234"))

    assert (added.new, added.known, added.passed_over) == ((), 0, 1)
    assert stored(database) == []


def test_a_replacement_updates_the_known_paper_and_its_new_title_finds_it(database):
    first = add(database, paper("Old Title", ABSTRACT, arxiv_id="2607.01234"), day=date(2026, 11, 18))
    added = replaced(
        database, paper("New Title", "Shorter.", arxiv_id="2607.01234v2"), NOON + DAY, date(2026, 11, 19)
    )
    add(database, paper("New Title", ABSTRACT), now=NOON + 2 * DAY)

    found = only(stored(database))

    assert (added.new, added.known, added.passed_over) == ((), 1, 0)
    assert (found.known.id, found.known.first_seen) == (first.new[0], NOON)
    assert (found.known.paper.title, found.known.paper.abstract) == ("New Title", "Shorter.")
    assert (found.raw_title, found.raw_abstract) == ("New Title", "Shorter.")
    assert found.provenance["title"] == Provenance(
        source="arxiv", day=date(2026, 11, 19), is_replacement=True
    )
    assert len(found.sightings) == 3


# ── where facts come from ─────────────────────────────────────────────────────────────────────


def test_each_known_fact_has_a_source_and_a_day(database):
    add(database, paper("T", "Short.", upvotes=3), source="mornings", day=date(2026, 11, 18))
    add(database, paper("T", "Much longer.", arxiv_id="2607.01234", upvotes=9), source="api", now=NOON + DAY)

    found = only(stored(database)).provenance
    mornings = Provenance(source="mornings", day=date(2026, 11, 18))
    api = Provenance(source="api", day=(NOON + DAY).date())

    assert found == {
        "title": mornings,
        "listed": mornings,
        "abstract": api,
        "arxiv_id": api,
        "upvotes": api,
    }


def test_an_old_listing_read_late_lowers_no_count(database):
    add(database, paper("T", upvotes=90), day=date(2026, 11, 18))
    add(database, paper("T", upvotes=3), day=date(2026, 11, 16), now=NOON + DAY)

    found = only(stored(database)).known.paper

    assert (found.upvotes, found.listed) == (90, date(2026, 11, 16))


# ── groups ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def chain(database):
    """Three papers, the youngest sent to one reader and the middle one to another; then they are tied."""
    reader, other = reader_in(database), reader_in(database, "speech")
    first = only(add(database, paper("One", arxiv_id="2607.00001")).new)
    second = only(add(database, paper("Two", doi="10.1000/x")).new)
    third = only(add(database, paper("Three")).new)
    with database.read() as transaction:
        known = {p.id: p for p in transaction.papers.by_ids([first, second, third])}
    put(database, issue_of(reader, builders.match(known[third])), cut={second: NOON})
    put(database, issue_of(other, builders.match(known[second])), cut={third: NOON})
    add(database, paper("Three", doi="10.1000/x"), now=NOON + DAY)
    add(database, paper("Two", doi="10.1000/x", arxiv_id="2607.00001"), now=NOON + 2 * DAY)
    return database, (reader, other), (first, second, third)


def test_what_any_of_a_chain_was_sent_as_counts_for_all_of_it(chain):
    database, (reader, other), (first, second, third) = chain
    with database.read() as transaction:
        issues = transaction.issues
        assert issues.sent_papers([reader.id], [first])[reader.id] == {first}
        assert issues.sent_papers([other.id], [first])[other.id] == {first}
        assert [line.paper_id for line in issues.lines_for(first, reader.id)] == [third]
        assert [line.paper_id for line in issues.lines_for(first, other.id)] == [second]
        assert transaction.papers.roots([second, third]) == {second: first, third: first}


def test_a_likeness_ties_a_record_to_the_paper_that_a_stored_one_became(database):
    older = only(add(database, paper(TITLE, "Short.", arxiv_id="2607.00001")).new)
    add(database, paper("Sleep in a Journal", ABSTRACT, doi="10.1000/sleep"))
    add(database, paper(TITLE, arxiv_id="2607.00001", doi="10.1000/sleep"), now=NOON + DAY)
    added = add(database, paper(TYPED, ABSTRACT), now=NOON + 2 * DAY)
    add(database, paper(TYPED.upper(), "Other."), now=NOON + 3 * DAY)

    assert [match.paper_id for match in added.near] == [older]
    assert only(stored(database)).known.listings == 5
