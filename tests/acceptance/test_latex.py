"""Readable text on real papers, with floors at what was reached."""

import pytest

from benchmarks import latex

pytestmark = pytest.mark.skipif(
    bool(latex.missing()), reason=f"{(latex.missing() or ['nothing'])[0]} is not here"
)


@pytest.mark.parametrize("half", ["seen", "held out"])
def test_a_stripped_text_and_its_original_become_one(half):
    same, pairs = latex.agreement()[half]

    assert pairs > 150
    assert same / pairs >= 0.95


@pytest.mark.parametrize(
    ("listed", "texts", "floor"),
    [(latex.SEED_RESIDUE, latex.seed_texts, 0.98), (latex.PAPERS_RESIDUE, latex.paper_texts, 0.99)],
    ids=["seeds", "papers"],
)
def test_hardly_any_residue_is_left(listed, texts, floor):
    before, after = latex.residue(listed, texts()[::3] if texts is latex.paper_texts else texts())

    assert sum(before.values()) > 150
    assert 1 - sum(after.values()) / sum(before.values()) >= floor


def test_no_plain_english_changes():
    found = latex.changes(latex.paper_texts())

    assert [(was, became) for _, was, became, _ in found if latex.is_changed_english(was, became)] == []
