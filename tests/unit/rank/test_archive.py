import pytest

from digest.model import Field, Interest
from digest.rank import Asked, Background, TokenBlock, blocks_of, in_words, relate
from digest.rank.words.tokens import Analyser
from tests.builders import paper

SUBJECTS = ("speech synthesis with vocoders", "image segmentation of roads", "protein folding by energy")
PAPERS = [
    paper(f"Study {n} of {SUBJECTS[n % 3]}", f"Here {SUBJECTS[n % 3]} is done {n} times.") for n in range(30)
]
ASKED = [Asked("speech"), Asked("protein folding", Field.TITLE), Asked("roads")]


def learnt(wanted=ASKED, sizes=(30,)):
    background, blocks, at = Background.empty().updated(PAPERS), [], 0
    for size in sizes:
        blocks.append(TokenBlock.of_papers(PAPERS[at : at + size], Analyser()))
        at += size
    return {each: found.to_bytes() for each, found in relate(wanted, blocks, background).items()}


def test_the_archive_teaches_what_its_papers_say_beside_an_interest():
    (found,) = relate(ASKED[:1], blocks_of(PAPERS, Analyser()), Background.empty().updated(PAPERS)).values()

    assert {"synthesi", "vocod"} <= {stem for stem, _ in found.terms}
    assert not {"road", "protein"} & {stem for stem, _ in found.terms}


def test_what_is_learnt_is_the_same_in_any_order_and_alone():
    together = learnt()

    assert learnt(ASKED[::-1]) == together
    assert {each: learnt([each])[each] for each in ASKED} == together


@pytest.mark.parametrize("sizes", [(10, 20), (1, 28, 1)])
def test_what_is_learnt_is_the_same_from_other_blocks(sizes):
    assert learnt(sizes=sizes) == learnt()


def test_only_interests_in_words_are_learnt_once_each():
    interests = [
        Interest(text="speech"),
        Interest(text="speech", weight=2.0),
        Interest(text="speech", field=Field.TITLE),
        Interest(text="roads", weight=-1.0),
        Interest(text="Ada Lovelace", field=Field.AUTHOR),
        Interest(text="Example Lab", field=Field.ORGANIZATION),
        Interest(text="C++"),
        Interest(text="exactly this", within=0),
    ]

    assert in_words(interests) == [
        Asked("C++"),
        Asked("speech"),
        Asked("speech", Field.TITLE),
    ]
    assert in_words(reversed(interests)) == in_words(interests)


@pytest.mark.parametrize(
    ("papers", "first", "sizes"),
    [
        (0, 500, []),
        (1, 500, [1]),
        (500, 500, [500]),
        (1001, 500, [500, 500, 1]),
        (520, 20, [20, 500]),
        (5, 20, [5]),
    ],
)
def test_papers_are_cut_into_full_blocks(papers, first, sizes):
    cut = list(blocks_of([paper("Title", "")] * papers, Analyser(), first))

    assert [len(block) for block in cut] == sizes
