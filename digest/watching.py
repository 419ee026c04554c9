"""Notice that files appeared: at once, so that nobody waits for the next look, or since an earlier one."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Final, NamedTuple

#: how often folders that are not there yet are looked for, in milliseconds
_LOOK_AGAIN = 60_000
#: `watchfiles.Change.deleted`
_DELETED = 3


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Sight(NamedTuple):
    """What was in some places. Equal sights mean that nothing came, went or changed in between."""

    mark: bytes
    #: when the newest file or folder was last changed; the beginning of time where there is none
    newest: datetime


def glimpse(places: Collection[Path]) -> Sight:
    """What is in these places (files, folders, globs) now."""
    seen = sorted(facts for place in places for path in _in(place) if (facts := _facts(path)))
    newest = max((changed for _, changed, _, _ in seen), default=0)
    return Sight(hashlib.blake2b(repr(seen).encode("utf-8", "surrogatepass")).digest(), _moment(newest))


def _in(place: Path) -> Iterator[Path]:
    yield place
    try:
        if place.is_dir():
            yield from place.iterdir()
        elif glob.has_magic(str(place)) and not place.exists():
            yield from map(Path, glob.iglob(str(place)))  # noqa: PTH207 - as files are looked for elsewhere
    except OSError:
        return  # gone or closed to us: what comes of it is a run's to say


def _facts(path: Path) -> tuple[str, int, int, int] | None:
    """Name, last change in nanoseconds, size and inode."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return str(path), facts.st_mtime_ns, facts.st_size, facts.st_ino


def _moment(nanoseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError:  # a nonsensical time, such as from a broken archive
        return datetime.max.replace(tzinfo=UTC) - timedelta(days=3)


class Watcher:
    """Calls `noticed`, from a thread of its own, whenever a plain file of a folder came or changed."""

    def __init__(
        self, folders: Collection[Path], noticed: Callable[[], None], *, tell: Callable[[str], None]
    ) -> None:
        """Name the folders; nothing is watched before `start`. `tell` hears when that cannot be done."""
        self._folders = tuple(folders)
        self._noticed = noticed
        self._tell = tell
        self._stop = Event()
        self._thread = Thread(target=self._stay, name="watching", daemon=True)

    def start(self) -> None:
        """Begin; without folders there is nothing to do."""
        if self._folders:
            self._thread.start()

    def stop(self) -> None:
        """End and wait for the thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _stay(self) -> None:
        told = False
        while not self._stop.is_set():
            try:
                self._watch(self._there())
            except (OSError, RuntimeError) as error:  # such as too few watches allowed, or a folder that went
                if not told:
                    self._tell(f"new files are looked for once a minute only: cannot watch: {error}")
                told = True
                self._stop.wait(_LOOK_AGAIN / 1000)

    def _there(self) -> set[Path]:
        return {folder for folder in self._folders if folder.is_dir()}

    def _watch(self, folders: set[Path]) -> None:
        """Watch until other folders are there than now."""
        from watchfiles import watch  # noqa: PLC0415 - heavy

        if not folders:
            self._stop.wait(_LOOK_AGAIN / 1000)
            return
        for changes in watch(
            *folders,
            watch_filter=_is_arrival,
            stop_event=self._stop,
            recursive=False,
            rust_timeout=_LOOK_AGAIN,
            yield_on_timeout=True,
            raise_interrupt=False,
        ):
            if changes:
                self._noticed()
            if self._there() != folders:
                return


def _is_arrival(change: int, path: str) -> bool:
    """Whether a change may bring something to read: no deletion, no hidden or unfinished file."""
    return change != _DELETED and not Path(path).name.startswith(".")
