"""Put a file that was read where it is out of the way."""

from __future__ import annotations

from pathlib import Path

from digest.model import Problem, Severity
from digest.text import printable

#: names tried for a file whose own is taken
_MOST_NAMES = 10_000


def shelve(path: Path, folder: Path) -> Problem | None:
    """Move `path` into `folder`, which is created, over no other file; or why that cannot be done.

    The file keeps its name, with a number before the ending where that is taken.
    """
    try:
        folder.mkdir(exist_ok=True)
        path.rename(_free(folder, path))
    except OSError as error:
        what = f"was read but cannot be moved to {printable(str(folder))}: {error.strerror or error}"
        return Problem(where=printable(str(path)), what=what, severity=Severity.NOTE)
    return None


def _free(folder: Path, path: Path) -> Path:
    names = (f"{path.stem}-{number}{path.suffix}" for number in range(2, _MOST_NAMES))
    for name in (path.name, *names):
        if not (folder / name).exists():
            return folder / name
    raise OSError(f"{_MOST_NAMES:,} files there have this name")
