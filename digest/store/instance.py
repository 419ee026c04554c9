"""Who this database is: its permanent name and the secrets that sign links."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from digest.errors import UsageError
from digest.store.prepared import Prepared
from digest.store.tables import INSTANCE, SECRET
from digest.tokens import MOST_KEYS

_ADVANCE = Prepared(
    update(INSTANCE).values(generation=INSTANCE.c.generation + 1).returning(INSTANCE.c.generation)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A database's permanent name; a copy of the file keeps it."""

    uuid: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyVersion:
    """One key of signed links, without its secret."""

    version: int
    created_at: datetime


class InstanceBook:
    """The one row that says who we are."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self) -> Instance | None:
        """The instance, `None` before `create`."""
        row = self._connection.execute(select(INSTANCE.c.uuid, INSTANCE.c.created_at)).first()
        return Instance(uuid=row.uuid, created_at=row.created_at) if row else None

    def create(self, now: datetime) -> Instance:
        """Give the database its name and its first secret."""
        instance = Instance(uuid=str(uuid.uuid4()), created_at=now)
        self._connection.execute(insert(INSTANCE).values(id=1, uuid=instance.uuid, created_at=now))
        self.add_key(now)
        return instance

    def key_versions(self) -> list[KeyVersion]:
        """Every key version, oldest first; never the secrets."""
        query = select(SECRET.c.version, SECRET.c.created_at).order_by(SECRET.c.version)
        return [
            KeyVersion(version=row.version, created_at=row.created_at)
            for row in self._connection.execute(query)
        ]

    def add_key(self, now: datetime) -> KeyVersion:
        """A new key, which signs from now on; the older ones go on verifying.

        Raises `UsageError` when all versions that a token can name are in use.
        """
        version = max((known.version for known in self.key_versions()), default=0) + 1
        if version > MOST_KEYS:
            raise UsageError(f"there are {MOST_KEYS} keys already, as many as links can tell apart")
        row = {"version": version, "key": secrets.token_bytes(32), "created_at": now}
        self._connection.execute(insert(SECRET).values(row))
        return KeyVersion(version=version, created_at=now)

    def secrets(self) -> dict[int, bytes]:
        """Every key version with its secret."""
        return {row.version: row.key for row in self._connection.execute(select(SECRET))}

    def generation(self) -> int:
        """How many batches of mails were taken in hand; see `generation.py`."""
        return self._connection.scalar(select(INSTANCE.c.generation)) or 0

    def advance(self) -> int:
        """One batch more; the new number."""
        ((number,),) = _ADVANCE.run(self._connection, ())
        return int(number)

    def set_generation(self, number: int) -> None:
        """Go on from `number`: a restored database was noticed."""
        self._connection.execute(update(INSTANCE).values(generation=number))
