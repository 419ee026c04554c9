import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Paper
from digest.rank.archive.background import Background
from digest.rank.taste.leaning import ordinary_papers
from digest.rank.taste.taste import Taste, learn
from digest.rank.taste.termvectors import TermVectors, term_spans

SUBJECTS = {
    "speech": "speech synthesis vocoder prosody speaker voice acoustic phoneme",
    "robots": "robot grasping manipulation policy gripper tactile arm control",
    "graphs": "graph node edge message passing molecule attention kernel",
    "images": "image diffusion denoising sampler pixel latent guidance texture",
}


def about(subject, number=0):
    words = SUBJECTS[subject].split()
    turned = words[number % 8 :] + words[: number % 8]
    return Paper(
        title=f"{' '.join(turned[:3])} study {number}",
        abstract=f"We present a method for {' '.join(turned[2:7])}. Results on task {number} are good.",
    )


def other(number):
    """One of many papers about none of the subjects."""
    words = " ".join(f"word{chr(97 + number % 19)}{chr(97 + n)}" for n in range(6))
    return Paper(
        title=f"{words} study {number}", abstract=f"We present a method for {words}. Results are good."
    )


ARCHIVE = [about(subject, number) for subject in SUBJECTS for number in range(8)]
ARCHIVE += [other(number) for number in range(400)]
BACKGROUND = Background.empty().updated(ARCHIVE)
ORDINARY = ordinary_papers(ARCHIVE, BACKGROUND)
NEW = {subject: about(subject, 41) for subject in SUBJECTS}


def read(*papers):
    return TermVectors.read(papers, BACKGROUND)


def likes(subject, count=4):
    return [about(subject, 50 + number) for number in range(count)]


def test_papers_like_the_liked_ones_stand_out():
    taste = learn(likes("speech"), [], BACKGROUND, ORDINARY)
    speech, robots, images = taste.strengths(read(NEW["speech"], NEW["robots"], NEW["images"]))
    assert speech > 0.8
    assert max(robots, images) < 0.2


def test_one_like_is_enough_to_order_but_is_trusted_little():
    taste = learn(likes("speech", 1), [], BACKGROUND, ORDINARY)
    speech, robots = taste.strengths(read(NEW["speech"], NEW["robots"]))
    assert speech > robots
    assert taste.growth == pytest.approx(0.2)


def test_it_works_without_an_archive():
    taste = learn(likes("speech"), likes("robots"), Background.empty())
    speech, robots = taste.strengths(TermVectors.read([NEW["speech"], NEW["robots"]], Background.empty()))
    assert speech > 0 > robots


def test_a_disliked_kind_is_found_from_the_first_on():
    taste = learn([], likes("robots", 1), BACKGROUND, ORDINARY)
    assert (taste.likes, taste.dislikes) == (0, 1)
    speech, robots = taste.strengths(read(NEW["speech"], NEW["robots"]))
    assert robots < -0.3
    assert abs(speech) < 0.05
    assert taste.weights[-1][1] < 0


def test_what_is_liked_too_is_not_disliked():
    alone = learn([], likes("speech"), BACKGROUND, ORDINARY)
    both = learn(likes("speech"), likes("speech"), BACKGROUND, ORDINARY)
    assert alone.strengths(read(NEW["speech"]))[0] < 0
    assert both.strengths(read(NEW["speech"]))[0] > 0.3


def test_more_likes_of_another_subject_do_not_hide_the_first():
    taste = learn(likes("speech") + likes("graphs"), [], BACKGROUND, ORDINARY)
    speech, graphs, robots = taste.liking(read(NEW["speech"], NEW["graphs"], NEW["robots"]))
    assert min(speech, graphs) > 3 * max(robots, 0.1)


def test_words_explain_the_strength():
    taste = learn(likes("speech"), [], BACKGROUND, ORDINARY)
    vectors = read(NEW["images"], NEW["speech"])
    words = taste.words(vectors, 1)
    assert {"vocod", "prosodi"} & {term for term, _ in words[:8]}
    # the ordinary paper's part is taken off at the end
    usual = taste.toward.ordinary / taste.toward.unit
    assert sum(part for _, part in words) - usual == pytest.approx(taste.liking(vectors)[1])


def test_spans_of_a_pair_reach_over_both_words():
    text = "Speech synthesis, and the synthesis of speech"
    tokens = BACKGROUND.analyser.read(text)
    assert [text[a:b] for a, b in term_spans("speech synthesi", tokens)] == ["Speech synthesis"]
    assert len(term_spans("speech", tokens)) == 2


@pytest.mark.parametrize(
    "papers", [[], [Paper(title="")], [Paper(title="the of and")], [Paper(title="\ud800 \x00")]]
)
def test_nothing_to_learn_from_is_no_taste(papers):
    taste = learn(papers, papers, BACKGROUND, ORDINARY)
    assert taste is None or taste.weights


def test_nothing_to_score_is_no_strength():
    assert learn(likes("speech"), [], BACKGROUND).strengths(read()).shape == (0,)
    assert learn([], [], BACKGROUND, ORDINARY) is None


def test_bytes_hold_everything():
    taste = learn(likes("speech"), likes("robots"), BACKGROUND, ORDINARY)
    assert Taste.from_bytes(taste.to_bytes()) == taste
    assert len(taste.to_bytes()) < 10_000
    only_away = learn([], likes("robots"), BACKGROUND, ORDINARY)
    assert Taste.from_bytes(only_away.to_bytes()) == only_away


def packed(**changes):
    leaning = {"papers": 1, "ordinary": 0.0, "unit": 1.0, "weights": {"a": 1.0}}
    body = {"version": Taste.VERSION, "toward": leaning, "away": None} | changes
    return zlib.compress(json.dumps(body).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"junk",
        zlib.compress(b"junk"),
        zlib.compress(b"\xff"),
        zlib.compress(b"[]"),
        zlib.compress(b"[" * 100_000),
        packed(version=Taste.VERSION + 1),
        packed(toward=3),
        packed(toward={}),
        packed(toward={"papers": 1, "ordinary": 0.0, "unit": 0.0, "weights": {}}),
        packed(toward={"papers": 1, "ordinary": float("nan"), "unit": 1.0, "weights": {}}),
        packed(toward={"papers": 1, "ordinary": 0.0, "unit": 1.0, "weights": {"a": "b"}}),
        packed(toward={"papers": 1, "ordinary": 0.0, "unit": 1.0, "weights": [1]}),
        packed(toward={"papers": 1e999, "ordinary": 0.0, "unit": 1.0, "weights": {}}),
    ],
)
def test_other_bytes_are_refused(data):
    assert Taste.from_bytes(packed()).likes == 1
    with pytest.raises(ValueError, match=r"taste|JSON|utf|Expecting|could not|decode"):
        Taste.from_bytes(data)


texts = st.lists(st.sampled_from(" ".join(SUBJECTS.values()).split()) | st.text(max_size=6), max_size=12).map(
    " ".join
)
papers = st.lists(st.builds(Paper, title=texts, abstract=texts), max_size=5)


@given(papers, papers, st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_matter(liked, disliked, chance):
    taste = learn(liked, disliked, BACKGROUND, ORDINARY)
    again = learn(
        chance.sample(liked, len(liked)) + liked[:1],
        chance.sample(disliked, len(disliked)),
        BACKGROUND,
        ORDINARY,
    )
    assert again == taste
    if taste:
        assert again.to_bytes() == taste.to_bytes()
        assert Taste.from_bytes(taste.to_bytes()) == taste


@given(papers, papers, papers.filter(bool))
def test_a_dislike_never_raises_what_is_like_it(liked, others, disliked):
    vectors = read(*disliked, *others)
    before = learn(liked, [], BACKGROUND, ORDINARY)
    after = learn(liked, disliked, BACKGROUND, ORDINARY)
    if after:
        old = before.strengths(vectors) if before else vectors.dot({})
        assert (after.strengths(vectors) <= old + 1e-9).all()


@given(papers.filter(bool), papers)
def test_a_strength_does_not_depend_on_the_other_papers(liked, several):
    taste = learn(liked, [], BACKGROUND, ORDINARY)
    if taste:
        together = taste.strengths(read(*several)).tolist()
        assert together == pytest.approx([taste.strengths(read(paper))[0] for paper in several], abs=1e-12)
