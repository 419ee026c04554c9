"""Exact phrases and words close together: what they find, mark, mute and leave alone."""

import pytest

from digest.model import Field, Interest, Reader
from digest.rank import Background, explain, muted, rank
from tests.builders import NOON, known

OTHERS = [known(id=n, title=f"Other {n}", abstract="Nothing of the kind is here.") for n in range(2, 40)]


def match(interest, title="A Title", abstract="An abstract without the subject in question."):
    papers = [known(id=1, title=title, abstract=abstract), *OTHERS]
    background = Background.empty().updated(p.paper for p in papers)
    return explain(papers[0], Reader(interests=(interest,)), background, NOON)


def exact(text, **facts):
    return Interest(text=text, within=0, **facts)


def near(text, within, **facts):
    return Interest(text=text, within=within, **facts)


@pytest.mark.parametrize(
    ("phrase", "title"),
    [
        ("diffusion model", "A Diffusion Model"),
        ("Diffusion  models", "fast diffusion-models"),
        ("colour model", "The Color Models"),
        ("RAG", "What RAG Knows"),
        ("C++", "Refactoring C++"),
        ("end-to-end", "Learning End to End"),
        ("question and answer", "Question and Answer"),
    ],
)
def test_an_exact_phrase_is_found_whatever_its_case_hyphens_and_plural(phrase, title):
    assert match(exact(phrase), title).score >= 50
    assert match(exact(phrase), abstract=f"We study {title}.").score >= 50


@pytest.mark.parametrize(
    ("phrase", "title"),
    [
        ("diffusion model", "Diffusion of Ink"),
        ("diffusion model", "A Model of Diffusion"),
        ("diffusion model", "Diffusion Language Model"),
        ("diffusion model", "Diffusion. Models"),
        ("diffusion model", "Diffusion Modelling"),
        ("generation", "Generative Models"),
        ("C", "Refactoring C++"),
        ("end-to-end", "End It"),
        ("text to speech", "Text and Speech"),
        ("text and speech", "Text Speech"),
    ],
)
def test_anything_else_finds_nothing(phrase, title):
    assert match(exact(phrase), title).score == 0


@pytest.mark.parametrize(
    ("within", "title", "found"),
    [
        (1, "Speech for Synthesis", True),
        (2, "Speech and Face Synthesis", True),
        (1, "Synthesis of Speech", True),
        (1, "Speech of Face Hand Synthesis", False),
        (2, "Speech of Face Hand Synthesis", True),
        (1, "Speech", False),
        (50, "Speech " + "word " * 51 + "Synthesis", False),
    ],
)
def test_words_together_stand_so_close_in_any_order(within, title, found):
    assert (match(near("speech synthesis", within), title).score >= 50) is found


def test_words_of_two_texts_are_not_together():
    assert match(near("speech synthesis", 50), "Speech", "Synthesis").score == 0
    assert match(near("speech synthesis", 50), "A", "Of speech").score == 0


def test_a_word_asked_for_twice_need_not_stand_twice():
    assert match(near("end to end", 3), "The End").score > 0


def test_the_place_counts_for_phrases_too():
    assert match(exact("speech synthesis", field=Field.TITLE), abstract="On speech synthesis.").score == 0
    assert match(exact("speech synthesis", field=Field.TITLE), "Speech Synthesis").score >= 50


def test_what_is_marked_is_what_was_asked_for():
    text = "Models diffuse. A diffusion model is no model of diffusion."
    (reason,) = match(exact("diffusion model"), abstract=text).evidence
    assert [text[start:end] for start, end in reason.spans] == ["diffusion model"]
    (reason,) = match(near("diffusion model", 1), "Model", "A model with diffusion. And a model.").evidence
    assert reason.field is Field.ABSTRACT
    assert reason.words == ("model", "diffusion")


def test_a_mute_in_quotes_mutes_the_phrase_as_written_alone():
    papers = [
        known(id=1, title="Diffusion Modelling"),
        known(id=2, title="Diffusion Models"),
        known(id=3, title="Models of Diffusion"),
    ]
    wanted = Interest(text="diffusion")

    def out(mute):
        return set(muted(papers, Reader(interests=(wanted, mute))))

    assert out(Interest(text="diffusion model", weight=-1.0)) == {1, 2}
    assert out(exact("diffusion model", weight=-1.0)) == {2}
    assert out(near("diffusion model", 1, weight=-1.0)) == {1, 2, 3}


def test_manners_of_one_phrase_are_different_interests():
    papers = [known(id=1, title="Models of Diffusion")]
    background = Background.empty().updated(p.paper for p in papers)
    readers = [Reader(interests=(i,)) for i in (Interest(text="diffusion models"), exact("diffusion models"))]
    loose, strict = (rank(papers, reader, background, NOON) for reader in readers)
    assert loose
    assert not strict
