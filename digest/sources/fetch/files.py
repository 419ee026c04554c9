"""Places to files, and files to bytes: bounded, and never waiting for a writer.

The only part of this room that touches the file system. What goes wrong is a `Problem`.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from digest.model import Problem, Severity
from digest.text import printable

#: thirty times the largest page seen so far
MAX_BYTES = 32 * 1024 * 1024
_CHUNK = 1024 * 1024
_AT_ONCE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The files of one place, each list sorted by path."""

    ready: tuple[Path, ...] = ()
    #: changed so lately that somebody may still be writing
    waiting: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


def find(location: Path, *, settle_before: datetime | None) -> Found:
    """The files at `location`: a file, a folder's plain files, or what a glob names.

    Files changed at or after `settle_before` wait; a file named directly never does. Folders are
    not searched deeper, and names that begin with a dot are passed over.
    """
    try:
        if location.is_dir():
            return _sorted_out(location.iterdir(), settle_before)
        if location.exists():
            return Found(ready=(location,))
        if glob.has_magic(str(location)):
            return _globbed(location, settle_before)
    except (OSError, ValueError) as error:
        return _nothing(location, f"cannot be looked at: {_reason(error)}", Severity.FATAL)
    return _nothing(location, "no such file or folder: correct the path or create it", Severity.FATAL)


def load(path: Path, *, max_bytes: int = MAX_BYTES) -> tuple[bytes, date] | Problem:
    """The bytes of a file and the UTC day on which it was last changed, or why they cannot be had.

    Never reads more than `max_bytes` + 1 bytes, and does not open what is no plain file: a pipe would
    hang, a device might act.
    """
    try:
        _require_plain(path.stat())
        # without O_NONBLOCK, a pipe that took the file's place since `stat` would wait for a writer
        with os.fdopen(os.open(path, _AT_ONCE), "rb", buffering=0) as file:
            facts = os.fstat(file.fileno())
            _require_plain(facts)
            data = b"" if facts.st_size > max_bytes else _read_up_to(max_bytes + 1, file)
    except (OSError, ValueError) as error:
        return _fatal(path, f"cannot be read: {_reason(error)}")
    size = max(facts.st_size, len(data))
    if size > max_bytes:
        too_large = f"{size:,} bytes, more than the {max_bytes:,} that are read"
        return _fatal(path, f"{too_large}: split it, or take it out of the source")
    return data, _day(facts.st_mtime)


def load_stream(stream: BinaryIO, *, name: str, max_bytes: int = MAX_BYTES) -> bytes | Problem:
    """Everything that `stream` holds, or why it cannot be had; never more than `max_bytes` + 1 are read."""
    try:
        data = stream.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        return Problem(where=name, what=f"cannot be read: {_reason(error)}", severity=Severity.FATAL)
    if len(data) > max_bytes:
        too_large = f"more than the {max_bytes:,} bytes that are read"
        return Problem(where=name, what=f"{too_large}: split it", severity=Severity.FATAL)
    return data


def _sorted_out(paths: Iterable[Path], settle_before: datetime | None) -> Found:
    ready: list[Path] = []
    waiting: list[Path] = []
    for path in sorted(paths):
        try:
            facts = path.stat()
        except OSError:
            continue  # a dangling link, or taken away since the folder was listed
        if stat.S_ISREG(facts.st_mode) and not path.name.startswith("."):
            fresh = settle_before is not None and facts.st_mtime >= settle_before.timestamp()
            (waiting if fresh else ready).append(path)
    return Found(ready=tuple(ready), waiting=tuple(waiting))


def _globbed(location: Path, settle_before: datetime | None) -> Found:
    # `Path.glob` would enter hidden folders, and every folder below for `**`
    names = glob.iglob(str(location))  # noqa: PTH207
    found = _sorted_out(map(Path, names), settle_before)
    if found.ready or found.waiting:
        return found
    folder = next(parent for parent in location.parents if not glob.has_magic(str(parent)))
    if folder.is_dir():
        return _nothing(location, "no file has such a name yet", Severity.NOTE)
    return _nothing(location, f"no such folder: {printable(str(folder))}", Severity.FATAL)


def _nothing(location: Path, what: str, severity: Severity) -> Found:
    return Found(problems=(Problem(where=printable(str(location)), what=what, severity=severity),))


def _require_plain(facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        kind = _KINDS.get(stat.S_IFMT(facts.st_mode), "something else")
        raise ValueError(f"it is {kind}, not a file")


def _read_up_to(limit: int, file: RawIOBase) -> bytes:
    chunks: list[bytes] = []
    left = limit
    while left and (chunk := file.read(min(left, _CHUNK))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def _day(modified: float) -> date:
    try:
        return (_EPOCH + timedelta(seconds=modified)).date()
    except OverflowError:  # a nonsensical time, such as from a broken archive
        return date.max if modified > 0 else date.min


def _fatal(path: Path, what: str) -> Problem:
    return Problem(where=printable(str(path)), what=what, severity=Severity.FATAL)


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
