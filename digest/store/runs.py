"""Runs of commands that write, for `digest status`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from digest.store.tables import RUN

_KEPT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run did and how it ended."""

    command: str
    started_at: datetime
    finished_at: datetime | None
    exit_code: int | None
    report: dict[str, Any]


class RunBook:
    """The latest runs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, run: Run) -> None:
        """Keep a run; the oldest beyond a thousand go."""
        new_id = self._connection.execute(
            insert(RUN)
            .values(
                command=run.command,
                started_at=run.started_at,
                finished_at=run.finished_at,
                exit_code=run.exit_code,
                report=run.report,
            )
            .returning(RUN.c.id)
        ).scalar_one()
        self._connection.execute(delete(RUN).where(RUN.c.id <= new_id - _KEPT))

    def latest(self, limit: int) -> list[Run]:
        """The newest runs, newest first."""
        rows = self._connection.execute(select(RUN).order_by(RUN.c.id.desc()).limit(limit))
        return [
            Run(
                command=row.command,
                started_at=row.started_at,
                finished_at=row.finished_at,
                exit_code=row.exit_code,
                report=row.report,
            )
            for row in rows
        ]
