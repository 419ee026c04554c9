"""Where a paper stands with a reader: as much of a match as choosing asks for, without the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from digest.model import Interest, KnownPaper


class Ranked(Protocol):
    """A match, or as much of one as choosing asks for."""

    @property
    def paper(self) -> KnownPaper:
        """What was found."""

    @property
    def score(self) -> float:
        """0 to 100."""

    @property
    def interest(self) -> Interest | None:
        """The interest that carries most of the score; see `Match.interest`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A match in the making: many are ranked for a reader, and few are chosen and get their reasons."""

    number: int
    """Of the paper among those that are ranked."""
    paper: KnownPaper
    score: float
    interest: Interest | None
