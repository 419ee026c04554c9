"""The seed dumps give exactly the records that people checked, whatever they are called."""

import json
from datetime import date
from pathlib import Path

import pytest

from digest.model import Health, Severity
from digest.repair import readable
from digest.sources import read

ROOT = Path(__file__).resolve().parents[3]
SEEDS = sorted((ROOT / "examples" / "dumps").glob("*.txt"))
GOLD = ROOT / "../shared/dumps/seeds.gold.jsonl"
SAVED = date(2026, 11, 22)


def test_the_seeds_give_the_gold_records_exactly():
    if not GOLD.exists():
        pytest.skip(f"{GOLD} is not here")
    gold = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").split("\n") if line]
    found = []
    for path in SEEDS:
        listing = read(path.read_bytes(), name=path.name, latest=SAVED)
        found += [
            {
                "file": path.name,
                "position": record.position,
                "page_date": listing.day_label,
                "title": record.raw_title,
                "abstract": record.raw_abstract,
            }
            for record in listing.records
        ]
    assert len(found) == 580
    assert found == gold


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem[:3])
def test_a_seed_has_no_problems_and_shows_its_texts_readable(path):
    listing = read(path.read_bytes(), name="renamed", latest=SAVED)

    assert listing.health is Health.OK
    assert listing.problems == ()
    assert all(r.paper.title == readable(r.raw_title) for r in listing.records)
    assert all(r.paper.abstract == readable(r.raw_abstract) for r in listing.records)
    assert {r.paper.listed for r in listing.records} == {listing.day}
    lines = path.read_text(encoding="utf-8").split("\n")
    assert all(lines[r.line - 1].endswith(r.raw_title) for r in listing.records)


@pytest.mark.parametrize("cut", range(40, 400, 37))
def test_a_seed_cut_after_a_title_keeps_what_is_before(cut):
    data = SEEDS[0].read_bytes()
    whole = read(data, name="page", latest=SAVED)
    last = whole.records[min(cut, len(whole.records) - 1) % 80 + 1]
    lines = data.split(b"\n")[: last.line]

    listing = read(b"\n".join(lines), name="page", latest=SAVED)

    assert listing.records == whole.records[: last.position - 1]
    assert listing.health is Health.PARTIAL
    assert [(p.where, p.severity) for p in listing.problems] == [(f"page:{last.line}", Severity.LOST)]


@pytest.mark.parametrize("position", [1, 2, 30, 79])
@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem[:3])
def test_an_abstract_missing_from_a_seed_costs_one_paper(seed, position):
    data = seed.read_bytes()
    whole = read(data, name="page", latest=SAVED)
    victim = whole.records[min(position, len(whole.records) - 2)]
    torn = data.replace(b"\n" + victim.raw_abstract.encode(), b"", 1)
    assert torn != data

    listing = read(torn, name="page", latest=SAVED)

    assert [r.raw_title for r in listing.records] == [
        r.raw_title for r in whole.records if r.line != victim.line
    ]
    assert {(r.raw_title, r.raw_abstract) for r in listing.records} < {
        (r.raw_title, r.raw_abstract) for r in whole.records
    }
    assert [(p.where, p.severity) for p in listing.problems] == [(f"page:{victim.line}", Severity.LOST)]
