"""Only reasons that a person would accept are said."""

from digest.model import Evidence, Field, Interest
from digest.render import phrases
from digest.render.reasons import is_whole, telling, told_spans


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
