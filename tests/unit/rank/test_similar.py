import math

import pytest

from digest.rank import Background, similar
from tests.builders import known, paper

VESSELS = known(
    1, "Predicting the Path of Vessels", "A vessel at sea sends its place. We predict where it goes."
)
SHIPS = known(2, "Where a Vessel Goes", "From places that vessels send at sea we predict their paths.")
ROADS = known(3, "Predicting Traffic on Roads", "Cars send their places. We predict where they go.")
COOKING = known(4, "Recipes for Soup", "An onion is cut.")
ARCHIVE = [VESSELS, SHIPS, ROADS, COOKING]
BACKGROUND = Background.empty().updated(p.paper for p in ARCHIVE)


def found(papers=ARCHIVE, wanted=VESSELS.paper, limit=10):
    return similar(wanted, papers, BACKGROUND, limit)


def test_what_shares_the_rare_words_comes_first_and_what_shares_none_not_at_all():
    assert [each.paper.id for each in found()] == [1, 2, 3]


def test_a_paper_is_wholly_like_itself_and_likeness_is_the_same_both_ways():
    first, second, _ = found()

    assert first.similarity == pytest.approx(1)
    assert 0 < second.similarity < 1
    assert similar(SHIPS.paper, [VESSELS], BACKGROUND, 1)[0].similarity == pytest.approx(second.similarity)


def test_similarity_is_the_cosine_of_weighted_counts():
    left, right = paper("Soup", "Soup onion"), known(9, "Onion", "Soup")
    rarities = {word: BACKGROUND.rarity(word) for word in ("soup", "onion")}
    a = {"soup": (1 + math.log(3)) * rarities["soup"], "onion": rarities["onion"]}
    b = {"soup": rarities["soup"], "onion": (1 + math.log(2)) * rarities["onion"]}
    expected = sum(a[w] * b[w] for w in a) / math.hypot(*a.values()) / math.hypot(*b.values())

    assert similar(left, [right], BACKGROUND, 1)[0].similarity == pytest.approx(expected)


def test_the_common_words_are_the_reason_as_they_stand_in_the_other_paper():
    ships = found()[1]
    text = f"{SHIPS.paper.title} {SHIPS.paper.abstract}"

    assert ships.words[0] == "Vessel"
    assert len(ships.words) > 2
    assert all(word in text for word in ships.words)
    assert "Recipes" not in ships.words


def test_order_of_papers_and_limit_change_nothing_else():
    twins = [known(7, "Vessels", "", keys=("title:2:b",)), known(8, "Vessels", "", keys=("title:2:a",))]
    for papers in (twins, twins[::-1]):
        assert [each.paper.id for each in found(papers)] == [8, 7]
    assert found(limit=2) == found()[:2]
    assert found(limit=0) == []


@pytest.mark.parametrize("wanted", [paper("", ""), paper("The of and", "!!! ..."), paper("Xylophone", "Zzz")])
def test_nothing_is_like_a_paper_without_words_or_with_words_of_its_own(wanted):
    assert found(wanted=wanted) == []


def test_words_with_signs_and_short_words_find_each_other():
    papers = [known(1, "Fast C++ for All", ""), known(2, "RAG and Rags", ""), known(3, "Dragging", "")]
    filler = [known(n, f"Onion {n}", "") for n in range(4, 20)]

    assert [e.paper.id for e in found([*papers, *filler], paper("C++", ""), limit=1)] == [1]
    assert [e.paper.id for e in found([*papers, *filler], paper("RAG", ""), limit=1)] == [2]


def test_papers_that_are_not_compared_have_none_of_the_telling_words():
    """With enough candidates the others are passed over; the answer is that of comparing all."""
    common = "model data result method "
    papers = [known(n, f"Study {n}", common + ("vessel path " if n % 3 == 0 else "")) for n in range(60)]
    background = Background.empty().updated(p.paper for p in papers)
    wanted = paper("Vessel Path", common + " ".join(f"word{n}" for n in range(30)))
    few = similar(wanted, papers, background, 5)
    every = similar(wanted, papers, background, 60)

    assert [e.paper.id for e in few] == [e.paper.id for e in every][:5]
    assert all(e.paper.id % 3 == 0 for e in few)
