"""What the use cases ask for."""

from __future__ import annotations

from contextlib import AbstractContextManager
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


class Progress(Protocol):
    """Is told how far a long stage has come."""

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        """`done` of `total` steps of `stage` are over."""


def silent(_stage: str, _done: int, _total: int, /) -> None:
    """Show nothing."""
