from digest.render.excerpt import Room, excerpt, read_abstract

ROOM = Room(3, 420)
BACKGROUND = "Recent advances have drawn attention to large models."
CLAIM = "In this paper, we propose a sampler for diffusion models."
RESULT = "It is four times faster on three benchmarks."
PROMISE = "The code is available at https://code.example/x."


def text(abstract, words=(), room=ROOM):
    spans = [(abstract.index(word), abstract.index(word) + len(word)) for word in words]
    return "".join(p.text for p in excerpt(read_abstract(abstract), tuple(spans), room))


def test_what_the_paper_does_is_shown_and_what_everybody_knows_is_not():
    assert text(f"{BACKGROUND} {CLAIM} {RESULT}") == f"{CLAIM} {RESULT}"


def test_the_claim_comes_before_another_sentence_with_matched_words_which_keeps_its_place():
    abstract = f"{BACKGROUND} {CLAIM} Samples come from mean reverting processes in ten steps. {RESULT}"
    assert text(abstract, ["mean reverting", "processes"], Room(1, 200)) == CLAIM
    assert text(abstract, ["mean reverting"], Room(2, 420)) == (
        f"{CLAIM} Samples come from mean reverting processes in ten steps."
    )


def test_matched_words_do_not_save_what_everybody_knows():
    common = "Large models have recently become popular in many fields."
    assert text(f"{common} {CLAIM}", ["Large models"]) == CLAIM
    assert text(f"{common} {CLAIM} {RESULT}", ["Large models"]) == f"{CLAIM} {RESULT}"


def test_background_with_matched_words_is_shown_where_it_tells_something():
    setting = "Samplers for audio need hundreds of steps."
    assert text(f"{setting} {CLAIM}", ["audio"]) == f"{setting} {CLAIM}"


def test_a_sentence_that_leans_on_one_before_comes_after_its_equals():
    leaning, upright = "However, audio is slow to sample.", "Sampling audio takes a second."
    abstract = f"{CLAIM} {BACKGROUND} {leaning} {BACKGROUND} {upright}"
    assert text(abstract, ["audio is slow", "audio takes"], Room(2, 420)) == f"{CLAIM} … {upright}"


def test_a_flourish_comes_after_a_finding():
    flourish, finding = (
        "Extensive experiments show that our results are good.",
        "We halve the error of all others.",
    )
    abstract = f"{CLAIM} {BACKGROUND} {flourish} {finding}"
    assert text(abstract, room=Room(2, 420)) == f"{CLAIM} … {finding}"


def test_sentences_with_related_words_come_before_the_rest_and_are_not_marked():
    abstract = f"{CLAIM} {BACKGROUND} Songs are long. A vocoder turns spectra into songs."
    spans = ((abstract.index("sampler"), abstract.index("sampler") + 7),)
    shown = excerpt(read_abstract(abstract), spans, Room(2, 420), ("vocoder", "C++"))
    assert "".join(p.text for p in shown) == f"{CLAIM} … A vocoder turns spectra into songs."
    assert [p.text for p in shown if p.marked] == ["sampler"]


def test_related_words_are_found_as_whole_words_and_weigh_less_than_matched_ones():
    abstract = f"{CLAIM} {BACKGROUND} Subtle things count. We sub here. Its audio is loud."
    spans = ((abstract.index("audio"), abstract.index("audio") + 5),)
    shown = excerpt(read_abstract(abstract), spans, Room(2, 60 + 30), ("Sub", "(["))
    assert "Subtle" not in "".join(p.text for p in shown)


def test_a_gap_between_sentences_is_shown():
    assert text(f"{CLAIM} {BACKGROUND} {RESULT}", ["four times"], Room(2, 420)) == f"{CLAIM} … {RESULT}"


def test_an_abstract_without_any_good_sentence_shows_its_first_two():
    assert text("One is here. Two is here. Three is here.") == "One is here. Two is here."


def test_the_sentence_that_links_to_code_is_left_to_the_link():
    assert "code.example" not in text(f"{CLAIM} {PROMISE}", ["code"])


def test_a_sentence_longer_than_the_room_is_clipped_at_a_word():
    shown = text("We propose " + "very " * 500 + "much.", room=Room(3, 120))
    assert len(shown) <= 120
    assert shown.endswith("very…")


def test_marks_lie_on_the_words_of_the_chosen_sentences():
    abstract = f"{BACKGROUND} {CLAIM}"
    start = abstract.index("diffusion models")
    shown = excerpt(read_abstract(abstract), ((start, start + 16),), ROOM)
    assert [p.text for p in shown if p.marked] == ["diffusion models"]


def test_no_room_and_no_abstract_show_nothing():
    assert text(CLAIM, room=Room(0, 0)) == ""
    assert text("") == ""
    assert text("\x00\u202e") == ""
