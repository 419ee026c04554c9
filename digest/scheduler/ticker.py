"""Start runs, one at a time, and tell of each trouble once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock
from typing import Final

import digest
from digest import exits
from digest.scheduler.lookout import Lookout

#: seconds that a run has to end when we are told to stop
PATIENCE: Final = 15.0
#: the program is found from here, whatever folder we were started in
_HOME: Final = Path(digest.__file__).resolve().parents[1]
#: how a run ends that was told to, outside sending, or that was cut off: we know
_TOLD_TO_END: Final = frozenset({130, -signal.SIGTERM, -signal.SIGKILL})
_OURS: Final = re.compile(r"^digest: ", re.MULTILINE)


class Ticker:
    """Does one run at a time, as a process of its own, and tells of each trouble once, not every minute."""

    def __init__(self, config: Path, *, tell: Callable[[str], None]) -> None:
        self._command = [sys.executable, "-m", "digest", "--config", str(config.absolute()), "run"]
        self._tell = tell
        self._told: set[str] = set()
        self._one_at_a_time = Lock()
        self._process: subprocess.Popen[str] | None = None
        self._starting = Lock()
        self._stopping = False
        self._at_rest = Event()
        self._at_rest.set()

    def tick(self, lookout: Lookout | None = None, *, now: datetime | None = None) -> None:
        """One run, unless `lookout` sees nothing to do; what fails is told, and the next tick tries again.

        `now` is the moment that the run takes for the present one; without it, it asks the clock itself.
        """
        with self._one_at_a_time:
            moment = now or datetime.now(UTC)
            if lookout is not None and not lookout.wants_run(moment):
                return
            files = lookout.files() if lookout is not None else None
            process = self._start(["--now", now.isoformat()] if now else [])
            if process is None:
                return
            try:
                _, said = process.communicate()
            finally:
                self._at_rest.set()
            self._hear(process.returncode, said)
            if lookout is not None and files is not None:
                lookout.note(began=moment, files=files, process=process.pid, exit_code=process.returncode)

    def stop(self) -> None:
        """Start nothing more, tell a run that has begun to end, and wait for it, but not for ever."""
        with self._starting:
            self._stopping = True
            process = self._process
        if process is None or self._at_rest.is_set():
            return
        process.send_signal(signal.SIGTERM)
        if not self._at_rest.wait(PATIENCE):
            with suppress(ProcessLookupError):
                # with the helpers that it may have started
                os.killpg(process.pid, signal.SIGKILL)
            self._tell(
                f"the run that had begun did not end within {PATIENCE:g} seconds and was cut off; "
                "a mail that it was handing over is in doubt, as `digest status` will say"
            )

    def _start(self, options: list[str]) -> subprocess.Popen[str] | None:
        with self._starting:
            if self._stopping:
                return None
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                    self._command + options,
                    cwd=_HOME,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    encoding="utf-8",
                    errors="replace",
                    # Ctrl-C is for us: a run is told by `stop`
                    process_group=0,
                )
            except OSError as error:
                self._hear(exits.BUG, f"digest: a run cannot be started: {error}")
                return None
            self._at_rest.clear()
            return self._process

    def _hear(self, exit_code: int, said: str) -> None:
        """Tell what a run complained of, if that is new."""
        if exit_code == exits.LOCKED:
            return  # another run is at it: the next tick looks again
        if self._stopping and exit_code in _TOLD_TO_END:
            return
        troubles = _troubles(said)
        if exit_code < 0:
            troubles.append(f"a run was ended by signal {-exit_code}, perhaps for want of memory")
        elif exit_code > 0 and not troubles:
            troubles.append(f"a run ended with exit code {exit_code}")
        for trouble in troubles:
            if trouble not in self._told:
                self._tell(trouble)
        self._told = set(troubles)


def _troubles(said: str) -> list[str]:
    """What a command wrote to standard error, complaint by complaint; one may have several lines."""
    return [text for part in _OURS.split(said) if (text := part.strip())]
