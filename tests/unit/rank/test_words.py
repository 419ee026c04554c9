"""Which words are the same word."""

import pytest

from digest.model import Interest, Reader
from digest.rank import Background, rank
from digest.rank.words.tokens import Analyser
from tests.builders import NOON, known

OTHERS = [known(id=n, title=f"Other {n}", abstract="Nothing of the kind is here.") for n in range(2, 40)]


def points(interest, title="A Title", abstract="An abstract without the subject in question."):
    papers = [known(id=1, title=title, abstract=abstract), *OTHERS]
    background = Background.empty().updated(p.paper for p in papers)
    found = rank(papers, Reader(interests=(Interest(text=interest),)), background, NOON)
    return next((m.score for m in found if m.paper.id == 1), 0.0)


@pytest.mark.parametrize(
    ("interest", "title"),
    [
        ("RAG", "Efficient Storage for Ragged Paragraphs"),
        ("C++", "Vitamin C in Plants"),
        ("C#", "A Survey of C++ Compilers"),
        ("C", "Bindings for C++ and C#"),
        ("GAN", "Organ Segmentation in Michigan"),
        ("ion", "Diffusion Models"),
        ("few-shot", "Snapshot Compression"),
    ],
)
def test_a_part_of_a_word_or_another_word_is_not_found(interest, title):
    assert points(interest, title) == 0


@pytest.mark.parametrize(
    ("interest", "title"),
    [
        ("RAG", "RAG for Everyone"),
        ("rag", "Better RAGs"),
        ("C++", "Refactoring C++ with Care"),
        ("C#", "Verified C#, at Last"),
        ("k-means++", "Seeding by k-means++"),
        ("diffusion model", "Fast Diffusion Models"),
        ("DIFFUSION MODELS", "A diffusion model of ink"),
        ("text to speech", "Text-to-Speech Without Tears"),
        ("text-to-speech", "Text to speech without tears"),
        ("multi-agent", "Multi agent planning"),
        ("Schrödinger bridge", "Schrodinger Bridges Revisited"),
        ("schrodinger bridge", "Schro\u0308dinger Bridges Revisited"),
        ("Poincaré embeddings", "POINCARÉ EMBEDDINGS"),
        ("ﬁne-tuning", "Fine-Tuning with Care"),
        ("studies", "A Study of Ants"),
        ("loss", "Losses and Gains"),
        ("boxes", "Thinking in the Box"),
        ("houses", "One House of Many"),
        ("Retrieval-Augmented Generation (RAG)", "RAG Considered Helpful"),
        ("Retrieval-Augmented Generation (RAG)", "Retrieval Augmented Generation Considered Helpful"),
        ("large language models [LLMs]", "What LLMs Know"),
        ("语音合成", "语音合成 for Beginners"),
    ],
)
def test_hyphens_plurals_case_accents_and_short_forms_do_not_matter(interest, title):
    assert points(interest, title) >= 50


def test_brackets_that_do_not_abbreviate_are_part_of_the_interest():
    assert points("transformers (vision)", "What LLMs Know of Vision") < 50


def test_a_phrase_does_not_cross_brackets_commas_or_sentences():
    joined = points("image generation", abstract="We study image generation.")
    for gap in ("image. Generation", "image, generation", "image) generation", "image: generation"):
        assert points("image generation", abstract=f"We study {gap} here.") < joined


def test_spans_count_the_characters_of_the_text_that_was_given():
    text = "Naïve “Bayes” — C++, ﬁnally (for   Schro\u0308dinger)"
    tokens = Analyser().read(text)
    assert [text[start:end] for start, end in tokens.spans] == [
        "Naïve", "Bayes", "C++", "ﬁnally", "Schro\u0308dinger"
    ]  # fmt: skip
    assert tokens.exact == ["naive", "baye", "c++", "finally", "schrodinger"]


def test_an_interest_of_stop_words_or_signs_finds_nothing():
    for text in ("", " ", "the", "of the", "!?", "()", "🎈"):
        assert points(text, "The of the and 🎈 (!?)") == 0


def test_a_huge_abstract_of_one_word_is_read_in_part_and_scores_within_bounds():
    assert 0 < points("diffusion", abstract="diffusion " * 100_000) <= 100


@pytest.mark.parametrize("between", ["or", "and", "nor", "And"])
def test_words_that_and_or_or_divides_are_not_the_phrase(between):
    phrase = points("text to speech", abstract="We study text to speech data here.")
    divided = points("text to speech", abstract=f"We study text {between} speech data here.")
    assert divided < phrase - 20


def test_a_phrase_with_and_is_found_as_it_is_written():
    written = points("question and answer", abstract="We study question and answer data.")
    assert written > points("question and answer", abstract="We study question answer data.") + 20
    assert written == pytest.approx(
        points("question or answer", abstract="We study question and answer data.")
    )
