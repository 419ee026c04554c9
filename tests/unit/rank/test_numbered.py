import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rank.archive.numbered import NumberedWords

WORDS = st.dictionaries(
    st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30), st.integers(1, 9)
)
LONG = "electroencephalographi"


@given(WORDS, WORDS)
def test_it_is_the_dictionary_that_it_was_made_of(first, second):
    numbered = NumberedWords.of(first).plus(list(second), list(second.values()))
    expected = {word: first.get(word, 0) + second.get(word, 0) for word in first | second}
    asked = [*expected, "never seen", LONG + "never seen"]

    assert dict(numbered) == dict(numbered.items()) == expected
    assert numbered.find(asked).tolist() == [expected.get(word, 0) for word in asked]
    assert [numbered.get(word) for word in asked] == [expected.get(word, 0) for word in asked]
    assert len(numbered) == len(expected)


@given(WORDS)
def test_equal_ones_give_equal_bytes_which_bring_them_back(words):
    packed = NumberedWords.of(words).to_bytes()
    backwards = NumberedWords.of(dict(reversed(words.items())))

    assert NumberedWords.from_bytes(packed) == words
    assert backwards.to_bytes() == NumberedWords.from_bytes(packed).to_bytes() == packed


def test_adding_leaves_the_old_one_alone():
    old = NumberedWords.of({"speech": 2, LONG: 1})
    new = old.plus(["speech", "new", LONG], [1, 1, 1])

    assert old == {"speech": 2, LONG: 1}
    assert new == {"speech": 3, "new": 1, LONG: 2}


def test_a_word_with_nothing_is_left_out_and_an_unknown_one_is_an_error():
    numbered = NumberedWords.of({"speech": 2, "nothing": 0})

    assert (len(numbered), numbered["speech"], "nothing" in numbered) == (1, 2, False)
    with pytest.raises(KeyError):
        numbered["nothing"]


def test_words_alike_in_their_first_letters_are_kept_apart():
    numbered = NumberedWords.of({"electroencephalogram": 3, "electroencephalo": 2, "electro": 1})

    assert numbered.find(["electroencephalogram", "electroencephalo", "electro"]).tolist() == [3, 2, 1]
    assert numbered.find(["electroencephalograms", "electroencephal"]).tolist() == [0, 0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}\n",
        b"[]\n",
        b'{"words": 1, "long": []}\nabc',
        b'{"words": -1, "long": []}\n',
        b'{"words": 0, "long": 5}\n',
        b'{"words": 0, "long": [["a"]]}\n',
        NumberedWords.of({"speech": 1}).to_bytes()[:-1],
        NumberedWords.of({"speech": 1}).to_bytes() + b"x",
    ],
)
def test_anything_else_is_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011 the message is that of whatever is wrong
        NumberedWords.from_bytes(data)
