"""Every step of a score is shown, and the steps add up to it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Field, Interest, Reader
from digest.rank import Background, arithmetic, explain
from digest.rank import learn as learn_taste
from digest.rank.archive.blocks import TokenBlock
from digest.rank.archive.latent import Basis
from digest.rank.asked import asked
from digest.rank.points import ladder, rung
from digest.rank.teaching.expansion import learn
from digest.rank.weights import WEIGHTS
from tests.builders import NOON, known
from tests.property.test_rank import archives, mutes, wants

SPEECH = Interest(text="speech synthesis")
PAPERS = [
    known(id=1, title="Speech Synthesis by Diffusion", abstract="A vocoder for speech synthesis. Prosody."),
    known(id=2, title="Vocoders", abstract="A neural vocoder with natural prosody for voices."),
    known(id=3, title="Grasping", abstract="Robots grasp. Nothing else is said."),
    known(id=4, title="Prosody", abstract="Speech synthesis needs prosody, and a vocoder."),
]


def taught(papers, *interests, basis=None):
    """A background that learned about `interests` from `papers`."""
    counted = Background.empty().updated(p.paper for p in papers)
    block = TokenBlock.of_papers((p.paper for p in papers), counted.analyser)
    expansions = learn([asked(i) for i in interests], [block], counted, basis, WEIGHTS)
    return replace(counted, expansions=expansions, basis=basis)


def basis_of(papers):
    """Two made-up subjects: stems in turn; none of papers without words."""
    stems = sorted(Background.empty().updated(p.paper for p in papers).frequencies)
    if not stems:
        return None
    directions = np.array([[1.0, 0.2] if n % 2 else [0.3, 1.0] for n in range(len(stems))], np.float32)
    directions = directions.reshape(-1, 2)
    return Basis.of(stems, directions, np.eye(2))


def check(sums, explained):
    """Everything that must add up."""
    assert sums.score == pytest.approx(explained.score, abs=1e-4)
    assert sum(i.contributed for i in sums.interests) == pytest.approx(sums.before_mutes, abs=1e-4)
    for each in sums.interests:
        assert each.counting == pytest.approx(min(each.points * each.interest.weight, 100), abs=1e-4)
        if each.words:
            check_words(each.words, each.points)
        else:
            assert each.points == (each.name.points if each.name else 0)


def check_words(words, own):
    stated = sum(hit.title + hit.abstract for hit in words.hits)
    near = words.near
    assert stated + (near.added if near else 0) == pytest.approx(words.strength, abs=1e-5)
    (low, least), (high, most) = words.rung
    assert low <= words.strength <= high or words.strength > high == words.rung[1][0]
    between = least + (most - least) * min((words.strength - low) / (high - low), 1)
    assert between == pytest.approx(own, abs=1e-3)
    if near:
        assert sum(word.product for word in near.words) == pytest.approx(near.nearness, abs=1e-5)
        lift = (near.nearness * near.nearness_weight + near.subject * near.subject_weight) * near.sureness
        assert near.lift == pytest.approx(min(lift, 0.5), abs=1e-5)
        assert near.added == pytest.approx(near.lift * near.gap, abs=1e-5)
        assert near.gap == pytest.approx(max(1 - stated, 0), abs=1e-5)


@given(archives(), st.lists(wants | mutes, max_size=4, unique_by=lambda i: (i.text, i.field)), st.booleans())
def test_the_steps_add_up_to_the_score_for_any_papers_and_interests(archive, interests, latent):
    papers, _ = archive
    basis = basis_of(papers) if latent else None
    background = taught(papers, *interests, basis=basis)
    reader = Reader(interests=tuple(interests))
    for paper in papers:
        check(arithmetic(paper, reader, background, NOON), explain(paper, reader, background, NOON))


def test_a_paper_without_the_words_is_near_by_its_related_words():
    background = taught(PAPERS, SPEECH)
    (found,) = arithmetic(PAPERS[1], Reader(interests=(SPEECH,)), background, NOON).interests

    assert found.words.hits == ()
    assert {"vocod", "prosodi"} <= {word.stem for word in found.words.near.words}
    assert found.words.near.added == pytest.approx(found.words.strength) != 0
    assert found.contributed == found.points > 0


def test_hits_name_their_channel_and_where_they_stand():
    (found,) = arithmetic(PAPERS[0], Reader(interests=(SPEECH,)), taught(PAPERS), NOON).interests

    kinds = {hit.kind.value: hit for hit in found.words.hits}
    assert set(kinds) == {
        *("word", "word as written", "neighbours", "close to each other", "phrase", "phrase as written")
    }
    assert kinds["phrase"].title > kinds["phrase"].abstract > 0
    assert all(hit.title + hit.abstract < hit.worth for hit in found.words.hits)
    assert found.words.near is None


def test_interests_share_and_mutes_take_all():
    mute = Interest(text="vocoder", weight=-1.0)
    reader = Reader(interests=(SPEECH, mute, Interest(text="diffusion", weight=0.5)))
    sums = arithmetic(PAPERS[0], reader, taught(PAPERS, SPEECH), NOON)

    assert [each.interest.text for each in sums.interests] == ["speech synthesis", "diffusion"]
    assert [reason.interest for reason in sums.mutes] == [mute]
    assert sums.score == 0
    assert sums.before_mutes > 0


def test_a_name_is_found_whole_or_in_part():
    paper = known(authors=("Ada Lovelace", "Bo Li"))
    reader = Reader(interests=(Interest(text="Lovelace", field=Field.AUTHOR),))
    (found,) = arithmetic(paper, reader, Background.empty(), NOON).interests

    assert (found.words, found.points, found.contributed) == (None, 80, 80)
    assert found.name.spans == ((0, 12),)


@given(st.floats(0, 1, width=32), st.floats(0, 0.2))
def test_the_rung_is_where_the_ladder_stands(strength, later):
    (low, least), (high, most) = rung(strength, later)

    assert low <= strength <= high
    between = least + (most - least) * (strength - low) / (high - low)
    assert between == pytest.approx(float(ladder(np.array([strength], np.float32), later)[0]), abs=1e-3)


@pytest.mark.parametrize("liked", [True, False])
def test_what_likes_and_dislikes_did_is_a_part_of_the_sum(liked):
    background = taught(PAPERS, SPEECH)
    alike = [PAPERS[1].paper, PAPERS[3].paper]
    taste = learn_taste(alike if liked else [], [] if liked else alike, background, [PAPERS[2].paper])
    reader = Reader(interests=(SPEECH,), learned=taste.to_bytes())
    sums = arithmetic(PAPERS[1], reader, background, NOON)

    (reason,) = sums.learned
    assert (reason.points > 0) is liked
    total = sum(each.contributed for each in sums.interests) + reason.points
    assert total == pytest.approx(sums.score, abs=1e-4)
    assert sums.score == pytest.approx(explain(PAPERS[1], reader, background, NOON).score, abs=1e-4)
