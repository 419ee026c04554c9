"""Logs as they lie there: plain, or packed by gzip, bzip2, xz or zstd, whatever they are called.

Read piece by piece: neither a file nor a line without an end takes memory.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

import zstandard

from digest.errors import UsageError

_PIECE: Final = 1 << 18
#: of a longer line the rest is passed over, in bytes
_LONGEST_LINE: Final = 1 << 16
#: what a zstd file may ask for, in bytes
_ZSTD_WINDOW: Final = 1 << 27


def _unzstd(raw: BinaryIO) -> IO[bytes]:
    unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    return unpacker.stream_reader(raw, read_across_frames=True)


_PACKED: Final[dict[bytes, Callable[[BinaryIO], IO[bytes]]]] = {
    b"\x1f\x8b": lambda raw: cast("IO[bytes]", gzip.GzipFile(fileobj=raw)),
    b"BZh": lambda raw: cast("IO[bytes]", bz2.BZ2File(raw)),
    b"\xfd7zXZ": lambda raw: cast("IO[bytes]", lzma.LZMAFile(raw)),  # noqa: SIM115 - closed with its log
    b"\x28\xb5\x2f\xfd": _unzstd,
}
_DAMAGED: Final = (OSError, EOFError, lzma.LZMAError, zlib.error, zstandard.ZstdError)


@dataclass(slots=True)
class Log:
    """One log, open at its beginning."""

    name: str
    _stream: IO[bytes]
    #: the file below, where it is ours to close
    _file: BinaryIO | None = None
    #: what was read of it already, to see when it begins
    _begun: list[list[bytes]] = field(default_factory=list)
    #: why reading ended before its end
    problem: str | None = None

    def first_lines(self) -> list[bytes]:
        """The first lines, which will be read all the same."""
        if not self._begun:
            self._begun.append(next(self._pieces(), []))
        return self._begun[0]

    def lines(self) -> Iterator[list[bytes]]:
        """All lines, some thousands at a time, without their ends."""
        yield self.first_lines()
        yield from self._pieces()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._stream.close()
            self._file.close()

    def _pieces(self) -> Iterator[list[bytes]]:
        rest, skipping = self._rest, self._skipping
        while piece := self._read():
            *lines, rest = (rest + piece).split(b"\n")
            if skipping and lines:
                lines, skipping = lines[1:], False
            if len(rest) > _LONGEST_LINE:
                if not skipping:
                    lines.append(rest)
                rest, skipping = b"", True
            self._rest, self._skipping = rest, skipping
            yield lines
        self._rest = b""
        if rest and not skipping:
            yield [rest]

    _rest: bytes = b""
    _skipping: bool = False

    def _read(self) -> bytes:
        if self.problem is not None:
            return b""
        try:
            return self._stream.read(_PIECE)
        except _DAMAGED as error:
            # what was read until here is true all the same
            self.problem = f"{self.name}: {error}; it was read until there"
            return b""


def open_log(path: Path, standard_input: BinaryIO | None = None) -> Log:
    """A log by its path; `-` is standard input. Raises `UsageError` where there is none."""
    if path == Path("-"):
        if standard_input is None:
            raise UsageError("standard input is closed: there is no log to read")
        return Log("standard input", _unpacked(standard_input))
    try:
        file = path.open("rb")
        return Log(str(path), _unpacked(file), file)
    except OSError as error:
        raise UsageError(f"cannot read the log {path}: {error.strerror}") from error


def _unpacked(raw: BinaryIO) -> IO[bytes]:
    peek = getattr(raw, "peek", None)
    head: bytes = peek(8) if peek else b""
    for magic, unpack in _PACKED.items():
        if head.startswith(magic):
            return unpack(raw)
    return raw
