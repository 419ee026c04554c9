"""The five example dumps, read as a user would read them."""

import json
import random
import shutil

import pytest

from digest.app import App
from digest.repair import readable

GOLD = "shared/dumps/seeds.gold.jsonl"
#: what the five dumps hold together
RECORDS, PAPERS, REPEATED = 580, 516, 54


@pytest.fixture(scope="module")
def gold(root):
    path = root.parent / GOLD
    if not path.exists():
        pytest.skip(f"../{GOLD} is not there")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_dry_run_prints_exactly_the_gold_records_and_leaves_nothing_behind(workspace, dumps, gold):
    before = workspace.snapshot()
    report = workspace.json("ingest", "--dry-run", dumps[0].parent)
    assert workspace.snapshot() == before
    assert report["dry_run"] is True

    def found(prefix):
        fields = ("file", "position", "page_date", f"{prefix}title", f"{prefix}abstract")
        return [[r[f] for f in fields] for listing in report["listings"] for r in listing["records"]]

    wanted = [[g[f] for f in ("file", "position", "page_date", "title", "abstract")] for g in gold]
    assert len(wanted) == RECORDS
    assert found("raw_") == wanted
    assert found("") == [[*place, readable(title), readable(abstract)] for *place, title, abstract in wanted]


def test_the_dumps_are_516_papers_of_which_54_are_in_more_than_one(archive):
    papers = archive.json("papers")
    assert len(papers) == PAPERS
    assert sum(paper["listings"] > 1 for paper in papers) == REPEATED
    sightings = [sighting for paper in papers for sighting in paper["sightings"]]
    assert len(sightings) == RECORDS
    assert {s["source"] for s in sightings} == {"files"}
    assert {s["first_seen"] for s in sightings} == {"2026-11-16T06:00:00Z"}
    assert {p["listed"] for p in papers} == {"2026-03-12", "2026-03-13", "2026-05-29", "2026-11-16"}
    keys = [key for paper in papers for key in paper["keys"]]
    assert len(set(keys)) == len(keys) >= PAPERS


def test_reading_them_again_renamed_and_shuffled_adds_nothing_and_is_noted(archive, dumps, at, tmp_path):
    before = archive.json("papers")
    order = random.Random(516).sample(dumps, 5)
    copies = [shutil.copyfile(dump, tmp_path / f"{n} again.dat") for n, dump in enumerate(order)]
    report = archive.json("ingest", *copies, now=at(1))
    assert (report["read"], report["new"]) == (RECORDS, 0)
    assert [f["file"] for f in report["listings"]] == [copy.name for copy in copies]
    assert [(f["seen_before"], f["known"], f["read"]) for f in report["listings"]] == [
        (True, f["read"], f["read"]) for f in report["listings"]
    ]
    assert archive.json("papers") == before
    assert archive.rows("SELECT count(*) FROM listing") == [(5,)]
    assert archive.rows("SELECT date(read_at), count(*), sum(new) FROM reading GROUP BY 1") == [
        ("2026-11-16", 5, PAPERS),
        ("2026-11-17", 5, 0),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_which_papers_there_are_does_not_depend_on_the_order_of_reading(archive, workspace, dumps, at, seed):
    app = App.open(workspace.config, now=at(0))
    for dump in random.Random(seed).sample(dumps, 5):
        with app.writing() as database:
            app.ingest(database, [dump])
    app.database.close()
    content = """SELECT DISTINCT k.key, p.title, length(p.abstract), count(s.position) FROM paper_key k
        JOIN paper p ON p.id = k.paper_id JOIN sighting s ON s.paper_id = p.id GROUP BY k.key, p.id"""
    assert sorted(workspace.rows(content)) == sorted(archive.rows(content))
