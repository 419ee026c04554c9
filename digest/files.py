"""Write files so that no reader ever sees half of one, and nothing changes that need not."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_if_changed(path: Path, data: bytes) -> bool:
    """Make `path` hold `data` and say whether that took a write.

    A file that holds these bytes already keeps its modification time, so that web servers go on
    answering 304. Otherwise a new file takes its place in one step, flushed to disk before and its
    folder after.
    """
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        pass
    write(path, data)
    return True


def write(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Make `path` hold `data` in one step; the folder is created. Raises `OSError`.

    The unfinished file has a name of its own beside `path`: one that a crash left behind is written
    over by the next try.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(unfinished, flags, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)  # whatever the umask says
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Bring the names in `folder` to disk: a new or changed name survives a power cut only then."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
