"""Which acronyms are learnt from definitions, and that both ways of saying it find a paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Interest, Paper, Reader
from digest.rank import Background, rank
from digest.rank.asked import Asked
from digest.rank.interests import wordings
from digest.rank.words.acronyms import Definitions, definitions
from tests.builders import NOON, known, paper


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Retrieval-Augmented Generation (RAG) with care", "rag", "retrieval augmented generation"),
        ("We ask large language models (LLMs) for", "llm", "large language models"),
        ("Masked\nautoencoders (MAEs)", "mae", "masked autoencoders"),
        ("by chain-of-thought (CoT) prompting", "cot", "chain of thought"),
        ("Low-Rank Adaptation [LoRA]", "lora", "low rank adaptation"),
        ("Vision Transformers (ViTs)", "vit", "vision transformers"),
        ("a Text-to-Image (T2I) model", "t2i", "text to image"),
        ("deep learning from human feedback (DLHF)", "dlhf", "deep learning from human feedback"),
        ("explainable AI (XAI)", "xai", "explainable ai"),
        ("the 3D Gaussian Splatting (3DGS)", "3dgs", "3d gaussian splatting"),
        ("variational autoencoder (VAE)", "vae", "variational autoencoder"),
        ("Modelling with Neural Radiance Fields (NeRF)", "nerf", "neural radiance fields"),
    ],
)  # fmt: skip
def test_a_definition_is_read_as_far_as_its_letters_reach(text, short, long):
    assert list(definitions(text)) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(RAG)",
        "( RAG )",
        "a method (RAG)",
        "language models, which are large (LLM)",
        "large language models. (LLM)",
        "large language models (see below)",
        "large language models (2023)",
        "large language models (a)",
        "large language models (LLM, VLM)",
        "large language models (VLM)",
        "of the (OT)",
        "self-supervised learning (UL)",
    ],
)
def test_what_is_no_definition_defines_nothing(text):
    assert list(definitions(text)) == []


@given(st.text(st.sampled_from("aAbB lL-()[]s \n'"), max_size=300))
def test_any_text_is_read_and_what_is_found_is_defined(text):
    for short, long in definitions(text):
        assert long[0] == short[0]
        assert len(short.replace(" ", "")) >= 2


def test_a_hostile_text_is_read_soon_enough():
    assert list(definitions("aa-" * 100_000 + " (AAAAAAAAAA)" * 10)) == []


def archive(*abstracts, times=5):
    return Background.empty().updated(
        Paper(title=f"Title {n}", abstract=abstract) for abstract in abstracts for n in range(times)
    )


RAG = archive("We study retrieval-augmented generation (RAG) here.")


def words_of(interest, background):
    return {wording.exact for wording in wordings(Asked(interest), background)}


def test_an_acronym_and_what_it_stands_for_are_both_looked_for():
    both = {("rag",), ("retrieval", "augmented", "generation")}
    for interest in (
        "RAG",
        "rag",
        "RAGs",
        "retrieval-augmented generation",
        "Retrieval Augmented  Generation",
    ):
        assert words_of(interest, RAG) == both


def test_an_acronym_within_an_interest_is_replaced_too():
    assert words_of("RAG agents", RAG) == {
        ("rag", "agent"),
        ("retrieval", "augmented", "generation", "agent"),
    }
    assert words_of("evaluating retrieval augmented generation", RAG) == {
        ("evaluating", "retrieval", "augmented", "generation"),
        ("evaluating", "rag"),
    }


def test_of_two_acronyms_the_longer_words_count():
    known_both = archive("large language models (LLMs)", "a language model (LM)")
    assert words_of("large language models", known_both) == {("large", "language", "model"), ("llm",)}


def test_too_few_definitions_are_not_believed():
    assert words_of("RAG", archive("retrieval-augmented generation (RAG)", times=2)) == {("rag",)}


def test_an_acronym_of_several_meanings_is_believed_where_one_dominates():
    assert words_of("TTS", archive("text-to-speech (TTS)", "test-time scaling (TTS)")) == {("tts",)}
    mostly = archive("text-to-speech (TTS)", times=6).updated(
        [paper(abstract="test-time scaling (TTS)") for _ in range(3)]
    )
    assert ("text", "speech") in words_of("TTS", mostly)
    assert words_of("test-time scaling", mostly) == {("test", "time", "scaling")}


def test_a_word_that_few_papers_define_is_no_acronym():
    background = archive("mean average precision (MAP)", times=5).updated(
        [paper(abstract="A map of the town.") for _ in range(300)]
    )
    assert words_of("map", background) == {("map",)}


def test_singular_and_plural_definitions_count_together():
    background = archive("a large language model (LLM)", "of large language models (LLMs)", times=2)
    assert words_of("LLM", background) == {("llm",), ("large", "language", "model")}


def test_what_is_left_of_stop_words_is_not_taken_for_the_acronym():
    assert words_of("just in time", archive("just in time (JIT)")) == {("time",)}


def test_papers_that_say_it_the_other_way_are_found():
    papers = [
        known(id=1, title="RAG for Everyone"),
        known(id=2, title="Retrieval-Augmented Generation for Everyone"),
        known(id=3, title="Storage for Ragged Arrays"),
    ]
    for interest in ("RAG", "retrieval-augmented generation"):
        found = rank(papers, Reader(interests=(Interest(text=interest),)), RAG, NOON)
        assert {match.paper.id for match in found if match.score >= 50} == {1, 2}
        assert 3 not in {match.paper.id for match in found}


def test_definitions_are_packed_with_the_background_and_counted_on():
    again = Background.from_bytes(RAG.to_bytes())
    assert again == RAG
    assert words_of("RAG", again) == words_of("RAG", RAG)
    assert again.to_bytes() == RAG.to_bytes()


def test_counting_in_two_parts_is_counting_at_once():
    papers = [paper(abstract=f"deep learning (DL) and graph nets {n} (GN)") for n in range(6)]
    once = Definitions().updated(papers)
    assert Definitions().updated(papers[:2]).updated(papers[2:]) == once
    assert Definitions().updated(papers[:2]).merged(Definitions().updated(papers[2:])) == once


def test_one_paper_counts_once():
    twice = paper(title="Deep learning (DL)", abstract="We study deep learning (DL).")
    assert Definitions().updated([twice]).counts == {"dl": {"deep learning": 1}}


@pytest.mark.parametrize("plain", [None, [], {"rag": 3}, {"rag": {"x": "many"}}])
def test_anything_else_is_refused(plain):
    with pytest.raises(ValueError, match=r"acronyms|invalid literal"):
        Definitions.from_plain(plain)
