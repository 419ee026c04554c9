"""Open the database file, keep its schema current, and hand out transactions.

SQLite in WAL mode with `synchronous=FULL`: a commit survives a crash and a power loss. Writers begin
with `BEGIN IMMEDIATE`, so that what they read is still true when they write.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.pool import StaticPool

from digest.errors import StoreError
from digest.store import generation
from digest.store.schema import is_current, upgrade
from digest.store.transaction import Transaction
from digest.store.views import Progress, are_current, refresh, silent
from digest.text import fold

#: how long a writer waits for another one, in seconds
BUSY_TIMEOUT = 30.0
_WRITES = {"digest_writes": True}


class Database:
    """The archive, the subscribers, the ledger and the outbox in one SQLite file."""

    #: whether what is written stays
    lasting = True

    def __init__(self, path: Path | None, *, busy_timeout: float = BUSY_TIMEOUT) -> None:
        """Name the file; nothing is opened yet. `None` is a database in memory.

        A writer waits `busy_timeout` seconds for another one.
        """
        self.path = path
        self._engine = _engine(path, busy_timeout)
        self._uuid: str | None = None

    def exists(self) -> bool:
        """Whether there is something to read."""
        return self.path is None or self.path.exists()

    def is_ready(self) -> bool:
        """Whether the file is there, with its schema up to date and a name of its own."""
        if not self.exists():
            return False
        with self._connect(writes=False) as connection:
            return is_current(connection) and Transaction(connection).instance.get() is not None

    def prepare(self, progress: Progress = silent) -> None:
        """Create the file if need be, bring its schema and its views up to date, in one transaction."""
        if self.path is not None:
            _make(self.path)
        with self._connect(writes=False) as connection:
            if is_current(connection) and are_current(connection):
                return
        with self._connect(writes=True) as connection:
            _bring_up_to_date(connection, progress)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A consistent view; nothing that happens in it is kept."""
        with self._connect(writes=False) as connection:
            yield Transaction(connection)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """All or nothing: committed at the end, rolled back when an exception leaves."""
        with self._connect(writes=True) as connection:
            yield Transaction(connection)

    @contextmanager
    def rehearsal(self) -> Iterator[Rehearsal]:
        """Everything done in it is visible to it and gone afterwards; no file appears or changes."""
        if not self.exists():
            elsewhere = Database(None)
            with elsewhere.rehearsal() as rehearsal:
                yield rehearsal
            elsewhere.close()
            return
        with self._connect(writes=True) as connection:
            _bring_up_to_date(connection, silent)
            yield Rehearsal(connection)
            connection.rollback()

    @contextmanager
    def _connect(self, *, writes: bool) -> Iterator[Connection]:
        with translated(self.path), self._engine.connect() as connection:
            connection.execution_options(digest_writes=writes)
            with connection.begin() as transaction:
                yield connection
                if not writes and transaction.is_active:
                    transaction.rollback()

    def generation_noted(self) -> int | None:
        """The number beside the file; see `generation.py`."""
        name = self._name()
        return generation.noted(self.path, name) if self.path and name else None

    def note_generation(self, number: int, *, quickly: bool = False) -> None:
        """Write the number beside the file; `quickly`: a power cut may undo it."""
        name = self._name()
        if self.path and name:
            write = generation.note_quickly if quickly else generation.note
            write(self.path, name, number)

    def _name(self) -> str | None:
        """The permanent name of the database, `None` before it has one."""
        if self._uuid is None:
            with self.read() as transaction:
                instance = transaction.instance.get()
            self._uuid = instance.uuid if instance else None
        return self._uuid

    def let_go(self) -> bool:
        """Close the file, so that this process may be copied; `False` for a database in memory.

        It is opened again when it is asked for something, here and in each copy.
        """
        if self.path is None:
            return False
        self.close()
        return True

    def checkpoint(self) -> None:
        """Empty the log beside the database, as far as nobody reads from it.

        Without this it grows for as long as somebody always does (sqlite.org/wal.html, 6).
        """
        with translated(self.path), self._engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


def _bring_up_to_date(connection: Connection, progress: Progress) -> None:
    if not is_current(connection):
        upgrade(connection)
    refresh(connection, progress)


class Rehearsal:
    """A database whose transactions are savepoints of one transaction that is never committed."""

    lasting = False

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """See `Database.read`."""
        yield Transaction(self._connection)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """See `Database.write`; undone with the whole rehearsal."""
        with self._connection.begin_nested():
            yield Transaction(self._connection)

    def let_go(self) -> bool:
        """Never: what was done would be gone."""
        return False

    def checkpoint(self) -> None:
        """A rehearsal writes no file."""

    def generation_noted(self) -> int | None:
        """Nothing: a rehearsal sends nothing."""
        return None

    def note_generation(self, number: int, *, quickly: bool = False) -> None:
        """A rehearsal writes no file."""


@contextmanager
def translated(path: Path | None) -> Iterator[None]:
    """Turn the driver's errors into ours, naming the file and what to do."""
    place = str(path) if path else "the database in memory"
    try:
        yield
    except (exc.OperationalError, sqlite3.OperationalError) as error:
        words = str(getattr(error, "orig", error))
        advice = next((a for sign, a in _ADVICE.items() if sign in words), "check the file and its folder")
        raise StoreError(f"{place}: {words}; {advice}") from error
    except (exc.DatabaseError, sqlite3.DatabaseError) as error:
        cause = error if isinstance(error, sqlite3.Error) else error.orig
        if isinstance(cause, sqlite3.IntegrityError):
            raise
        raise StoreError(f"{place}: {cause}; is this file a digest database?") from error


_ADVICE = {
    "locked": "another program is writing to it; try again when it is done",
    "readonly": "it, a file beside it or the folder may not be written by this user; change owner or mode",
    "unable to open": "its folder must exist and be writable by this user",
    "full": "free some disk space; nothing of this transaction was kept",
    "disk I/O": "the disk may be failing or full: look into the system's log",
}


def _make(path: Path) -> None:
    """An empty file for its owner alone: addresses and secrets will be in it.

    The files that SQLite puts beside it take its mode.
    """
    if path.exists():
        return  # whether it may be written shows at the first write
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the database {path}: {error.strerror}") from error


def _engine(path: Path | None, busy_timeout: float) -> Engine:
    options: dict[str, Any] = {} if path else {"poolclass": StaticPool}
    # sending has a thread of its own for the database: one after another, never both at once
    memory = {} if path else {"check_same_thread": False}
    url = f"sqlite:///{path}" if path else "sqlite://"
    engine = create_engine(
        url,
        connect_args={"timeout": busy_timeout} | memory,
        json_serializer=_to_json,
        json_deserializer=_from_json,
        **options,
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _to_json(value: object) -> str:
    """JSON; most lists of papers are empty, which needs no encoder."""
    return "[]" if value == [] else json.dumps(value)


def _from_json(text: str) -> object:
    return [] if text == "[]" else json.loads(text)


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    # the driver must not begin transactions on its own: `_begin` does, and savepoints then work
    connection.isolation_level = None
    # for searches: SQLite itself knows the case of ASCII letters only
    connection.create_function("digest_fold", 1, fold, deterministic=True)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("digest_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
