"""Which of two sayings about a paper wins, and whose it is."""

from datetime import date
from itertools import permutations

import pytest

from digest.identity import ELSE, Attested, is_abstract, merge
from digest.model import Paper, Provenance

MONDAY, TUESDAY, FRIDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 20)
ABSTRACT = "We study how fast diffusion can become, and find that it is fast enough for everybody."


def said(source="dumps", day=MONDAY, *, replaces=False, raw=None, **facts):
    """A paper as one source gave it on one day."""
    paper = Paper(**({"title": "On Diffusion"} | facts))
    origin = Provenance(source=source, day=day, is_replacement=replaces)
    return Attested(paper, {ELSE: origin}, *(raw or (paper.title, paper.abstract)))


def together(*sayings):
    first, *rest = sayings
    for saying in rest:
        first = merge(first, saying)
    return first


def sources(told):
    return {field: (origin.source, origin.day) for field, origin in told.by_field().items()}


def test_the_longer_abstract_wins_with_its_source_and_its_raw_text():
    told = together(said(abstract="Short."), said("api", TUESDAY, abstract=ABSTRACT, raw=("RAW", "RAW TEXT")))

    assert told.paper.abstract == ABSTRACT
    assert (told.raw_title, told.raw_abstract) == ("On Diffusion", "RAW TEXT")
    assert sources(told) == {"title": ("dumps", MONDAY), "abstract": ("api", TUESDAY)}


def test_what_only_one_knows_is_kept_whichever_came_first():
    facts = {
        "organization": "CERN",
        "arxiv_id": "2607.01234",
        "doi": "10.1000/x",
        "url": "https://reader.example/x",
        "code_url": "https://github.com/reader/x",
        "project_url": "https://reader.example/project",
        "keywords": ("diffusion",),
        "summary": "One sentence.",
        "published": date(2026, 7, 1),
        "author_count": 0,
        "stars": 0,
    }
    for told in (together(said(), said("api", **facts)), together(said("api", **facts), said())):
        assert {name: getattr(told.paper, name) for name in facts} == facts
        assert all(sources(told)[name][0] == "api" for name in facts)


def test_what_both_know_stays_as_it_was_known_first():
    told = together(
        said(url="https://reader.example/1", organization="CERN", title="On Diffusion"),
        said("api", FRIDAY, url="https://reader.example/2", organization="ESA", title="On Diffusions"),
    )

    assert (told.paper.title, told.paper.organization) == ("On Diffusion", "CERN")
    assert told.paper.url == "https://reader.example/1"


def test_the_longer_list_of_authors_wins():
    few, many = ("Ada Lovelace",), ("A. Lovelace", "Grace Hopper")

    assert together(said(authors=many), said(authors=few)).paper.authors == many
    assert together(said(authors=few), said(authors=many)).paper.authors == many


@pytest.mark.parametrize("count", ["upvotes", "comments", "stars"])
def test_counts_are_those_of_the_newest_day_however_late_an_old_one_is_read(count):
    readings = [
        said("a", MONDAY, **{count: 3}),
        said("b", FRIDAY, **{count: 90}),
        said("c", TUESDAY, **{count: 120}),
    ]
    for order in permutations(readings):
        told = together(*order)
        assert getattr(told.paper, count) == 90
        assert sources(told)[count] == ("b", FRIDAY)


def test_of_two_counts_of_one_day_the_higher_is_the_later_one():
    assert together(said(upvotes=9), said(upvotes=3)).paper.upvotes == 9
    assert together(said(upvotes=3), said(upvotes=9)).paper.upvotes == 9


def test_a_count_that_did_not_change_is_as_new_as_its_last_reading():
    told = together(said(day=MONDAY, upvotes=5), said(day=FRIDAY, upvotes=5), said(day=TUESDAY, upvotes=7))

    assert told.paper.upvotes == 5


def test_a_count_of_nobody_knows_when_gives_way():
    unknown = Attested(Paper(title="On Diffusion", upvotes=50), {}, "On Diffusion", "")

    assert merge(unknown, said(upvotes=3)).paper.upvotes == 3
    assert unknown.by_field() == {}


def test_a_paper_was_listed_on_the_earliest_day_that_anybody_says():
    early, late = said(day=MONDAY, listed=MONDAY), said("b", FRIDAY, listed=FRIDAY)

    for told in (merge(early, late), merge(late, early)):
        assert told.paper.listed == MONDAY
        assert sources(told)["listed"] == ("dumps", MONDAY)


def test_saying_the_same_again_changes_nothing():
    old = said(abstract=ABSTRACT, authors=("Ada Lovelace",), upvotes=3, listed=MONDAY)

    assert merge(old, said(abstract=ABSTRACT, authors=("Ada Lovelace",), upvotes=3, listed=MONDAY)) is old
    assert merge(old, said("other", FRIDAY, abstract=ABSTRACT, listed=FRIDAY)) is old


# ── what is no abstract ───────────────────────────────────────────────────────────────────────


POSTING = f"\N{ROCKET} TL;DR: ours is the fastest! {ABSTRACT} Try it, star it, tell everybody about it."


@pytest.mark.parametrize(
    "text", [POSTING, "TLDR: fast. " + ABSTRACT, ABSTRACT + " \N{CONSTRUCTION SIGN}", "An article. " * 400]
)
def test_a_posting_and_an_article_are_no_abstract(text):
    assert not is_abstract(text)
    for told in (
        together(said(abstract=text), said(abstract=ABSTRACT)),
        together(said(abstract=ABSTRACT), said(abstract=text)),
    ):
        assert told.paper.abstract == ABSTRACT


def test_a_posting_is_better_than_nothing():
    assert together(said(), said(abstract=POSTING)).paper.abstract == POSTING


@pytest.mark.parametrize(
    "text", [ABSTRACT, "Ours is 4∼16× faster → see https://reader.example. É, 漢字, ≤ ∞."]
)
def test_signs_and_a_link_leave_an_abstract_one(text):
    assert is_abstract(text)


def test_a_sentence_that_somebody_gave_as_summary_is_no_abstract():
    sentence = "A very long sentence about the paper that is longer than its abstract, as sentences may be."
    short = "We study diffusion."

    for told in (
        together(said(abstract=sentence), said(abstract=short), said(summary=sentence), said(abstract=short)),
        together(said(summary=sentence), said(abstract=sentence), said(abstract=short)),
    ):
        assert told.paper.abstract == short


# ── replacements ──────────────────────────────────────────────────────────────────────────────


V1 = said("arxiv", MONDAY, abstract=ABSTRACT)
V2 = said("arxiv", TUESDAY, replaces=True, title="On Fast Diffusion", abstract="Shorter now.", raw=("R", "S"))
V3 = said("arxiv", FRIDAY, replaces=True, title="On Faster Diffusion", abstract="Even shorter.")
COPY = said("api", TUESDAY, abstract=ABSTRACT + " As of the first version.")


def test_a_replacement_brings_title_and_abstract_though_they_be_shorter():
    told = merge(V1, V2)

    assert (told.paper.title, told.paper.abstract) == ("On Fast Diffusion", "Shorter now.")
    assert (told.raw_title, told.raw_abstract) == ("R", "S")
    assert sources(told)["abstract"] == ("arxiv", TUESDAY)


def test_the_newest_replacement_stays_in_whatever_order_they_are_read():
    for order in permutations((V1, V2, V3, COPY)):
        told = together(*order)
        assert (told.paper.title, told.paper.abstract) == ("On Faster Diffusion", "Even shorter.")


def test_a_longer_copy_of_the_old_abstract_does_not_come_back():
    assert together(V1, V2, COPY).paper.abstract == "Shorter now."


def test_a_replacement_that_says_what_was_known_settles_it():
    same = said("arxiv", TUESDAY, replaces=True, abstract=ABSTRACT)

    assert together(V1, same, COPY).paper.abstract == ABSTRACT


def test_a_replacement_read_late_does_not_undo_what_was_said_after_it():
    later = said("api", FRIDAY, title="On Fastest Diffusion", abstract=ABSTRACT)

    assert merge(later, V2).paper.title == "On Fastest Diffusion"


def test_a_replacement_without_an_abstract_takes_none_away():
    told = merge(V1, said("arxiv", FRIDAY, replaces=True, title="On Faster Diffusion"))

    assert (told.paper.title, told.paper.abstract) == ("On Faster Diffusion", ABSTRACT)
