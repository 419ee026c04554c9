from dataclasses import replace

from digest.model import Evidence, EvidenceKind, Field, Interest, Match, Reader
from digest.rank import SEND_LINE, Background, Ranker, select
from digest.rank.archive.blocks import TokenBlock
from digest.rank.choice.twins import Twins
from digest.rank.findings import PaperArrays
from digest.rank.weights import WEIGHTS
from tests.builders import known, match, paper


def matches(*rows):
    return [
        match(known(id=n, title=f"{interest} {n}"), score=score, interest=interest)
        for n, (score, interest) in enumerate(rows, 1)
    ]


def ids(chosen):
    return [m.paper.id for m in chosen]


def test_only_what_reaches_the_line_is_taken_or_cut():
    chosen = select(matches((90, "a"), (50, "a"), (49.99, "a")), line=SEND_LINE, limit=9)
    assert (ids(chosen.picks), ids(chosen.cut)) == ([1, 2], [])


def test_the_limit_cuts_the_weakest():
    chosen = select(matches((90, "a"), (80, "a"), (70, "a")), line=SEND_LINE, limit=2)
    assert (ids(chosen.picks), ids(chosen.cut)) == ([1, 2], [3])


def test_every_satisfied_interest_gets_its_best_within_the_limit():
    found = matches((90, "a"), (85, "a"), (80, "a"), (70, "b"), (65, "b"), (60, "c"))
    chosen = select(found, line=SEND_LINE, limit=4)
    assert ids(chosen.picks) == [1, 2, 4, 6]
    assert ids(chosen.cut) == [3, 5]


def test_more_interests_than_places_gives_the_best_of_the_best():
    found = matches((90, "a"), (80, "b"), (70, "c"))
    assert ids(select(found, line=SEND_LINE, limit=2).picks) == [1, 2]


def test_no_place_takes_nothing_and_nothing_above_gives_nothing():
    chosen = select(matches((90, "a")), line=SEND_LINE, limit=0)
    assert (ids(chosen.picks), ids(chosen.cut)) == ([], [1])
    assert select([], line=SEND_LINE, limit=5).picks == ()


def apart(*pairs):
    """Twins by ids."""
    alike = {frozenset(pair) for pair in pairs}
    return lambda m: {n for pair in alike if m.paper.id in pair for n in pair}


def test_a_twin_of_a_pick_waits_until_the_others_had_their_turn():
    found = matches((90, "a"), (89, "a"), (60, "a"), (55, "a"))
    chosen = select(found, line=SEND_LINE, limit=3, twins=apart((1, 2)))
    assert (ids(chosen.picks), ids(chosen.cut)) == ([1, 3, 4], [2])


def test_a_twin_is_taken_where_there_is_room_and_keeps_its_place():
    found = matches((90, "a"), (89, "a"), (60, "a"))
    assert ids(select(found, line=SEND_LINE, limit=3, twins=apart((1, 2))).picks) == [1, 2, 3]


def test_an_interest_is_given_what_another_one_has_not_shown_already():
    found = matches((90, "a"), (80, "b"), (70, "b"), (65, "a"))
    assert ids(select(found, line=SEND_LINE, limit=2, twins=apart((1, 2))).picks) == [1, 3]


def test_an_interest_with_nothing_but_twins_still_gets_one():
    found = matches((90, "a"), (80, "b"), (70, "a"))
    assert ids(select(found, line=SEND_LINE, limit=2, twins=apart((1, 2))).picks) == [1, 2]


def test_what_says_nearly_what_was_sent_waits_and_is_never_lost():
    found = matches((90, "a"), (80, "a"), (70, "a"))
    chosen = select(found, line=SEND_LINE, limit=2, stale={1})
    assert (ids(chosen.picks), ids(chosen.cut)) == ([2, 3], [1])
    assert ids(select(found, line=SEND_LINE, limit=3, stale={1}).picks) == [1, 2, 3]


def test_likes_that_lead_get_one_too():
    liked = Evidence(interest=None, field=Field.ANYWHERE, words=(), points=55.0, kind=EvidenceKind.LEARNED)
    found = [*matches((90, "a"), (80, "a")), Match(paper=known(id=9), score=55.0, evidence=(liked,))]
    assert ids(select(found, line=SEND_LINE, limit=2).picks) == [1, 9]


# ── with real papers ──────────────────────────────────────────────────────────────────────────

ABSTRACT = (
    "We train a vocoder that makes natural speech from text, quickly, on small devices with little memory."
)
PAPERS = [
    known(id=1, title="Fast Speech Synthesis", abstract=ABSTRACT),
    known(id=2, title="Fast Speech Synthesis, Revisited", abstract=ABSTRACT + " Code follows."),
    known(
        id=3, title="Speech Synthesis for Singers", abstract="Songs need breath and vibrato, which we add."
    ),
    known(id=4, title="Grasping", abstract="Robots grasp."),
]
BACKGROUND = Background.empty().updated(p.paper for p in PAPERS)
SPEECH = Reader(interests=(Interest(text="speech synthesis"),))


def chosen(reader=SPEECH, papers=PAPERS, limit=2, **more):
    ranker = Ranker(papers, BACKGROUND)
    (standings,) = ranker.standings([reader], line=SEND_LINE)
    return ranker.select(standings, line=SEND_LINE, limit=limit, **more)


def test_two_papers_that_say_the_same_do_not_fill_the_top():
    assert {m.paper.id for m in Ranker(PAPERS, BACKGROUND).matches(SPEECH, limit=3)} == {1, 2, 3}
    found = chosen()
    assert 3 in ids(found.picks)
    assert len({1, 2} & set(ids(found.picks))) == len({1, 2} & set(ids(found.cut))) == 1


def test_a_twin_of_what_was_sent_lately_waits():
    sent = replace(SPEECH, sent_lately=(PAPERS[0].paper, paper("Nothing Alike", "Whales sing.")))
    assert ids(chosen(sent, limit=1).picks) == [3]
    assert {m.paper.id for m in chosen(sent, limit=9).picks} == {1, 2, 3}


def test_an_empty_paper_is_nobodys_twin():
    nothing = known(id=7, title="", abstract="")
    arrays = PaperArrays(TokenBlock.of_papers([nothing.paper], BACKGROUND.analyser), BACKGROUND, WEIGHTS)
    twins = Twins(arrays, BACKGROUND)
    assert twins.of(0) == twins.of_others([nothing.paper]) == twins.of_others([]) == frozenset()


def test_popular_picks_come_first_only_when_asked():
    popular = replace(PAPERS[2], paper=replace(PAPERS[2].paper, upvotes=500))
    papers = [PAPERS[0], popular]
    plain = [m.score for m in Ranker(papers, BACKGROUND).matches(SPEECH)]
    assert plain[0] - plain[1] < 10
    before, after = chosen(papers=papers).picks, chosen(papers=papers, popularity=10.0).picks
    assert ids(after)[0] == 3
    assert sorted(before, key=lambda m: m.paper.id) == sorted(after, key=lambda m: m.paper.id)
