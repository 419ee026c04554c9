"""One writer at a time: an advisory lock on a file beside the database.

The lock spares a second run its work and tells its owner so. It is not the guarantee: the unique
keys of the tables are.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from digest.errors import LockedError, StoreError

_POLL_SECONDS = 0.1


@contextmanager
def lock(path: Path, *, wait: float) -> Iterator[None]:
    """Hold the lock at `path`, waiting `wait` seconds for it; raise `LockedError` when another has it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"cannot open the lock file {path}: {error.strerror}") from error
    try:
        _acquire(descriptor, path, wait)
        _sign(descriptor)
        yield
    finally:
        os.close(descriptor)


def _sign(descriptor: int) -> None:
    """Say who holds the lock; on a full disk nobody learns it."""
    with suppress(OSError):
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}\n".encode(), 0)


def _acquire(descriptor: int, path: Path, wait: float) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 100, 0).decode(errors="replace").strip() or "another run"
                raise LockedError(
                    f"another run holds the lock {path} ({holder}); this one ends without doing anything"
                ) from error
            time.sleep(_POLL_SECONDS)
        else:
            return
