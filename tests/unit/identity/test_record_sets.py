"""Record sets that people checked by hand, where they are at hand; `benchmarks/dedupe.py` says more."""

from pathlib import Path

import pytest

from benchmarks import dedupe

ROOT = Path(__file__).resolve().parents[3]
DEDUPE = ROOT.parent / "shared" / "data" / "dedupe"


def found_in(name):
    path = DEDUPE / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path


@pytest.mark.parametrize(("name", "precision", "f1"), [("dblp-acm", 0.99, 0.97), ("dblp-scholar", 0.98, 0.7)])
def test_the_records_of_bibliographies_are_known_again(name, precision, f1):
    score = dedupe.score(dedupe.pairs_of(found_in(name)))

    assert score.precision >= precision
    assert score.f1 >= f1


def test_titles_alone_make_no_one_paper_of_two():
    score = dedupe.titles_alone(found_in("title-variants"))

    assert score.wrong == 0
    assert score.recall >= 0.7
