"""gzip (RFC 1952) and zstd (RFC 8878): one stream of bytes, in one part or several behind each other."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: a block-wise gzip of 32 MB has some 500 parts
_MOST_PARTS = 10_000
#: no listing repeats itself like this; the same holds for the files of a zip
ABSURD_RATIO, FROM_BYTES = 500, 4 * 1024 * 1024
#: zstd's own limit for what every decoder should take is 8 MB; its `--ultra` levels need more
_WIDEST_WINDOW = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """One way of packing a stream."""

    name: str
    magics: tuple[bytes, ...]
    endings: tuple[str, ...]
    #: a decompressor of one part: `decompress`, `eof`, `unused_data`
    start: Callable[[], Any]
    #: bytes that are handed over at once: they cannot become more than some 16 MB
    step: int
    #: the length of a part without content at this place, else 0
    skipped: Callable[[bytes, int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflated:
    """What a stream held; with a flaw, what came before it (nothing where it was too much)."""

    data: bytes
    flaw: str | None = None


def inflate(data: bytes, codec: Codec, most: int) -> Inflated:
    """All parts of `data` behind each other, `most` bytes of content at most."""
    pieces: list[bytes] = []
    size = at = parts = 0
    while at < len(data):
        parts += 1
        if parts > _MOST_PARTS:
            return _kept(pieces, f"more than {_MOST_PARTS:,} parts: the others are not read")
        if skipped := codec.skipped(data, at):
            at += skipped
            continue
        if not data.startswith(codec.magics, at):
            # tapes and block devices fill the rest with zeros
            waste = bool(data[at:].strip(b"\0"))
            return _kept(pieces, "something else follows it, and is not read" if waste else None)
        part = codec.start()
        while not part.eof:
            step = data[at : at + codec.step]
            if not step:
                return _kept(pieces, "it ends in its middle: what follows is missing")
            try:
                piece = part.decompress(step)
            except Exception as error:  # noqa: BLE001 - each library has an exception of its own
                return _kept(pieces, f"broken, what follows is missing ({str(error)[:80]})")
            pieces.append(piece)
            size += len(piece)
            at += len(step) - len(part.unused_data)
            if flaw := excess(size, at, most):
                return Inflated(data=b"", flaw=flaw)
    return _kept(pieces, None)


def excess(unpacked: int, packed: int, most: int) -> str | None:
    """What is wrong with so many bytes out of so few, if so."""
    if unpacked > most:
        return f"it unpacks to more than the {most:,} bytes that are left for it"
    if unpacked > FROM_BYTES and unpacked > ABSURD_RATIO * packed:
        return f"it unpacks to more than {ABSURD_RATIO} times its size, as no listing does"
    return None


def _kept(pieces: list[bytes], flaw: str | None) -> Inflated:
    return Inflated(data=b"".join(pieces), flaw=flaw)


def _zstd() -> Any:  # noqa: ANN401 - the library's own class
    import zstandard  # noqa: PLC0415 - heavy

    return zstandard.ZstdDecompressor(max_window_size=_WIDEST_WINDOW).decompressobj()


def _skippable(data: bytes, at: int) -> int:
    if data[at + 1 : at + 4] != b"\x2a\x4d\x18" or not 0x50 <= data[at] <= 0x5F:
        return 0
    return 8 + int.from_bytes(data[at + 4 : at + 8], "little")


GZIP = Codec(
    name="gzip",
    magics=(b"\x1f\x8b\x08",),
    endings=(".gz", ".gzip"),
    start=lambda: zlib.decompressobj(wbits=16 + zlib.MAX_WBITS),
    step=16 * 1024,
    skipped=lambda _data, _at: 0,
)
ZSTD = Codec(
    name="zstd",
    magics=(b"\x28\xb5\x2f\xfd",),
    endings=(".zst", ".zstd"),
    start=_zstd,
    step=512,
    skipped=_skippable,
)
