"""zip: several files, each packed for itself, with a table of them at the end.

The table may lie and may be missing, because the end is what a broken download loses. Then the
files are read one behind the other, as far as they go.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from digest.sources.packed.streams import excess

NAME = "zip"
_FILE, _TABLE, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_HEADER = struct.Struct("<4s5HL2L2H")
_MOST_FILES = 1_000
#: a table of so many lines is not even read
_MOST_LINES = 20_000
_STEP = 16 * 1024
_ENCRYPTED, _SIZES_BEHIND, _UTF8 = 0x1, 0x8, 0x800
#: what these hold is no listing, although it is a zip
_DOCUMENTS = ("[Content_Types].xml", "META-INF/MANIFEST.MF", "mimetype")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One file of a zip, or with an empty name a flaw of the whole."""

    name: str = ""
    data: bytes = b""
    flaw: str | None = None
    #: whether files follow although the whole has a flaw
    goes_on: bool = False


def is_zip(data: bytes) -> bool:
    """Whether `data` begins as a zip does."""
    return data.startswith((_FILE, _END))


def files(data: bytes, left: Callable[[], int]) -> Iterator[Found]:
    """The files of `data` by name; `left` says how many bytes may still be unpacked."""
    if data.count(_TABLE) > _MOST_LINES:
        yield Found(flaw=f"more than {_MOST_LINES:,} files: it is not read")
        return
    try:
        pack = ZipFile(BytesIO(data))
    except (BadZipFile, ValueError, NotImplementedError, OSError, struct.error, UnicodeDecodeError):
        yield Found(flaw="its table of files is missing or broken: read as far as it goes", goes_on=True)
        yield from _one_by_one(data, left)
        return
    with pack:
        yield from _by_table(pack, left)


def _by_table(pack: ZipFile, left: Callable[[], int]) -> Iterator[Found]:
    lines = pack.infolist()
    wanted = sorted((line for line in lines if _is_wanted(line.filename)), key=lambda line: line.filename)
    refusal = _refusal(lines, wanted)
    if refusal:
        yield Found(flaw=refusal)
        return
    for line in wanted[:_MOST_FILES]:
        yield _read(pack, line, left())
    if len(wanted) > _MOST_FILES:
        yield Found(flaw=f"{len(wanted):,} files: only the first {_MOST_FILES:,} are read", goes_on=True)


def _refusal(lines: list[ZipInfo], wanted: list[ZipInfo]) -> str | None:
    if any(line.filename in _DOCUMENTS for line in lines):
        return "a document or a program, not a packed listing"
    places = sorted((line.header_offset, line.compress_size) for line in lines)
    if any(at + _HEADER.size + size > then for (at, size), (then, _) in pairwise(places)):
        return "its files overlap, as only a trap's do"
    return None if wanted else "no file is in it"


def _is_wanted(name: str) -> bool:
    """Whether this is a file that somebody put there: no folder, no hidden file, none of the Mac's own."""
    parts = name.replace("\\", "/").split("/")
    return bool(parts[-1]) and "__MACOSX" not in parts and not any(part.startswith(".") for part in parts)


def _read(pack: ZipFile, line: ZipInfo, left: int) -> Found:
    if line.flag_bits & _ENCRYPTED:
        return Found(name=line.filename, flaw="encrypted: it is not read")
    if line.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        return Found(name=line.filename, flaw=f"packed by method {line.compress_type}, which is not read")
    pieces: list[bytes] = []
    size = 0
    try:
        with pack.open(line) as file:
            while piece := file.read(_STEP):
                pieces.append(piece)
                size += len(piece)
                if flaw := excess(size, line.compress_size, left):
                    return Found(name=line.filename, flaw=flaw)
    except (
        BadZipFile,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        OSError,
        zlib.error,
    ) as error:
        flaw = f"broken, what follows is missing ({str(error)[:80]})"
        return Found(name=line.filename, data=b"".join(pieces), flaw=flaw)
    return Found(name=line.filename, data=b"".join(pieces))


def _one_by_one(data: bytes, left: Callable[[], int]) -> Iterator[Found]:
    """The files in the order in which they stand, found by their own headers."""
    at = count = 0
    while count < _MOST_FILES and data.startswith(_FILE, at) and at + _HEADER.size <= len(data):
        _, _, flags, method, _, _, _, packed, _, name_size, extra = _HEADER.unpack_from(data, at)
        at += _HEADER.size
        name = data[at : at + name_size].decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        at += name_size + extra
        count += 1
        if flags & _ENCRYPTED or method not in {ZIP_STORED, ZIP_DEFLATED}:
            found, at = (
                Found(name=name, flaw="encrypted or packed in another way: it is not read"),
                at + packed,
            )
        elif method == ZIP_DEFLATED:
            found, at = _deflated(data, at, name, left())
        elif flags & _SIZES_BEHIND and not packed:
            found = Found(name=name, flaw="how long it is stood in the table alone: it is not read")
        else:
            found, at = _stored(data, at, packed, name, left())
        if flags & _SIZES_BEHIND:
            at = max(at, data.find(_FILE, at))
        if _is_wanted(name):
            yield found


def _deflated(data: bytes, at: int, name: str, left: int) -> tuple[Found, int]:
    start, size, pieces = at, 0, list[bytes]()
    part = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    while not part.eof and (step := data[at : at + _STEP]):
        try:
            pieces.append(part.decompress(step))
        except zlib.error as error:
            return Found(name=name, data=b"".join(pieces), flaw=f"broken ({error})"), len(data)
        size += len(pieces[-1])
        at += len(step) - len(part.unused_data)
        if flaw := excess(size, at - start, left):
            return Found(name=name, flaw=flaw), len(data)
    flaw = None if part.eof else "it ends in its middle: what follows is missing"
    return Found(name=name, data=b"".join(pieces), flaw=flaw), at


def _stored(data: bytes, at: int, size: int, name: str, left: int) -> tuple[Found, int]:
    if flaw := excess(size, size, left):
        return Found(name=name, flaw=flaw), at + size
    cut = at + size > len(data)
    flaw = "it ends in its middle: what follows is missing" if cut else None
    return Found(name=name, data=data[at : at + size], flaw=flaw), at + size
