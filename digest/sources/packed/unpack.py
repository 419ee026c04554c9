"""Packed files to the files in them, found from their bytes: gzip, zstd, zip, one inside another at most.

What cannot be unpacked, or only in part, is a `Problem` beside what could. Nothing is written anywhere,
so that a member's name is a name and never a path.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from digest.model import Problem, Severity
from digest.sources.fetch import MAX_BYTES
from digest.sources.packed import zips
from digest.sources.packed.streams import GZIP, ZSTD, Codec, inflate
from digest.text import printable

#: a packed file, and one more inside it
_DEEPEST = 2
_OTHERS = (
    (b"BZh", 0, "bzip2"),
    (b"\xfd7zXZ\0", 0, "xz"),
    (b"7z\xbc\xaf\x27\x1c", 0, "7-Zip"),
    (b"Rar!\x1a\x07", 0, "RAR"),
    (b"\x04\x22\x4d\x18", 0, "LZ4"),
    (b"ustar", 257, "tar"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of a packed file, or the file itself where it is none."""

    #: `monday.json` of `monday.json.gz`, `week.zip/monday.json` of `week.zip`
    name: str
    data: bytes


@dataclass(slots=True)
class _Room:
    """How many bytes may still be unpacked, all levels together."""

    left: int
    most: int


def unpack(data: bytes, *, name: str, max_bytes: int = MAX_BYTES) -> tuple[Member | Problem, ...]:
    """The files in `data`, sorted by name in each; `data` itself where it is not packed.

    All that is unpacked comes to no more than `max_bytes`.
    """
    return tuple(_members(data, name, 0, _Room(left=max_bytes, most=max_bytes)))


def _members(data: bytes, name: str, depth: int, room: _Room) -> Iterator[Member | Problem]:
    codec = next((codec for codec in (GZIP, ZSTD) if data.startswith(codec.magics)), None)
    kind = codec.name if codec else zips.NAME if zips.is_zip(data) else _other(data)
    if kind is None:
        yield Member(name=name, data=data)
    elif depth == _DEEPEST:
        yield _problem(
            name, f"{kind} inside a packed file inside a packed file is not unpacked", Severity.LOST
        )
    elif codec:
        yield from _streamed(data, name, codec, depth, room)
    elif kind == zips.NAME:
        yield from _zipped(data, name, depth, room)
    else:
        what = f"{kind} is not unpacked: unpack it, or pack it as gzip, zstd or zip"
        yield _problem(name, what, Severity.LOST if depth else Severity.FATAL)


def _other(data: bytes) -> str | None:
    return next((kind for magic, at, kind in _OTHERS if data.startswith(magic, at)), None)


def _streamed(data: bytes, name: str, codec: Codec, depth: int, room: _Room) -> Iterator[Member | Problem]:
    found = inflate(data, codec, room.left)
    room.left -= len(found.data)
    if found.flaw:
        severity = Severity.LOST if found.data or depth else Severity.FATAL
        yield _problem(name, f"{codec.name}: {found.flaw}", severity)
    if found.data:
        yield from _members(found.data, _without_ending(name, codec), depth + 1, room)
    elif not found.flaw:
        yield Member(name=_without_ending(name, codec), data=b"")


def _zipped(data: bytes, name: str, depth: int, room: _Room) -> Iterator[Member | Problem]:
    for found in zips.files(data, lambda: room.left):
        room.left -= len(found.data)
        inner = f"{name}/{printable(found.name)}" if found.name else name
        if found.flaw:
            fatal = not found.name and not found.goes_on and not depth
            yield _problem(inner, f"zip: {found.flaw}", Severity.FATAL if fatal else Severity.LOST)
        if found.data or not found.flaw:
            yield from _members(found.data, inner, depth + 1, room)


def _without_ending(name: str, codec: Codec) -> str:
    ending = next((ending for ending in codec.endings if name.lower().endswith(ending)), "")
    return name[: len(name) - len(ending)] or name


def _problem(name: str, what: str, severity: Severity) -> Problem:
    return Problem(where=printable(name), what=what, severity=severity)
