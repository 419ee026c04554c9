"""Whether a run could find anything to do. Where that is not certain, it could."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from digest import exits
from digest.errors import DigestError
from digest.frontdesk import FrontDesk
from digest.store import Holder, holder_name
from digest.watching import Sight, glimpse

#: addresses are asked, pages turn over and monitors are told after so long at the latest
LONGEST: Final = timedelta(minutes=5)
#: after these nothing is left undone that time or a change does not show; after others a run is tried again
_ENDED_WELL: Final = frozenset({exits.DONE, exits.DELIVERY, exits.SOURCE})


@dataclass(frozen=True, slots=True)
class _Memory:
    """What the latest run left behind."""

    began: datetime
    wake: datetime
    files: Sight
    writer: Holder | None


class Lookout:
    """Compares what a run would look at with what the latest run left: files, commands since, the time."""

    def __init__(self, desk: FrontDesk) -> None:
        self._desk = desk
        self._config = _mark(desk.config_path)
        self._memory: _Memory | None = None

    def wants_run(self, now: datetime) -> bool:
        """Whether a run at this moment could do anything; a clock that was set back counts as a reason."""
        memory = self._memory
        return (
            memory is None
            or not memory.began <= now < memory.wake
            or self.files() != memory.files
            or self._desk.last_writer() != memory.writer
            # runs go by a new configuration at once; what this process knows is the old one
            or _mark(self._desk.config_path) != self._config
        )

    def files(self) -> Sight:
        """Everything in the places that files come from."""
        return glimpse(self._desk.places)

    def note(self, *, began: datetime, files: Sight, process: int, exit_code: int) -> None:
        """A run has ended. `files` were seen before it began, so that what came meanwhile is a change."""
        writer = self._desk.last_writer()
        # somebody who wrote after the run has changed what it saw, and was perhaps not seen themselves
        alone = writer is not None and writer.name == holder_name(process)
        wake = self._wake(began, files) if alone and exit_code in _ENDED_WELL else None
        self._memory = None if wake is None else _Memory(began, wake, files, writer)

    def _wake(self, began: datetime, files: Sight) -> datetime | None:
        """When the next run is wanted at the latest, `None` for at once."""
        try:
            due = self._desk.wake_after(began)
        except DigestError:
            return None
        # what had just changed was left for later
        if files.newest + timedelta(seconds=self._desk.settling) > began:
            return None
        return min(due or began + self._longest, began + self._longest)

    @property
    def _longest(self) -> timedelta:
        every = [source.every for source in self._desk.settings.sources if source.url]
        return min([LONGEST, *every])


def _mark(path: Path) -> Hashable:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
