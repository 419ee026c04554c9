"""Every archived answer of the Daily Papers API, and everything else that was collected as JSON."""

import gzip
import html
import io
import json
from datetime import date
from pathlib import Path

import pytest

from digest.model import Health, Severity
from digest.sources import read

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
DAYS = DATA / "hf-daily" / "raw-api" / "dev"
PAPERS = DATA / "hf-daily" / "papers.dev.jsonl.zst"
LOAD = DATA / "load" / "arxiv.dev.jsonl.zst"
SAVED = date(2026, 11, 22)


def unpacked(path):
    if not path.exists():
        pytest.skip(f"not here: {path}")
    import zstandard

    with path.open("rb") as file:
        return zstandard.ZstdDecompressor().stream_reader(file).read()


def joined(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def gold():
    return {row["id"]: row for row in map(json.loads, io.BytesIO(unpacked(PAPERS)))}


@pytest.fixture(scope="module")
def days():
    if not DAYS.exists():
        pytest.skip(f"not here: {DAYS}")
    return {path.name[:10]: gzip.decompress(path.read_bytes()) for path in sorted(DAYS.glob("*.json.gz"))}


def listings(days):
    return {day: read(data, name=day, latest=SAVED) for day, data in days.items()}


def test_every_paper_of_every_day_is_read_the_drifted_days_included(days):
    read_days = listings(days)

    assert len(read_days) == 18
    for day, listing in read_days.items():
        assert (listing.format, listing.health, listing.problems) == ("daily-papers-json", Health.OK, ())
        assert len(listing.records) == len(json.loads(days[day]))


def test_titles_and_abstracts_and_facts_are_the_sources(days, gold):
    seen = 0
    for day, listing in listings(days).items():
        for record in listing.records:
            row = gold[record.paper.arxiv_id]
            assert record.raw_title == joined(row["title"])
            assert record.raw_abstract == joined(row["abstract"])
            assert list(record.paper.authors) == row["authors"]
            assert str(record.paper.published) == row["published"]
            if row["date"] == day:
                assert (record.paper.upvotes, record.paper.comments) == (row["upvotes"], row["comments"])
                assert record.paper.keywords == tuple(dict.fromkeys(filter(None, row["ai_keywords"] or ())))
            seen += 1
    assert seen == 330


def test_the_day_is_that_of_the_archive_wherever_the_answer_states_one(days):
    stated = {
        day: listing.day for day, listing in listings(days).items() if "submittedOnDailyAt" in str(days[day])
    }

    assert len(stated) == 10
    assert all(str(found) == day for day, found in stated.items())


def test_the_same_answer_inside_a_saved_page_says_the_same(days):
    for day, data in days.items():
        props = html.escape(json.dumps({"dailyPapers": json.loads(data), "dateString": day}))
        page = f'<!doctype html><html><div data-target="DailyPapers" data-props="{props}"></div></html>'
        saved = read(page.encode(), name=day, latest=SAVED)

        assert str(saved.day) == day
        bare = read(data, name=day, latest=SAVED).records
        assert [(r.raw_title, r.raw_abstract) for r in saved.records] == [
            (r.raw_title, r.raw_abstract) for r in bare
        ]


@pytest.mark.parametrize("path", [PAPERS, LOAD], ids=["papers", "load"])
def test_every_row_of_json_lines_is_read(path):
    data = unpacked(path)
    rows = [json.loads(line) for line in io.BytesIO(data)]
    listing = read(data, name=path.name, latest=SAVED, max_records=len(rows))

    assert [p.severity for p in listing.problems] == [Severity.NOTE]
    assert [r.raw_title for r in listing.records] == [joined(row["title"]) for row in rows]
    assert [r.raw_abstract for r in listing.records] == [joined(row["abstract"]) for row in rows]
    assert [r.paper.arxiv_id for r in listing.records] == [row["id"] for row in rows]
    assert [str(r.paper.listed) for r in listing.records] == [min(row["days"]) for row in rows]
