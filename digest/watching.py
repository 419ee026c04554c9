"""Notice at once that files appeared in a folder, so that nobody waits for the next look."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from threading import Event, Thread

#: how often folders that are not there yet are looked for, in milliseconds
_LOOK_AGAIN = 60_000
#: `watchfiles.Change.deleted`
_DELETED = 3


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
