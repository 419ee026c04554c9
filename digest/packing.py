"""The bytes of messages as they are kept: compressed, with the SHA-256 of what was frozen."""

from __future__ import annotations

import hashlib
import threading
import zlib
from typing import TypedDict

import zstandard

from digest.errors import StoreError

_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
#: level 3 takes a tenth of zlib's time for quoted-printable mails and leaves as little
_LEVEL = 3


class _OfThread(threading.local):
    """What one thread alone may use at a time; to make it anew for each message would add a fifth."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_MINE = _OfThread()


class Packed(TypedDict):
    """The two columns."""

    data: bytes
    sha256: str


def packed(data: bytes) -> Packed:
    """`data` as it is kept."""
    return Packed(data=_MINE.compressor.compress(data), sha256=hashlib.sha256(data).hexdigest())


def unpacked(kept: bytes, sha256: str, name: str) -> bytes:
    """What was frozen; raises `StoreError` when the bytes are damaged or others.

    Older databases hold bytes that zlib packed.
    """
    try:
        data = _expanded(kept)
    except (zlib.error, zstandard.ZstdError) as error:
        raise StoreError(f"the bytes of {name} are damaged: {error}") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise StoreError(f"the bytes of {name} are not those that were frozen")
    return data


def _expanded(kept: bytes) -> bytes:
    if kept.startswith(_ZSTD_MAGIC):
        return _MINE.decompressor.decompress(kept)
    return zlib.decompress(kept)
