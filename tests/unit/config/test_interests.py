import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import format_interest, parse_interest, parse_mute
from digest.config.interests import MAX_PHRASE, read_interest, read_mute
from digest.errors import UsageError
from digest.model import Field, Interest
from digest.text import printable, words

QUOTES = frozenset('"“”„')


def usable(text):
    """Phrases that an interest can hold: on one line, with a word, not muted by a minus."""
    return printable(text) == text and words(text) and text[0] not in "-−" and text[0] not in QUOTES


PHRASES = st.one_of(
    st.text(min_size=1, max_size=40),
    st.text(alphabet="a^:2 titleorg.", min_size=1, max_size=20),
    st.sampled_from(["title:x", "anywhere: y", "l^p spaces", "C++", "titel: z", "x^2", "author :q", "org"]),
).filter(usable)
WEIGHTS = st.floats(min_value=0, max_value=10, exclude_min=True)
PLACES = st.sampled_from([Field.ANYWHERE, Field.TITLE, Field.AUTHOR, Field.ORGANIZATION])


@pytest.mark.parametrize(
    ("text", "phrase", "weight", "field"),
    [
        ("diffusion models", "diffusion models", 1, Field.ANYWHERE),
        ("  diffusion \t models ", "diffusion models", 1, Field.ANYWHERE),
        ("speech synthesis^2", "speech synthesis", 2, Field.ANYWHERE),
        ("speech synthesis ^ 0.5", "speech synthesis", 0.5, Field.ANYWHERE),
        ("title:survey", "survey", 1, Field.TITLE),
        ("Title: survey^3", "survey", 3, Field.TITLE),
        ("author:Ada Lovelace", "Ada Lovelace", 1, Field.AUTHOR),
        ("org:Example Institute", "Example Institute", 1, Field.ORGANIZATION),
        ("organization:Example", "Example", 1, Field.ORGANIZATION),
        ("anywhere:title: the musical", "title: the musical", 1, Field.ANYWHERE),
        ("GPT-4: a report", "GPT-4: a report", 1, Field.ANYWHERE),
        ("C++", "C++", 1, Field.ANYWHERE),
        ("l^p spaces^1", "l^p spaces", 1, Field.ANYWHERE),
    ],
)
def test_the_grammar_is_read(text, phrase, weight, field):
    assert parse_interest(text) == Interest(text=phrase, weight=weight, field=field)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("^2", "empty"),
        ("title:", "empty"),
        ("...", "holds no word"),
        ("speech^", "weight such as 2"),
        ("speech^two", '"speech^two"'),
        ("speech^nan", "weight such as 2"),
        ("speech^0", "the weight 0"),
        ("speech^10.5", "up to 10"),
        ("speech^1e-400", "the weight 0"),
        ("speech^-1", "list it under mute"),
        ("-medical imaging", "list it under mute"),
        ("titel:survey", "not a place to look"),
        ("abstract:survey", "not a place to look"),
        ("x" * (MAX_PHRASE + 1), "longer than"),
    ],
)
def test_what_is_wrong_is_named(text, why):
    with pytest.raises(UsageError) as caught:
        parse_interest(text)
    assert why in str(caught.value)


def test_characters_that_act_instead_of_show_are_gone():
    assert parse_interest("speech\x1b[31m\u202e synthesis\r\n").text == "speech [31m synthesis"


@given(PHRASES, WEIGHTS, PLACES)
def test_what_is_written_is_read_back(phrase, weight, field):
    interest = Interest(text=phrase, weight=weight, field=field)
    assert parse_interest(format_interest(interest)) == interest


@given(PHRASES, PLACES)
def test_a_mute_is_read_back(phrase, field):
    mute = Interest(text=phrase, weight=-1.0, field=field)
    assert parse_mute(format_interest(mute)) == mute


@given(st.text(max_size=60))
def test_any_text_gives_an_interest_or_is_refused(text):
    with contextlib.suppress(UsageError):
        interest = parse_interest(text)
        assert 0 < interest.weight <= 10
        assert interest.text == printable(interest.text)


def test_a_mute_takes_no_weight():
    with pytest.raises(UsageError, match="takes no weight"):
        parse_mute("medical imaging^2")


@pytest.mark.parametrize(
    "value",
    [
        "title:survey^2",
        {"text": "survey", "weight": 2, "field": "title"},
        {"title": "survey", "weight": 2},
        {"title": "survey^2"},
        Interest(text="survey", weight=2.0, field=Field.TITLE),
    ],
)
def test_all_forms_of_one_interest_are_equal(value):
    assert read_interest(value) == Interest(text="survey", weight=2.0, field=Field.TITLE)


def test_a_mute_may_be_a_mapping():
    assert read_mute({"text": "x-ray", "field": "title"}) == Interest(
        text="x-ray", weight=-1.0, field=Field.TITLE
    )


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "empty entry"),
        (2025, "in quotes"),
        (["a"], "expected a phrase"),
        ({}, "needs a text"),
        ({"weight": 2}, "needs a text"),
        ({"text": "a", "weigt": 2}, '"weigt"'),
        ({"text": "a", "title": "b"}, '"title"'),
        ({"title": "a", "author": "b"}, '"author"'),
        ({"text": "a", "weight": "heavy"}, "heavy"),
        ({"text": "a", "weight": True}, "True"),
        ({"text": "a", "weight": -1}, "the weight -1"),
        ({"text": "a", "field": "abstract"}, "none of anywhere, title, author, org"),
        ({"text": 7}, "in quotes"),
    ],
)
def test_a_wrong_mapping_is_told(value, why):
    with pytest.raises(UsageError) as caught:
        read_interest(value)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("text", "interest"),
    [
        ('"speech synthesis"', Interest(text="speech synthesis", within=0)),
        ("“speech synthesis”", Interest(text="speech synthesis", within=0)),
        ('" speech synthesis "^2', Interest(text="speech synthesis", weight=2.0, within=0)),
        ('"speech synthesis"~5', Interest(text="speech synthesis", within=5)),
        ('title: "ink models"~5^2', Interest(text="ink models", weight=2, field=Field.TITLE, within=5)),
        ('"C++"', Interest(text="C++", within=0)),
        ('author:"Ada Lovelace"', Interest(text="Ada Lovelace", field=Field.AUTHOR)),
        ('the "world" model', Interest(text='the "world" model')),
        ('"world" and "model"', Interest(text='"world" and "model"')),
    ],
)  # fmt: skip
def test_quotes_want_the_phrase_and_a_number_its_words_together(text, interest):
    assert parse_interest(text) == interest


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('"speech synthesis"~', "number of words such as 5"),
        ('"speech synthesis"~near', "number of words such as 5"),
        ('"speech synthesis"~-1', "number of words such as 5"),
        ('"speech synthesis"~51', "at most 50"),
        ('author:"Ada Lovelace"~5', "not for names"),
        ('"..."', "holds no word"),
    ],
)
def test_what_is_wrong_behind_quotes_is_named(text, why):
    with pytest.raises(UsageError, match=why):
        parse_interest(text)


@given(PHRASES.filter(lambda text: not QUOTES & {*text}), WEIGHTS, st.integers(0, 50))
def test_a_phrase_in_quotes_is_read_back(phrase, weight, within):
    interest = Interest(text=phrase.strip(), weight=weight, within=within)
    assert parse_interest(format_interest(interest)) == interest


def test_within_may_stand_in_a_mapping_and_a_mute():
    assert read_interest({"text": "speech synthesis", "within": 0}) == parse_interest('"speech synthesis"')
    assert read_mute('"speech synthesis"~3') == Interest(text="speech synthesis", weight=-1.0, within=3)
    with pytest.raises(UsageError, match="0 is the exact phrase"):
        read_interest({"text": "speech synthesis", "within": "near"})


def test_a_pasted_abstract_is_an_interest_whatever_signs_it_holds():
    abstract = "We show that O(n^2) is enough for l^p spaces: " + "a method of great use. " * 40
    assert parse_interest(abstract) == Interest(text=abstract.strip())
    assert parse_interest(format_interest(Interest(text=abstract.strip()))).text == abstract.strip()
    assert parse_interest(f"{abstract}^2").weight == 2
