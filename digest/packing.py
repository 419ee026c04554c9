"""The bytes of messages as they are kept: compressed, with the SHA-256 of what was frozen.

The letters of one run are much alike: the same style sheet, the same papers. A `Dictionary` holds what some
of them have in common, and packed with it the others take two fifths of the bytes.
"""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import Final, Self, TypedDict

import zstandard

from digest.errors import StoreError

_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
#: level 3 takes a tenth of zlib's time for quoted-printable mails and leaves as little
_LEVEL = 3
#: a dictionary has so many bytes at most, for memory's sake: from a mebibyte on messages get larger again
_MOST: Final = 750_000
#: and so many at least: it is kept beside what it makes smaller
_LEAST: Final = 2_000
#: no message has more bytes; damaged ones may claim to, and room for all of them would be asked for
_LARGEST: Final = 1 << 28
#: so many letters have what is common: see `Dictionary.of`
_SEVERAL: Final = 3
#: shorter lines are cheaper to say again than to find
_SHORT: Final = 20


class _Tools(threading.local):
    """What one thread alone may use at a time; to make it anew for each message would add a fifth."""

    def __init__(self, common: zstandard.ZstdCompressionDict | None = None) -> None:
        self._common = common

    @cached_property
    def compressor(self) -> zstandard.ZstdCompressor:
        return zstandard.ZstdCompressor(level=_LEVEL, dict_data=self._common)

    @cached_property
    def decompressor(self) -> zstandard.ZstdDecompressor:
        return zstandard.ZstdDecompressor(dict_data=self._common)


_PLAIN: Final = _Tools()


class Dictionary:
    """What many letters have in common. What is packed with it is unpacked with the same bytes alone."""

    def __init__(self, data: bytes) -> None:
        """One that was made before; to unpack with. For packing much, `of` prepares it."""
        self._common = zstandard.ZstdCompressionDict(data, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        self.tools: Final = _Tools(self._common)

    @classmethod
    def of(cls, letters: Iterable[bytes]) -> Self | None:
        """The lines that at least three of some letters have, in the order in which the third came.

        What only one letter has is its reader's: the address, links that speak for them. It stays out, for a
        dictionary outlives the letters it was made of; and so does what only two have, who may be one person
        or one household. `None` where so little is common that it is not worth being kept.
        """
        data = _common(letters)
        if len(data) < _LEAST:
            return None
        found = cls(data)
        # a megabyte and a millisecond, once, and not for each letter
        found._common.precompute_compress(level=_LEVEL)
        return found

    @property
    def data(self) -> bytes:
        """All that it is."""
        return self._common.as_bytes()

    def packed(self) -> Packed:
        """It as it is kept itself."""
        # by tools of its own: those for messages would stay as large as it needs them
        return _packed(self.data, zstandard.ZstdCompressor(level=_LEVEL))


class Packed(TypedDict):
    """The two columns."""

    data: bytes
    sha256: str


def packed(data: bytes, dictionary: Dictionary | None = None) -> Packed:
    """`data` as it is kept."""
    return _packed(data, (dictionary.tools if dictionary else _PLAIN).compressor)


def unpacked(kept: bytes, sha256: str, name: str, dictionary: Dictionary | None = None) -> bytes:
    """What was frozen; raises `StoreError` when the bytes are damaged or others, as with another dictionary.

    Older databases hold bytes that zlib packed.
    """
    try:
        data = _expanded(kept, dictionary.tools if dictionary else _PLAIN)
    except (zlib.error, zstandard.ZstdError) as error:
        raise StoreError(f"the bytes of {name} are damaged: {error}") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise StoreError(f"the bytes of {name} are not those that were frozen")
    return data


def _packed(data: bytes, compressor: zstandard.ZstdCompressor) -> Packed:
    return Packed(data=compressor.compress(data), sha256=hashlib.sha256(data).hexdigest())


def _expanded(kept: bytes, tools: _Tools) -> bytes:
    if kept.startswith(_ZSTD_MAGIC):
        if zstandard.frame_content_size(kept) > _LARGEST:
            raise zstandard.ZstdError("they would be too many")
        return tools.decompressor.decompress(kept)
    return zlib.decompress(kept)


def _common(letters: Iterable[bytes]) -> bytes:
    """Lines of several letters, with their ends."""
    #: how many letters have a line; by its hash, which takes less memory than it does
    often: Counter[int] = Counter()
    common: list[bytes] = []
    seen = found = 0
    for letter in letters:
        for line in {line: None for line in letter.splitlines(keepends=True) if len(line) > _SHORT}:
            often[hash(line)] += 1
            if often[hash(line)] == 1:
                seen += len(line)
            elif often[hash(line)] == _SEVERAL and found + len(line) <= _MOST:
                common.append(line)
                found += len(line)
        if seen > 4 * _MOST:
            # so unlike each other that more of them would only take memory
            break
    return b"".join(common)
