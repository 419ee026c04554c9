"""What the archive teaches about an interest, and what comes of it."""

from dataclasses import replace

import pytest

from digest.model import EvidenceKind, Interest, Reader
from digest.rank import SEND_LINE, Background, explain, learn, rank
from digest.rank.teaching.kept import blocks_of, in_words, relate
from tests.builders import NOON, known, paper

SPEECH = Interest(text="speech synthesis")
SAID = "A vocoder makes natural prosody from a mel spectrogram; listeners judged the voices."
ELSE = "Robots learn to grasp cups with two fingers in a kitchen, and put them down on shelves."


def archive():
    speaking = [paper(f"Speech Synthesis, Part {n}", f"Speech synthesis for all. {SAID}") for n in range(12)]
    others = [
        paper(f"Grasping in Kitchens {n}", f"{ELSE} Trial {n} of a long series of them.") for n in range(200)
    ]
    return [*speaking, *others]


def taught(*interests, papers=None):
    papers = archive() if papers is None else papers
    counted = Background.empty().updated(papers)
    blocks = list(blocks_of(papers, counted.analyser))
    return replace(counted, expansions=relate(in_words(interests), blocks, counted))


BACKGROUND = taught(SPEECH, Interest(text="sourdough baking"))
READER = Reader(interests=(SPEECH,))
WITHOUT_WORDS = known(id=1, title="A Faster Vocoder", abstract=f"We study waves. {SAID}")
ELSEWHERE = known(id=2, title="Grasping Mugs", abstract=ELSE)


def test_a_paper_without_the_words_is_found_by_what_others_say_beside_them():
    near, far = (explain(p, READER, BACKGROUND, NOON).score for p in (WITHOUT_WORDS, ELSEWHERE))
    assert near > 10 * max(far, 0.1)
    assert explain(WITHOUT_WORDS, READER, Background.empty(), NOON).score == 0


def test_related_words_are_told_apart_and_add_up_with_the_others():
    both = known(id=3, title="Speech Synthesis with a Vocoder", abstract=SAID)
    match = explain(both, READER, BACKGROUND, NOON)
    (related,) = [e for e in match.evidence if e.kind is EvidenceKind.RELATED]
    assert "mel" in {word.casefold() for word in related.words}
    assert not {"speech", "synthesis"} & {word.casefold() for word in related.words}
    assert related.spans == ()
    assert sum(e.points for e in match.evidence) == pytest.approx(match.score, abs=1e-6)


def test_words_that_all_papers_say_are_not_told_as_related():
    everywhere = [replace(p, abstract=p.body + " Results were good on benchmarks.") for p in archive()]
    found = taught(SPEECH, papers=everywhere)
    (expansion,) = found.expansions.values()
    assert "vocod" in expansion.telling
    assert not {"result", "benchmark"} & expansion.telling


def test_an_archive_that_knows_nothing_of_an_interest_teaches_nothing():
    baking = Reader(interests=(Interest(text="sourdough baking"),))
    assert rank([WITHOUT_WORDS, ELSEWHERE], baking, BACKGROUND, NOON) == []


def test_saying_more_of_an_interest_never_counts_less():
    said = ["", " Synthesis.", " Speech.", " Speech and synthesis.", " Speech synthesis."]
    papers = [known(id=n, title="A Faster Vocoder", abstract=SAID + text) for n, text in enumerate(said, 1)]
    scores = [explain(p, READER, BACKGROUND, NOON).score for p in papers]
    assert scores == sorted(scores)


def test_what_is_learned_does_not_depend_on_the_other_interests():
    alone = taught(SPEECH).expansions
    beside = taught(Interest(text="grasping cups"), SPEECH).expansions
    key = next(iter(alone))
    assert beside[key].to_bytes() == alone[key].to_bytes()


def test_likes_send_papers_of_their_kind_to_who_stated_nothing():
    liked = archive()[:12]
    taste = learn(liked, (), BACKGROUND, archive()[12:])
    reader = Reader(learned=taste.to_bytes())
    kind = known(id=1, title="Speech Synthesis, Part 13", abstract=f"Speech synthesis for all. {SAID}")
    found = rank([kind, ELSEWHERE], reader, BACKGROUND, NOON)
    assert [m.paper.id for m in found if m.score >= SEND_LINE] == [1]
    (reason,) = found[0].evidence
    assert reason.kind is EvidenceKind.LEARNED
    assert reason.interest is None
    assert reason.points == pytest.approx(found[0].score)


def test_a_dislike_lowers_from_the_first_and_says_so():
    plain = explain(WITHOUT_WORDS, READER, BACKGROUND, NOON)
    taste = learn((), [WITHOUT_WORDS.paper], BACKGROUND, archive()[12:])
    lowered = explain(WITHOUT_WORDS, replace(READER, learned=taste.to_bytes()), BACKGROUND, NOON)
    assert lowered.score < plain.score
    (reason,) = [e for e in lowered.evidence if e.kind is EvidenceKind.LEARNED]
    assert reason.points == pytest.approx(lowered.score - plain.score)


def test_what_another_version_learned_is_passed_over():
    reader = replace(READER, learned=b"of another version")
    assert explain(WITHOUT_WORDS, reader, BACKGROUND, NOON) == explain(
        WITHOUT_WORDS, READER, BACKGROUND, NOON
    )
