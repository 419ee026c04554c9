import gzip
import tracemalloc
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.fetch.answers import Stopped
from digest.sources.fetch.inflate import unpacked

PACKED = gzip.compress(b"paper " * 1000, mtime=0)


def pieces(data, size=7):
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_what_is_not_packed_stays_as_it_is(encoding):
    assert unpacked([b"a", b"", b"b"], encoding, max_bytes=2) == b"ab"


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", " GZIP "])
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_gzip_is_unpacked_however_it_is_cut(encoding, size):
    assert unpacked(pieces(PACKED, size), encoding, max_bytes=6000) == b"paper " * 1000


@pytest.mark.parametrize(
    ("data", "encoding", "why"),
    [
        (b"ab" * 50_000, "", "more than 6,000 bytes"),
        (gzip.compress(b"0" * 6001, mtime=0), "gzip", "6,000 bytes"),
        (gzip.compress(b"0" * 50_000_000, mtime=0), "gzip", "6,000 bytes"),
        (PACKED[:-3], "gzip", "breaks off"),
        (b"", "gzip", "breaks off"),
        (PACKED[:-8] + b"12345678", "gzip", "is not"),
        (b"plain text, not packed at all", "gzip", "is not"),
        (PACKED + b"more", "gzip", "more follows"),
        (PACKED * 500, "gzip", "more follows"),
        (zlib.compress(b"a"), "deflate", "packed as “deflate”"),
        (b"a", "gzip, gzip", "packed as “gzip, gzip”"),
        (b"a", "br\r\nX: y", "packed as “br X: y”"),
    ],
    ids=lambda value: len(value) if isinstance(value, bytes) else value,
)
def test_what_is_too_much_or_broken_is_named(data, encoding, why):
    with pytest.raises(Stopped, match=why):
        unpacked(pieces(data, 4096), encoding, max_bytes=6000)


def test_a_bomb_is_not_unpacked_further_than_the_cap():
    bomb = gzip.compress(b"0" * 20_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(Stopped):
            unpacked([bomb], "gzip", max_bytes=100_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


@given(data=st.binary(max_size=300), size=st.integers(1, 50))
def test_no_bytes_do_worse_than_stop(data, size):
    with suppress(Stopped):
        assert len(unpacked(pieces(data, size), "gzip", max_bytes=1000)) <= 1000
