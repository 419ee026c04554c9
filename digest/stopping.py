"""Being told to end: by Ctrl-C, or by SIGTERM from whoever started the program.

Most work ends at once, and its transaction is undone. Sending ends gently: what is on its way is
finished first. A second signal ends that too.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stop:
    """Whether somebody asked this program to end."""

    def __init__(self) -> None:
        self.asked = False
        self._gentle = False

    @contextmanager
    def gently(self) -> Iterator[Callable[[], bool]]:
        """Inside, the first signal only makes the answer true; it is gentle nowhere else."""
        self._gentle = True
        try:
            yield lambda: self.asked
        finally:
            self._gentle = False

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        first, self.asked = not self.asked, True
        if not (self._gentle and first):
            raise KeyboardInterrupt


@contextmanager
def heeding_signals() -> Iterator[Stop]:
    """Heed SIGTERM and Ctrl-C inside; for the main thread of a program."""
    stop = Stop()
    before = {number: signal.signal(number, stop._hear) for number in _SIGNALS}  # noqa: SLF001 - its other half
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
