"""Readers who ask for the same get the very same matches, and never more than that."""

from dataclasses import replace

import pytest

from digest.model import Interest, Reader
from digest.rank import Background, Ranker
from digest.rank.many.alike import Alike
from tests.builders import known, match

PAPERS = [
    known(id=n, title=f"{title} {n}")
    for n, title in enumerate(("Diffusion models", "Video diffusion models", "Robots", "Graph learning"), 1)
]
ASKED = (Interest(text="diffusion models"), Interest(text="robots", weight=0.5))


@pytest.fixture
def ranker():
    return Ranker(PAPERS, Background.empty().updated(each.paper for each in PAPERS))


def picks(ranker, *readers):
    standings = ranker.standings(readers, line=1)
    return [ranker.select(each, line=1, limit=9).picks for each in standings]


def test_from_the_second_reader_on_matches_are_shared(ranker):
    first, second, third = picks(ranker, *[Reader(interests=tuple(map(replace, ASKED))) for _ in range(3)])
    assert first == second == third
    assert [a is b for a, b in zip(first, second, strict=True)] == [False] * len(first)
    assert [a is b for a, b in zip(second, third, strict=True)] == [True] * len(first)
    assert len(first) == 4


@pytest.mark.parametrize(
    "others",
    [
        ASKED[:1],
        ASKED[::-1],
        (ASKED[0], Interest(text="robots")),
        (ASKED[0], Interest(text="robots", weight=0.5, within=3)),
        (*ASKED, Interest(text="learning")),
    ],
    ids=["fewer", "other order", "other weight", "nearer", "more"],
)
def test_whoever_asks_for_something_else_shares_nothing(ranker, others):
    alike, other = Reader(interests=ASKED), Reader(interests=others)
    both = picks(ranker, alike, other, alike, other, alike, other)
    alone = [
        found
        for each in (alike, other)
        for found in picks(Ranker(PAPERS, Background.empty().updated(p.paper for p in PAPERS)), each)
    ]
    assert both == alone * 3
    assert not {id(m) for found in both[::2] for m in found} & {id(m) for found in both[1::2] for m in found}


def test_mutes_do_not_part_readers_and_keep_their_papers_out(ranker):
    mute = Interest(text="video diffusion", weight=-1.0)
    alike, muting = Reader(interests=ASKED), Reader(interests=(*ASKED, mute))
    _, shown, without = picks(ranker, alike, alike, muting)
    assert {m.paper.id for m in shown} - {m.paper.id for m in without} == {2}
    assert {id(m) for m in without} < {id(m) for m in shown}


def test_only_the_latest_sets_of_interests_are_kept(monkeypatch):
    monkeypatch.setattr("digest.rank.many.alike._MOST_SETS", 2)
    monkeypatch.setattr("digest.rank.many.alike._MOST_MET", 3)
    alike, asked = Alike(), [(Interest(text=f"topic {n}"),) for n in range(5)]
    for each in asked[:3] * 2:
        alike.matches(each)[1] = match()
    assert alike.matches(asked[1])
    assert alike.matches(asked[2])
    assert not alike.matches(asked[0])  # two others were asked for since
    for each in asked[3:]:
        assert not alike.matches(each)
    assert not alike.matches(asked[3])  # met, and from now on kept
    assert len(alike._met) == 3


def test_the_matches_of_all_sets_together_are_bounded(monkeypatch):
    monkeypatch.setattr("digest.rank.many.alike._MOST", 10)
    alike, asked = Alike(), [(Interest(text=f"topic {n}"),) for n in range(3)]
    for number in range(40):
        for each in asked:
            alike.matches(each)[number] = match()
        assert sum(map(len, alike._kept.values())) <= 10 + len(asked)
    big = alike.matches(asked[2])
    big.update((number, match()) for number in range(20))
    assert alike.matches(asked[2]) is big  # given once more, and not kept any longer
    assert not alike._kept
