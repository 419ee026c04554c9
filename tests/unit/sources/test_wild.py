"""Renderings of the page that people and tools really made give the facts that people checked."""

import json
from datetime import date
from pathlib import Path

import pytest

from digest.model import Health, Severity
from digest.sources import read

ROOT = Path(__file__).resolve().parents[3]
WILD = ROOT.parent / "shared" / "dumps" / "wild"
GOLD = ROOT.parent / "shared" / "dumps" / "wild.gold.jsonl"
SAVED = date(2026, 11, 22)
FORMATS = {
    "search-page.firecrawl.md": "markdown",
    "search-page.lynx.txt": "link-references",
    "search-page.exported-urls.txt": "bare-urls",
    "trending-page.summaries.md": "trending",
    "date-page.titles-lost.txt": "unknown",
}


def bytes_of(name):
    path = WILD / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path.read_bytes()


def gold_of(name):
    if not GOLD.exists():
        pytest.skip(f"{GOLD} is not here")
    pages = map(json.loads, GOLD.read_text(encoding="utf-8").splitlines())
    return next(page["papers"] for page in pages if page["file"] == name)


def fact(record, name, wanted):
    if name == "title":
        return record.raw_title
    if name == "published":
        label = record.paper.published.isoformat()
        return label if len(wanted) == len(label) else label[5:]
    ours = {"authors": "author_count", "code": "code_url"}
    return getattr(record.paper, ours.get(name, name))


@pytest.mark.parametrize("name", FORMATS)
def test_a_rendering_gives_every_fact_that_people_checked(name):
    listing = read(bytes_of(name), name="page", latest=SAVED)
    gold = gold_of(name)

    found = [
        {key: fact(record, key, wanted[key]) for key in wanted}
        for record, wanted in zip(listing.records, gold, strict=True)
    ]
    assert found == gold
    assert listing.format == FORMATS[name]


@pytest.mark.parametrize("name", [name for name in FORMATS if name.startswith("search")])
def test_a_search_page_gives_whole_abstracts_and_no_problem(name):
    listing = read(bytes_of(name), name="page", latest=SAVED)

    assert (listing.health, listing.problems) == (Health.OK, ())
    for record in listing.records:
        assert record.raw_abstract.endswith((".", "leap-llm.github.io"))
        assert record.raw_abstract[0].isupper()
        assert not set("[]\\\n") & set(record.raw_abstract)
        assert record.paper.summary is None


def test_sentences_of_the_trending_page_are_summaries_and_papers_stand_once():
    listing = read(bytes_of("trending-page.summaries.md"), name="page", latest=SAVED)

    assert len(listing.records) == 3
    for record in listing.records:
        assert record.raw_abstract == record.paper.abstract == ""
        assert record.paper.summary.endswith(".")
    assert listing.problems == ()


def test_a_page_without_its_titles_says_so_once():
    listing = read(bytes_of("date-page.titles-lost.txt"), name="page", latest=SAVED)

    assert listing.health is Health.BROKEN
    assert listing.records == ()
    (problem,) = listing.problems
    assert problem.severity is Severity.FATAL
    assert "titles were lost" in problem.what
    assert "Submitted by" in problem.what
