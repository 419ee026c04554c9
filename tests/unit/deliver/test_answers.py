from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.smtp.answers import LONGEST, Answer, AnswerReader


def read(*pieces):
    reader = AnswerReader()
    return [answer for piece in pieces for answer in reader.feed(piece)], reader


@pytest.mark.parametrize(
    ("data", "answers"),
    [
        (b"250 Ok\r\n", [Answer(250, b"Ok")]),
        (b"250 Ok\n", [Answer(250, b"Ok")]),
        (b"250\r\n", [Answer(250, b"")]),
        (b"250-a\r\n250-b\r\n250 c\r\n", [Answer(250, b"a\nb\nc")]),
        (b"250-a\r\n250\r\n", [Answer(250, b"a\n")]),
        (b"250 a\r\n354 b\r\n550 \xff\r\n", [Answer(250, b"a"), Answer(354, b"b"), Answer(550, b"\xff")]),
        (b"550-5.7.1 a\r\n554 5.7.1 b\r\n", [Answer(554, b"5.7.1 a\n5.7.1 b")]),
        (b"250 a\r\r\n", [Answer(250, b"a\r")]),
        (b"250-a\r\n", []),
        (b"250 a", []),
    ],
)
def test_answers_are_put_together(data, answers):
    assert read(data)[0] == answers


codes = st.integers(200, 599)
texts = st.binary(max_size=30).map(lambda text: text.replace(b"\n", b"").replace(b"\r", b""))
answers = st.builds(lambda code, lines: Answer(code, b"\n".join(lines)), codes, st.lists(texts, min_size=1))


def written(answer):
    *before, last = answer.text.split(b"\n")
    return b"".join(b"%d-%b\r\n" % (answer.code, t) for t in before) + b"%d %b\r\n" % (answer.code, last)


@given(st.lists(answers, max_size=5), st.lists(st.integers(0, 400), max_size=8))
def test_answers_are_the_same_however_they_are_cut(wanted, cuts):
    data = b"".join(map(written, wanted))
    places = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    found, reader = read(*(data[a:b] for a, b in pairwise(places)))
    assert found == wanted
    assert reader.between_answers


@pytest.mark.parametrize(
    "noise", [b"\r\n", b"25 x\r\n", b"2500 x\r\n", b"150 x\r\n", b"600 x\r\n", b"hello\r\n"]
)
def test_noise_is_a_flaw_and_nothing_after_it_counts(noise):
    found, reader = read(b"250 a\r\n" + noise + b"250 b\r\n", b"250 c\r\n")
    assert found == [Answer(250, b"a")]
    assert reader.flaw == noise.rstrip(b"\r\n")
    assert not reader.between_answers


@pytest.mark.parametrize("piece", [b"2" * 100, b"250-x\r\n" * 10, b"250-" + b"x" * 1000 + b"\r\n"])
def test_an_answer_without_end_is_a_flaw_soon(piece):
    reader = AnswerReader()
    for _ in range(2 * LONGEST // len(piece)):
        assert reader.feed(piece) == []
    assert reader.flaw is not None


@given(st.lists(st.binary(max_size=50), max_size=20))
def test_any_bytes_are_read_without_an_error(pieces):
    found, _ = read(*pieces)
    assert all(200 <= answer.code < 600 for answer in found)
