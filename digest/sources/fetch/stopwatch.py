"""How long a run has been going, and pauses between requests: no date, only seconds."""

from __future__ import annotations

import time


class Stopwatch:
    """Runs from the moment it is made."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def seconds(self) -> float:
        """How many have gone by."""
        return time.monotonic() - self._start

    def pause(self, seconds: float) -> None:
        """Let `seconds` go by."""
        time.sleep(seconds)
