"""Whatever listings come, in whatever order: which papers the archive holds."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from digest.identity import is_strong, keys
from digest.store import Database
from tests.builders import NOON, paper
from tests.listings import add_in, listing

NUMBERS = st.integers(1, 4)
TITLES = st.sampled_from(["Attention", "ATTENTION!", "EvTexture", "EvTexture++", "On Sleep", "Über Schlaf"])
#: each example fills a database, and a slow machine is no failure
FEW = settings(max_examples=50, deadline=None)
ABSTRACTS = st.sampled_from(["", "Short.", "A longer abstract of some words."])


@pytest.fixture(scope="module")
def database():
    """One prepared database; each example rehearses in it."""
    found = Database(None)
    found.prepare()
    yield found
    found.close()


@st.composite
def papers_with_ids(draw):
    """An arXiv id always, with a DOI that belongs to it or without."""
    number = draw(NUMBERS)
    doi = f"10.1000/{number}" if draw(st.booleans()) else None
    return paper(draw(TITLES), draw(ABSTRACTS), arxiv_id=f"2607.{number:05}", doi=doi)


@st.composite
def any_papers(draw):
    """Any mixture of ids, contradictions included."""
    arxiv, doi = draw(st.none() | NUMBERS), draw(st.none() | NUMBERS)
    return paper(
        draw(TITLES),
        draw(ABSTRACTS),
        arxiv_id=arxiv and f"2607.{arxiv:05}",
        doi=doi and f"10.1000/{doi}",
        upvotes=draw(st.none() | st.integers(0, 9)),
    )


def listings(papers):
    return st.lists(st.lists(papers, max_size=5), max_size=5)


def read(rehearsal, days):
    """Add each day's papers as a listing of its own; how many were new."""
    new = 0
    for number, day in enumerate(days):
        with rehearsal.write() as transaction:
            one = listing(*day, fingerprint=f"{number} {len(days)} {new}")
            new += len(add_in(transaction, one, now=NOON + timedelta(days=number)).new)
    return new


def shelved(rehearsal):
    with rehearsal.read() as transaction:
        return [s.known for s in transaction.papers.search()]


@FEW
@given(days=listings(papers_with_ids()), data=st.data())
def test_papers_with_ids_are_the_same_whatever_the_order_of_the_listings(database, days, data):
    other_way = data.draw(st.permutations([data.draw(st.permutations(day)) for day in days]))
    found = []
    for order in (days, other_way):
        with database.rehearsal() as rehearsal:
            read(rehearsal, order)
            found.append({p.keys: (p.listings, len(p.paper.abstract)) for p in shelved(rehearsal)})

    assert found[0] == found[1]
    assert {keys[0] for keys in found[0]} == {f"arxiv:{p.arxiv_id}" for day in days for p in day}


@FEW
@given(days=listings(any_papers()))
def test_reading_everything_again_brings_nothing_new(database, days):
    with database.rehearsal() as rehearsal:
        new = read(rehearsal, days)
        before = shelved(rehearsal)
        again = read(rehearsal, days)
        after = shelved(rehearsal)

    assert again == 0
    assert len(before) <= new
    assert [(p.id, p.keys, p.first_seen) for p in after] == [(p.id, p.keys, p.first_seen) for p in before]


@FEW
@given(days=listings(any_papers()))
def test_the_archive_is_whole_whatever_came(database, days):
    with database.rehearsal() as rehearsal:
        read(rehearsal, days)
        papers = shelved(rehearsal)
        with rehearsal.read() as transaction:
            run = transaction.papers._connection.execute
            parents = dict(run(text("SELECT id, merged_into FROM paper")).all())
            holders = run(text("SELECT key, paper_id FROM paper_key")).all()
            found = [transaction.papers.find_by_key(key) for key, _ in holders]

    roots = {i for i, parent in parents.items() if parent is None}
    strong = Counter(key for p in papers for key in p.keys if is_strong(key))
    assert {p.id for p in papers} == roots
    assert {parent for parent in parents.values() if parent} <= roots, (
        "an absorbed paper leads to one that stays"
    )
    assert all(child > parent for child, parent in parents.items() if parent), "the older id stays"
    assert set(strong.values()) <= {1}, "an arXiv id or DOI names one paper"
    assert all(found), "every key leads to a paper"
    assert sum(p.listings for p in papers) <= sum(map(len, days))


@st.composite
def glimpses(draw):
    """Records of a few papers, each showing some of its paper's names: no contradiction anywhere."""
    number = draw(NUMBERS)
    arxiv = f"2607.{number:05}" if draw(st.booleans()) else None
    doi = f"10.1000/{number}" if draw(st.booleans()) else None
    title = f"{draw(st.sampled_from(['Preprint', 'Article', 'Talk']))} {'of the ' * number}Sleepers"
    return paper(title, draw(ABSTRACTS), arxiv_id=arxiv, doi=doi, upvotes=number)


def groups_of(records):
    """The records joined by common keys, whatever their order: what union and find would say."""
    groups = []
    for names in (frozenset(keys(r)) for r in records):
        touched = [g for g in groups if g & names]
        groups = [g for g in groups if g not in touched] + [names.union(*touched)]
    return set(groups)


@FEW
@given(days=listings(glimpses()), data=st.data())
def test_papers_are_the_groups_that_common_keys_make_whatever_the_order(database, days, data):
    other_way = data.draw(st.permutations([data.draw(st.permutations(day)) for day in days]))
    wanted = groups_of([one for day in days for one in day])
    for order in (days, other_way):
        with database.rehearsal() as rehearsal:
            read(rehearsal, order)
            assert {frozenset(p.keys) for p in shelved(rehearsal)} == wanted
