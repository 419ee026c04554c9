"""What one part of a mail says, before it is known which mail it is about."""

from __future__ import annotations

from dataclasses import dataclass

from digest.model import ReturnKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A finding of one of the readers in this room."""

    kind: ReturnKind
    status: str | None = None
    code: int | None = None
    recipient: str | None = None
    #: the server's words, as they came
    detail: str = ""
    token: str | None = None
    is_report: bool = False
