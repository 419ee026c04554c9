"""The ranking's statistics of the archive, kept as the ranker packed them."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from digest.store.tables import BACKGROUND


class BackgroundBook:
    """One packed background, and up to which paper it counts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self) -> tuple[bytes, int] | None:
        """The packed statistics and the id of the newest paper in them."""
        row = self._connection.execute(select(BACKGROUND.c.data, BACKGROUND.c.last_paper_id)).first()
        return (row.data, row.last_paper_id) if row else None

    def last_paper_id(self) -> int | None:
        """The id of the newest paper counted; `None` before the first."""
        return self._connection.scalar(select(BACKGROUND.c.last_paper_id))

    def put(self, data: bytes, last_paper_id: int) -> None:
        """Replace the packed statistics."""
        self._connection.execute(delete(BACKGROUND))
        self._connection.execute(insert(BACKGROUND).values(id=1, data=data, last_paper_id=last_paper_id))
