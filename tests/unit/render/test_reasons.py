"""Only reasons that a person would accept are said."""

import pytest

from digest.model import Evidence, EvidenceKind, Field, Interest
from digest.render import phrases
from digest.render.marks import safe
from digest.render.reasons import is_whole, telling, told_spans
from tests.unit.render.samples import HOSTILE


def reason(interest, *found, points=10.0, field=Field.TITLE):
    return Evidence(interest=Interest(text=interest), field=field, words=found, points=points)


def test_half_of_a_further_interest_is_no_reason():
    strong = reason("text-to-image generation", "Text-to-Image Generation", points=90.0)
    half = reason("image segmentation", "Image", points=5.0)

    assert telling((half, strong)) == (strong,)


def test_a_further_interest_found_whole_is_a_reason():
    strong = reason("speech synthesis", "speech synthesis", points=90.0)
    whole = reason("diffusion models", "diffusion model", points=5.0)

    assert telling((strong, whole)) == (strong, whole)


def test_words_apart_are_no_reason_of_a_further_interest():
    strong = reason("speech synthesis", "speech synthesis", points=90.0)
    apart = reason("instruction tuning", "instruction", "tuning", points=5.0)

    assert telling((strong, apart)) == (strong,)


def test_only_places_that_hold_the_whole_interest_are_named():
    parts = (
        reason("speech recognition", "Speech"),
        reason("speech recognition", "speech recognition", field=Field.ABSTRACT),
    )

    assert phrases.why(telling(parts)) == "speech recognition — in the abstract"


def test_small_words_and_endings_are_not_missed():
    assert is_whole(reason("retrieval of images", "image", "retrieved"))
    assert not is_whole(reason("retrieval of images", "image"))


def test_a_lone_word_beside_the_phrase_is_not_marked():
    text = "Diffusion models beat other models"
    found = Evidence(
        interest=Interest(text="diffusion models"),
        field=Field.TITLE,
        words=("Diffusion models", "models"),
        points=9.0,
        spans=((0, 16), (28, 34)),
    )

    assert told_spans((found,), Field.TITLE, text) == ((0, 16),)
    assert told_spans((found,), Field.TITLE, "Something else, with other models in") == found.spans


def test_an_author_counts_whole_however_written():
    assert is_whole(reason("Ada Lovelace", "A. Lovelace", field=Field.AUTHOR))


def test_the_strongest_interest_names_the_words_that_were_found_of_it():
    half = reason("speech synthesis", "Speech")

    assert phrases.why(telling((half,))) == "speech synthesis — “speech” in the title"


def test_small_words_between_the_interests_own_are_not_quoted():
    found = reason("text-to-image generation", "text-to-image generation", "text and image")

    assert phrases.why(telling((found,))) == "text-to-image generation — in the title"


def related(interest, *words, points=10.0):
    return Evidence(
        interest=Interest(text=interest),
        field=Field.ANYWHERE,
        words=words,
        points=points,
        kind=EvidenceKind.RELATED,
    )


def liked(*words, points=10.0):
    return Evidence(
        interest=None, field=Field.ANYWHERE, words=words, points=points, kind=EvidenceKind.LEARNED
    )


def said(*evidence):
    return phrases.why(telling(evidence))


def test_related_words_come_after_the_interest_they_belong_to():
    found = reason("speech synthesis", "speech synthesis", points=60.0)

    assert said(found, related("speech synthesis", "Vocoder", "prosody")) == (
        "speech synthesis — in the title; related: vocoder, prosody"
    )


def test_related_words_that_brought_hardly_anything_are_not_told():
    found = reason("speech synthesis", "speech synthesis", points=96.0)

    assert (
        said(found, related("speech synthesis", "vocoder", points=4.0)) == "speech synthesis — in the title"
    )


def test_nearness_without_words_is_told_only_where_nothing_else_speaks():
    found = reason("speech synthesis", "speech synthesis", points=30.0)

    assert said(found, related("speech synthesis", points=30.0)) == "speech synthesis — in the title"
    assert said(related("speech synthesis")) == "close in subject to speech synthesis"


def test_an_interest_whose_words_are_not_there_is_called_related():
    assert said(related("speech synthesis", "vocoder", "TTS")) == "related to speech synthesis: vocoder, TTS"


def test_a_further_interest_that_is_only_near_is_no_reason():
    strong = reason("diffusion models", "diffusion models", points=60.0)

    assert (
        said(strong, related("speech synthesis", "vocoder", points=8.0)) == "diffusion models — in the title"
    )


def test_likes_are_told_alone_and_beside_an_interest():
    found = reason("speech synthesis", "speech synthesis", points=60.0)

    assert said(liked("diffusion", "sampling")) == "like papers you liked: diffusion, sampling"
    assert said(liked()) == "like papers you liked"
    assert said(found, liked("sampling")) == (
        "speech synthesis — in the title; like papers you liked: sampling"
    )
    assert said(found, liked("sampling", points=1.0)) == "speech synthesis — in the title"
    assert said(found, liked("sampling", points=-5.0)) == "speech synthesis — in the title"


def test_likes_lead_where_they_carry_most():
    found = reason("speech synthesis", "speech synthesis", points=20.0)

    assert said(found, liked("sampling", points=40.0)) == (
        "like papers you liked: sampling; speech synthesis — in the title"
    )


def test_few_different_related_words_are_told_and_names_keep_their_letters():
    shown = said(related("speech", "Vocoder", "vocoder", "LoRA", "Mel", "pitch", "prosody"))

    assert shown == "related to speech: vocoder, LoRA, mel"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_related_and_liked_words_are_made_safe(hostile):
    for shown in (said(related(hostile, hostile)), said(liked(hostile, hostile)), said(related(hostile))):
        assert shown == safe(shown)
        assert len(shown) < 250


def test_related_words_mark_nothing():
    assert told_spans((related("speech", "vocoder"), liked("vocoder")), Field.ABSTRACT, "A vocoder.") == ()
