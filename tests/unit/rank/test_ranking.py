from datetime import datetime

import pytest

from digest.model import Evidence, Field, Interest, Reader
from digest.rank import SEND_LINE, Background, explain, muted, rank, rank_many
from digest.text import fold
from tests.builders import NOON, known

FILLER = "Our experiments on several benchmarks show that the approach improves results by a clear margin. "


def archive():
    rows = [
        ("Diffusion Models for Speech", "We train diffusion models. " + FILLER * 4),
        (
            "Large Models at Scale",
            "Models, models and models: larger models beat small models. " + FILLER * 4,
        ),
        ("A Note on Rendering", "We render scenes; a diffusion model is used once. " + FILLER * 4),
        ("Medical Imaging with Diffusion Models", "Diffusion models for images of the heart. " + FILLER * 4),
        ("Grasping by Touch", "A robot learns to grasp. " + FILLER * 4),
        ("Reasoning in Steps", "Reasoning is studied. Reasoning helps. " + FILLER * 4),
        ("Seeing the Heart", "We mention reasoning once. " + FILLER * 4),
    ]
    rows += [(f"Study {n}", f"Model number {n} of many. " + FILLER * 4) for n in range(40)]
    return [known(id=n, title=title, abstract=abstract) for n, (title, abstract) in enumerate(rows, 1)]


PAPERS = archive()
BACKGROUND = Background.empty().updated(p.paper for p in PAPERS)


def reader(*interests):
    return Reader(interests=tuple(Interest(text=i) if isinstance(i, str) else i for i in interests))


def scores(*interests):
    return {m.paper.id: m.score for m in rank(PAPERS, reader(*interests), BACKGROUND, NOON)}


def test_the_phrase_sends_and_one_of_its_words_said_often_does_not():
    points = scores("diffusion models")
    assert points[1] >= SEND_LINE
    assert points[3] >= SEND_LINE
    assert points[2] < SEND_LINE


def test_one_word_sends_from_the_title_or_repeated_and_not_in_passing():
    points = scores("reasoning")
    assert points[6] >= SEND_LINE
    assert 0 < points[7] < SEND_LINE


def test_a_summary_speaks_for_a_paper_without_an_abstract_and_never_beside_one():
    alone = known(id=98, title="A Report", abstract="", summary="We train diffusion models.")
    beside = known(id=99, title="A Report", abstract="Boats.", summary="We train diffusion models.")
    found = rank([alone, beside], reader("diffusion models"), BACKGROUND, NOON)
    assert [match.paper.id for match in found] == [98]
    (start, end), *_ = found[0].evidence[0].spans
    assert alone.paper.body[start:end] == "diffusion models"


def test_one_word_in_the_title_alone_reaches_the_line_even_in_a_long_paper():
    long = known(id=99, title="Robots at Work", abstract=FILLER * 12)
    found = rank([long], reader("robots"), BACKGROUND, NOON)
    assert found[0].score >= SEND_LINE


def test_the_first_hour_without_any_background_is_sensible():
    found = rank(PAPERS, reader("diffusion models"), Background.empty(), NOON)
    assert {m.paper.id for m in found if m.score >= SEND_LINE} == {1, 3, 4}


def test_papers_come_best_first_and_only_with_points():
    found = rank(PAPERS, reader("diffusion models", "robots"), BACKGROUND, NOON)
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)
    assert all(0 < m.score <= 100 for m in found)
    assert rank(PAPERS, reader("sourdough"), BACKGROUND, NOON) == []
    assert rank(PAPERS, reader(), BACKGROUND, NOON) == []


def test_the_limit_keeps_the_best():
    found = rank(PAPERS, reader("diffusion models"), BACKGROUND, NOON)
    assert rank(PAPERS, reader("diffusion models"), BACKGROUND, NOON, 2) == found[:2]


def test_equal_scores_are_ordered_by_key_then_id():
    twins = [
        known(id=id_, title="Ink", abstract="Ink.", keys=keys)
        for id_, keys in [(1, ("title:1:b",)), (3, ("arxiv:2501.00001",)), (2, ("arxiv:2501.00001",))]
    ]
    assert [m.paper.id for m in rank(twins, reader("ink"), BACKGROUND, NOON)] == [2, 3, 1]


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="UTC"):
        rank(PAPERS, reader("ink"), BACKGROUND, datetime(2026, 1, 1))  # noqa: DTZ001


def test_evidence_names_the_words_and_where_they_stand():
    match = explain(PAPERS[0], reader("diffusion model"), BACKGROUND, NOON)
    title = next(e for e in match.evidence if e.field is Field.TITLE)
    assert title.words == ("Diffusion Models",)
    assert title.spans == ((0, 16),)
    abstract = next(e for e in match.evidence if e.field is Field.ABSTRACT)
    assert [PAPERS[0].paper.abstract[a:b] for a, b in abstract.spans] == ["diffusion models"]
    assert sum(e.points for e in match.evidence) == pytest.approx(match.score, abs=1e-6)


def test_a_common_word_is_not_marked_apart_from_its_phrase():
    both = known(id=9, title="Ink", abstract="A diffusion model beats models of diffusion, and other models.")
    (evidence,) = explain(both, reader("diffusion models"), BACKGROUND, NOON).evidence
    assert [fold(both.paper.abstract[a:b]) for a, b in evidence.spans] == ["diffusion model", "diffusion"]


def test_a_field_that_says_nothing_has_no_evidence():
    match = explain(PAPERS[4], reader("robots"), BACKGROUND, NOON)
    assert [e.field for e in match.evidence] == [Field.ABSTRACT]


def test_the_strongest_interest_leads_and_others_add_to_it():
    alone = scores("diffusion models")[1]
    match = explain(PAPERS[0], reader("speech", "diffusion models"), BACKGROUND, NOON)
    assert match.interest == Interest(text="diffusion models")
    assert alone < match.score < 100
    leading = sum(e.points for e in match.evidence if e.interest.text == "diffusion models")
    assert leading == pytest.approx(alone, abs=1e-9)


def test_many_weak_interests_never_reach_the_line_together():
    words = ["experiments", "benchmarks", "approach", "results", "margin", "clear", "improves", "several"]
    paper = known(id=9, title="Ink", abstract=FILLER + "And much else that stands here at length. " * 30)
    each = [explain(paper, reader(w), BACKGROUND, NOON).score for w in words]
    assert 0 < max(each) < SEND_LINE
    assert max(each) < explain(paper, reader(*words), BACKGROUND, NOON).score < SEND_LINE


def test_weight_multiplies_points_up_to_one_hundred():
    plain = scores("reasoning")
    assert scores(Interest(text="reasoning", weight=0.5))[6] == pytest.approx(plain[6] / 2)
    assert scores(Interest(text="reasoning", weight=1000.0))[7] == 100
    assert scores(Interest(text="reasoning", weight=0.0)) == {}


def test_an_interest_bound_to_the_title_reads_only_the_title():
    assert set(scores(Interest(text="diffusion models", field=Field.TITLE))) >= {1, 4}
    assert 3 not in scores(Interest(text="diffusion model", field=Field.TITLE))
    assert 1 not in scores(Interest(text="robot", field=Field.TITLE))


def test_many_readers_get_what_each_would_get_alone():
    readers = [
        reader("diffusion models"),
        reader("robots", "diffusion models", Interest(text="medical imaging", weight=-1)),
        reader(),
        reader("diffusion models"),
    ]
    together = rank_many(PAPERS, readers, BACKGROUND, NOON, 5)
    assert together == [rank(PAPERS, r, BACKGROUND, NOON, 5) for r in readers]
    together[0].clear()
    assert together[3], "lists are not shared between readers"


# ── mutes ─────────────────────────────────────────────────────────────────────────────────────


def mute(text, field=Field.ANYWHERE):
    return Interest(text=text, weight=-1.0, field=field)


def test_a_muted_phrase_pushes_its_papers_out():
    assert 4 in scores("diffusion models")
    assert 4 not in scores("diffusion models", mute("medical images"))
    (reason,) = muted(PAPERS, reader(mute("medical image"))).values()
    assert reason == Evidence(
        interest=mute("medical image"),
        field=Field.TITLE,
        words=("Medical Imaging",),
        points=0.0,
        spans=((0, 15),),
    )


def test_a_mute_wants_the_whole_phrase_and_whole_words():
    assert muted(PAPERS, reader(mute("medical diffusion"))) == {}
    assert muted(PAPERS, reader(mute("imaging medical"))) == {}
    assert muted(PAPERS, reader(mute("fusion"))) == {}
    assert muted(PAPERS, reader(mute(""))) == {}


def test_a_mute_bound_to_the_title_leaves_abstracts_alone():
    assert set(muted(PAPERS, reader(mute("grasp", Field.TITLE)))) == {5}
    assert muted(PAPERS, reader(mute("robot", Field.TITLE))) == {}


def test_a_muted_author_or_organization_pushes_out():
    paper = known(id=7, authors=("Ada Lovelace",), organization="Analytical Engines")
    assert set(muted([paper], reader(mute("lovelace", Field.AUTHOR)))) == {7}
    assert set(muted([paper], reader(mute("analytical engines", Field.ORGANIZATION)))) == {7}
    assert muted([paper], reader(mute("lovelace"))) == {}


def test_explaining_a_muted_paper_shows_what_the_mute_took():
    match = explain(PAPERS[3], reader("diffusion models", mute("medical imaging")), BACKGROUND, NOON)
    assert match.score == 0
    assert match.evidence[-1].interest == mute("medical imaging")
    assert match.evidence[-1].points == pytest.approx(-scores("diffusion models")[4])
    assert sum(e.points for e in match.evidence) == pytest.approx(0, abs=1e-6)


def test_explaining_a_paper_with_nothing_is_empty():
    match = explain(PAPERS[4], reader("sourdough"), BACKGROUND, NOON)
    assert (match.score, match.evidence, match.interest) == (0, (), None)
