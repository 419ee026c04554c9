"""Feedback: what a reader says about papers. Given by command or by file; clicks are never recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.model.papers import Paper
from digest.model.utc import require_utc


class Opinion(StrEnum):
    """What a reader thinks of a paper."""

    LIKE = "like"
    DISLIKE = "dislike"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One reader's opinion of one paper."""

    opinion: Opinion
    #: as the archive has it now, or as it was given where the archive does not have it
    paper: Paper
    #: `None` where the archive does not have it
    paper_id: int | None
    at: datetime
    #: `command`, or the name of the library file
    came_from: str

    def __post_init__(self) -> None:
        require_utc(self.at)
