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


def test_a_sentence_with_matched_words_comes_before_the_claim_but_keeps_its_place():
    abstract = (
        f"{BACKGROUND} {CLAIM} It samples from mean reverting processes in ten steps or fewer. {RESULT}"
    )
    assert text(abstract, ["mean reverting", "processes"], Room(1, 200)).startswith("It samples")
    assert text(abstract, ["mean reverting"], Room(2, 420)) == (
        f"{CLAIM} It samples from mean reverting processes in ten steps or fewer."
    )


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
