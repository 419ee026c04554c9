"""Every folder of tests/data/sources is read as its `expected.json` says."""

import json
from datetime import date
from pathlib import Path

import pytest

from digest.sources import read

CASES = sorted((Path(__file__).parents[2] / "data" / "sources").glob("*/input.txt"))
SAVED = date(2026, 11, 22)


def described(listing):
    records = []
    for record in listing.records:
        shown = {"line": record.line, "title": record.paper.title, "abstract": record.paper.abstract}
        if record.raw_title != record.paper.title:
            shown["raw_title"] = record.raw_title
        if record.paper.code_url:
            shown["code_url"] = record.paper.code_url
        records.append(shown)
    return {
        "format": listing.format,
        "health": listing.health,
        "day_label": listing.day_label,
        "day": listing.day and listing.day.isoformat(),
        "records": records,
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_the_case_reads_as_expected(path):
    listing = read(path.read_bytes(), name="page.txt", latest=SAVED)
    expected = json.loads((path.parent / "expected.json").read_text(encoding="utf-8"))
    problems = expected.pop("problems")

    assert described(listing) == expected
    assert [(p.severity, p.where) for p in listing.problems] == [
        (p["severity"], "page.txt" if p["line"] is None else f"page.txt:{p['line']}") for p in problems
    ]
    for problem, want in zip(listing.problems, problems, strict=True):
        assert want["says"] in problem.what


def test_there_are_cases():
    assert len(CASES) >= 15
