"""Every folder of tests/data/sources is read as its `expected.json` says."""

import json
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from digest.sources import read

CASES = sorted((Path(__file__).parents[2] / "data" / "sources").glob("*/input.*"))
SAVED = date(2026, 11, 22)


def plain(value):
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def facts(paper, day):
    """What is known beyond title and abstract; the listing's own day is not said again for each paper."""
    known = {field.name: getattr(paper, field.name) for field in fields(paper)}
    del known["title"], known["abstract"]
    if known["listed"] == day:
        del known["listed"]
    return {name: plain(value) for name, value in known.items() if value not in (None, ())}


def described(listing, wanted):
    records = []
    for i, record in enumerate(listing.records):
        shown = {"line": record.line, "title": record.paper.title, "abstract": record.paper.abstract}
        if record.raw_title != record.paper.title:
            shown["raw_title"] = record.raw_title
        if i < len(wanted) and "raw_abstract" in wanted[i]:
            shown["raw_abstract"] = record.raw_abstract
        if record.number is not None:
            shown["number"] = record.number
        if record.is_replacement:
            shown["is_replacement"] = True
        if i < len(wanted) and "facts" in wanted[i]:
            shown["facts"] = facts(record.paper, listing.day)
        elif record.paper.code_url:
            shown["code_url"] = record.paper.code_url
        records.append(shown)
    return {
        "format": listing.format,
        "health": listing.health,
        "day_label": listing.day_label,
        "day": plain(listing.day),
        "records": records,
    }


def place(problem):
    if problem.get("number") is not None:
        return f"page.txt, record {problem['number']}"
    return "page.txt" if problem["line"] is None else f"page.txt:{problem['line']}"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_the_case_reads_as_expected(path):
    listing = read(path.read_bytes(), name="page.txt", latest=SAVED)
    expected = json.loads((path.parent / "expected.json").read_text(encoding="utf-8"))
    problems = expected.pop("problems")

    assert described(listing, expected["records"]) == expected
    assert [(p.severity, p.where) for p in listing.problems] == [(p["severity"], place(p)) for p in problems]
    for problem, want in zip(listing.problems, problems, strict=True):
        assert want["says"] in problem.what


def test_there_are_cases():
    assert len(CASES) >= 15
