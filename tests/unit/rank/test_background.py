import json
import zlib

import pytest

from digest.model import Paper
from digest.rank import Background
from tests.builders import paper

PAPERS = [
    paper("Fast Diffusion", "We study diffusion models."),
    paper("Slow Diffusion", "Diffusion once more, for speech."),
    paper("Title alone", ""),
]


def test_an_empty_background_finds_every_word_equally_rare():
    empty = Background.empty()
    assert empty.papers == 0
    assert empty.rarity("diffus") == empty.rarity("speech") > 0


def test_a_word_in_fewer_papers_is_rarer():
    background = Background.empty().updated(PAPERS)
    assert background.papers == 3
    assert background.frequencies["diffus"] == 2
    assert background.rarity("unseen") > background.rarity("speech") > background.rarity("diffus") > 0


def test_updating_in_parts_is_updating_at_once_and_leaves_the_old_one_alone():
    first = Background.empty().updated(PAPERS[:1])
    before = first.to_bytes()
    assert first.updated(PAPERS[1:]) == Background.empty().updated(PAPERS)
    assert first.to_bytes() == before


def test_updating_with_nothing_changes_nothing():
    background = Background.empty().updated(PAPERS)
    assert background.updated([]) == background


def test_bytes_bring_everything_back_and_are_equal_for_equal_backgrounds():
    background = Background.empty().updated([*PAPERS, Paper(title="Schrödinger 语音 C++")])
    again = Background.from_bytes(background.to_bytes())
    assert again == background
    assert (
        again.to_bytes()
        == Background.empty().updated([*reversed(PAPERS), Paper(title="C++ 语音 Schrödinger")]).to_bytes()
    )


def test_the_empty_background_survives_bytes():
    assert Background.from_bytes(Background.empty().to_bytes()) == Background.empty()


def test_another_version_is_refused_by_its_number():
    head, rest = Background.empty().to_bytes().split(b"\n", 1)
    newer = json.dumps(json.loads(head) | {"version": 99}).encode()
    with pytest.raises(ValueError, match="version 99"):
        Background.from_bytes(newer + b"\n" + rest)


HEAD = b"".join(
    (
        b'{"version": 3, "papers": 1, "title_words": 1, "abstract_words": 1, ',
        b'"acronyms": [], "words": 0, "definitions": 0, "check": 0}\n',
    )
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not packed",
        b"{}\n",
        b"[]\n",
        b"5\n",
        b"{\n",
        b"\xff\n",
        zlib.compress(b"{}\n"),
        HEAD,
        HEAD + b"not numbers",
        HEAD.replace(b'"words": 0', b'"words": -1'),
        HEAD.replace(b"[]", b"5"),
        HEAD.replace(b"[]", b"[[1, 2]]"),
    ],
)
def test_anything_else_is_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011 the message is that of whatever is wrong
        Background.from_bytes(data)


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"x"])
def test_a_background_of_another_length_is_refused(change):
    with pytest.raises(ValueError, match="a part missing"):
        Background.from_bytes(change(Background.empty().updated(PAPERS).to_bytes()))


def test_acronyms_come_back_with_their_definitions_and_can_be_added_to():
    defining = [paper(f"Retrieval-Augmented Generation (RAG) {n}", "") for n in range(4)]
    some = Background.from_bytes(Background.empty().updated(defining[:3]).to_bytes())
    whole = Background.empty().updated(defining)

    assert some.acronyms.others[("rag",)] == "retrieval augmented generation"
    assert some == Background.empty().updated(defining[:3])
    assert some.updated(defining[3:]) == whole
    assert some.updated(defining[3:]).to_bytes() == whole.to_bytes()


def test_a_giant_word_is_not_kept():
    background = Background.empty().updated([paper("x" * 5000, "short")])
    assert max(map(len, background.frequencies)) < 50
