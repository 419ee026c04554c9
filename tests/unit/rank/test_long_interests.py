"""A sentence or an abstract pasted in as an interest, over the papers of the seed dumps."""

import pytest

from benchmarks.ranking.seed_days import seeds
from digest.model import Interest, Reader
from digest.rank import Ranker


@pytest.fixture(scope="module")
def archive():
    days, background = seeds()
    papers = {known.paper.title: known for day in days for known in day.papers}
    return Ranker(list(papers.values()), background), papers


def found(archive, text):
    return archive[0].matches(Reader(interests=(Interest(text=text),)), limit=6)


def test_an_abstract_finds_its_own_paper_first(archive):
    for known in list(archive[1].values())[::40]:
        text = f"{known.paper.title}. {known.paper.abstract}"
        assert found(archive, text[:5_000])[0].paper.paper.title == known.paper.title


def test_papers_like_it_are_at_the_line_and_others_are_not(archive):
    title = next(t for t in archive[1] if t.startswith("Gradient-Free Classifier Guidance"))
    paper = archive[1][title].paper
    itself, *others = found(archive, f"{paper.title}. {paper.abstract}")
    assert itself.score > 90
    assert others[0].score >= 50
    assert all("uidance" in m.paper.paper.title for m in others if m.score >= 55)


def test_a_text_about_nothing_of_the_kind_finds_nothing(archive):
    recipe = (
        "Peel the onions, chop them and let them brown in butter; add flour, stock, thyme and a bay leaf. "
    )
    assert all(match.score < 50 for match in found(archive, recipe * 20))
