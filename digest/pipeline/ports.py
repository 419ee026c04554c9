"""What the use cases ask for."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from digest.store import Transaction


class Store(Protocol):
    """Transactions on the archive: real ones, or those of a rehearsal that leaves nothing."""

    #: whether what is written stays
    lasting: bool

    def read(self) -> AbstractContextManager[Transaction]:
        """A consistent view; nothing that happens in it is kept."""

    def write(self) -> AbstractContextManager[Transaction]:
        """All or nothing."""

    def let_go(self) -> bool:
        """Close the file, so that this process may be copied; `False` where copies could not open it."""

    def checkpoint(self) -> None:
        """Empty the log beside the database, as far as nobody reads from it."""

    def generation_noted(self) -> int | None:
        """The number beside the database, `None` where there is none; see `store/generation.py`."""

    def note_generation(self, number: int, *, quickly: bool = False) -> None:
        """Write that number, so that it survives what happens to the database alone.

        `quickly`: a power cut may undo it.
        """


class Clock(Protocol):
    """Tells the present moment, in UTC, as often as it is asked; it never goes back."""

    def __call__(self) -> datetime:
        """The present moment."""


class Progress(Protocol):
    """Is told how far a long stage has come."""

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        """`done` of `total` steps of `stage` are over."""


def silent(_stage: str, _done: int, _total: int, /) -> None:
    """Show nothing."""
