"""The bytes of messages as they are kept, and what letters have in common."""

import hashlib
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from digest import packing
from digest.errors import StoreError
from digest.packing import Dictionary, packed, unpacked

SHARED = [f"shared line {number} {hashlib.sha256(bytes([number])).hexdigest()}" for number in range(100)]


def letter(number, *, lines=SHARED):
    name = f"reader-{number}-{hashlib.sha256(b'%d' % number).hexdigest()[:12]}"
    head = [f"To: {name}@reader.example", f"List-Unsubscribe: <https://digest.example/u/{name}>"]
    return "\r\n".join([*head, "", *lines, ""]).encode()


def out(kept, dictionary=None):
    return unpacked(kept["data"], kept["sha256"], "it", dictionary)


@pytest.fixture
def common():
    return Dictionary.of(letter(number) for number in range(10))


def test_a_dictionary_is_what_three_letters_have_in_the_order_in_which_it_came():
    rare, short, household = (
        "in three letters of the four",
        "in all, but short",
        "in two letters, of one house",
    )
    letters = [
        letter(1, lines=[*SHARED, household]),
        letter(2, lines=[*SHARED, rare, short, household, "only in the second letter"]),
        letter(3, lines=[rare, short, *SHARED]),
        letter(4, lines=[rare, short]),
    ]
    assert Dictionary.of(letters).data == "".join(f"{line}\r\n" for line in [*SHARED, rare]).encode()


def test_what_one_letter_repeats_is_not_common():
    assert Dictionary.of([letter(1) * 3, letter(2, lines=()), letter(3, lines=())]) is None


def test_no_reader_is_in_a_dictionary(common):
    assert b"reader.example" not in common.data
    assert b"/u/" not in common.data


@pytest.mark.parametrize(
    "letters",
    [
        [],
        [letter(1)],
        [letter(1), letter(2)],
        [letter(1), letter(2), letter(3, lines=SHARED[:9])],
        [b"", b"", b""],
    ],
    ids=["none", "one", "two", "little in common", "empty"],
)
def test_too_little_in_common_is_no_dictionary(letters):
    assert Dictionary.of(letters) is None


def test_a_dictionary_ends_where_it_would_cost_too_much(monkeypatch):
    monkeypatch.setattr(packing, "_MOST", 5_000)
    data = Dictionary.of([letter(1), letter(2), letter(3)]).data
    assert 5_000 - 100 < len(data) <= 5_000
    assert letter(1).find(data) > 0


def test_letters_that_are_unlike_each_other_are_not_all_held(monkeypatch):
    monkeypatch.setattr(packing, "_MOST", 5_000)
    looked_at = []

    def unlike():
        for number in range(100):
            looked_at.append(number)
            yield letter(number, lines=[f"{number} {line}" for line in SHARED])

    assert Dictionary.of(unlike()) is None
    assert len(looked_at) < 10


def test_packed_with_what_is_common_a_letter_is_small_and_comes_out_whole(common):
    another = letter(99)
    small, plain = packed(another, common), packed(another)
    assert 4 * len(small["data"]) < len(plain["data"])
    assert small["sha256"] == plain["sha256"] == hashlib.sha256(another).hexdigest()
    assert out(small, common) == another
    assert out(small, Dictionary(common.data)) == another


def test_what_was_packed_before_there_were_dictionaries_comes_out(common):
    data, digest = letter(1), hashlib.sha256(letter(1)).hexdigest()
    assert unpacked(zlib.compress(data), digest, "it") == data
    assert unpacked(zlib.compress(data), digest, "it", common) == data
    assert unpacked(packed(data)["data"], digest, "it") == data


def test_another_dictionary_or_none_is_an_error_that_says_of_what(common):
    kept = packed(letter(99), common)
    longer = Dictionary(b"x" * 4_000 + common.data[:-1])
    for other in (None, longer):
        with pytest.raises(StoreError, match="the bytes of it are"):
            out(kept, other)


def test_damaged_bytes_that_claim_to_be_very_many_are_an_error():
    claims = b"\x28\xb5\x2f\xfd\xc0\x00" + (1 << 40).to_bytes(8, "little")
    with pytest.raises(StoreError, match="the bytes of it are damaged: they would be too many"):
        unpacked(claims + packed(b"x" * 100)["data"][6:], "0", "it")


def test_several_threads_pack_with_one_dictionary(common):
    letters = [letter(number) for number in range(400)]
    with ThreadPoolExecutor(4) as threads:
        kept = list(threads.map(lambda one: packed(one, common), letters))
        found = list(threads.map(lambda one: out(one, common), kept))
    assert found == letters
