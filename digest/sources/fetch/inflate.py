"""The body of an answer, unpacked under a cap: pure, piece by piece."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from digest.sources.fetch.answers import Failure, Stopped
from digest.text import clip, printable

_GZIP = 16 + zlib.MAX_WBITS


def unpacked(pieces: Iterable[bytes], encoding: str, *, max_bytes: int) -> bytes:
    """The bytes that `pieces` hold; raises `Stopped` where they are too many or broken.

    `encoding` is the header `Content-Encoding`: gzip or nothing, as we asked for no other.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return _joined(pieces, max_bytes)
        case "gzip" | "x-gzip":
            return _joined(_gunzipped(pieces, max_bytes), max_bytes)
    what = f"the answer is packed as “{clip(printable(encoding), 40)}”, which was not asked for"
    raise Stopped(Failure.BROKEN, what)


def _joined(pieces: Iterable[bytes], max_bytes: int) -> bytes:
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) > max_bytes:
            raise Stopped(Failure.REFUSED, f"more than {max_bytes:,} bytes: the answer was not read further")
    return bytes(data)


def _gunzipped(pieces: Iterable[bytes], max_bytes: int) -> Iterable[bytes]:
    inflater = zlib.decompressobj(_GZIP)
    try:
        for piece in pieces:
            # one byte more than may be, so that too much is seen and never held
            yield inflater.decompress(piece, max_bytes + 1)
            if inflater.unconsumed_tail:
                raise Stopped(Failure.REFUSED, f"unpacked it is more than {max_bytes:,} bytes")
            if inflater.unused_data:
                raise Stopped(Failure.BROKEN, "more follows after the end of the packed answer")
    except zlib.error as error:
        raise Stopped(Failure.BROKEN, "the answer says it is gzip, and is not") from error
    if not inflater.eof:
        raise Stopped(Failure.BROKEN, "the packed answer breaks off")
