"""Whatever bytes are packed, with whatever dictionary: the same come out, or an error."""

from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from digest.errors import StoreError
from digest.packing import Dictionary, packed, unpacked

LINES = st.lists(st.sampled_from([b"<p style=3D'margin:0'>", b"To: ada@reader.example", b"\x00\xff", b""]))
LETTERS = st.one_of(st.binary(max_size=3_000), LINES.map(b"\r\n".join))
COMMON = st.one_of(st.binary(min_size=1, max_size=3_000), LINES.map(b"\r\n".join).filter(bool))


def out(kept, dictionary=None):
    return unpacked(kept["data"], kept["sha256"], "it", dictionary)


@given(LETTERS, COMMON)
@example(b"", b"\x37\xa4\x30\xec as a trained dictionary begins")
def test_what_is_packed_comes_out_with_and_without_a_dictionary(letter, common):
    made_before = Dictionary(common)
    assert out(packed(letter)) == letter
    assert out(packed(letter, made_before), Dictionary(common)) == letter


@given(st.lists(LETTERS, max_size=4), LETTERS)
def test_a_dictionary_is_the_same_when_it_was_kept(letters, another):
    found = Dictionary.of(letters * 3 + [b"a line of some length, in three\n" * 3 + b"x" * 3_000] * 3)
    kept = Dictionary(out(packed(found.data)))
    assert kept.data == found.data
    assert packed(another, found)["sha256"] == packed(another)["sha256"]
    assert out(packed(another, found), kept) == another


@example(b"\x00" * 14 + b"\x01", b"\x00" * 8, None, 4, 224)
@given(LETTERS, COMMON, st.one_of(st.none(), COMMON), st.integers(0), st.integers(1, 255))
def test_damage_and_other_dictionaries_are_an_error_or_do_no_harm(letter, common, other, place, flip):
    kept = packed(letter, Dictionary(common))
    for data, dictionary in (
        (kept["data"], other and Dictionary(other)),
        (flipped(kept["data"], place, flip), Dictionary(common)),
        (kept["data"][: place % len(kept["data"])], Dictionary(common)),
    ):
        found = letter
        with suppress(StoreError):
            found = unpacked(data, kept["sha256"], "it", dictionary)
        assert found == letter


def flipped(data, place, flip):
    changed = bytearray(data)
    changed[place % len(data)] ^= flip
    return bytes(changed)
