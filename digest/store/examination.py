"""Look into a database file without changing anything, for `digest doctor`.

A connection of its own, read-only: a damaged or foreign file is described, never opened for writing,
never migrated. SQLite makes two files beside a WAL database even for a reader, unless it is told that
nobody writes: that is said where no `-wal` stands beside it, and the look is repeated the ordinary way
when one has appeared meanwhile.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from digest.errors import StoreError
from digest.store import generation
from digest.store.schema import HEAD

#: how many instructions of SQLite's machine pass between two looks at the watch
_STRIDE = 5_000
_MOST_DAMAGE = 5
#: the trouble with a file that other programs made
FOREIGN = "it is no digest database"
_HEADER = b"SQLite format 3\0"
#: where moments stand that a clock set back would leave in the future
_MOMENTS = (
    ("paper", "first_seen"),
    ("reading", "read_at"),
    ("issue", "composed_at"),
    ("delivery", "updated_at"),
    ("run", "started_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a look at the file showed. What could not be known is `None` or empty."""

    path: Path
    #: in bytes; `None` where there is no file
    size: int | None = None
    #: why it cannot be read as a digest database
    trouble: str | None = None
    #: whether its header says WAL
    wal: bool = False
    #: of its schema; `None` before the first run
    revision: str | None = None
    #: the newest schema that this digest knows
    newest_revision: str = HEAD
    #: what the integrity check said, a few lines of it
    damage: tuple[str, ...] = ()
    #: whether the integrity check came to its end in time
    checked: bool = False
    #: tables with rows that point to no row
    loose: tuple[str, ...] = ()
    #: whether it is older than the number beside it: restored from a copy
    restored: bool = False
    audience: Audience | None = None

    @property
    def is_current(self) -> bool:
        """Whether the schema is the newest."""
        return self.revision == self.newest_revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """What a whole, current database says of its readers and of the time."""

    #: active subscribers who read by mail
    recipients: int = 0
    #: of those, by domain, where the domain was asked for
    at_domains: dict[str, int] = field(default_factory=dict)
    #: of those, with letters beyond ASCII before the @
    beyond_ascii: int = 0
    time_zones: tuple[str, ...] = ()
    #: compressed bytes of a mail, lately; `None` where none is kept
    mail_bytes: int | None = None
    newest_moment: datetime | None = None
    #: mails accepted, and complaints that came, since the moment that was asked about
    accepted: int = 0
    complaints: int = 0
    last_run: datetime | None = None
    #: exit code of that run
    last_exit_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be counted."""

    #: in lower case: readers at these are counted
    domains: tuple[str, ...] = ()
    #: mails and complaints are counted from here on
    since: datetime | None = None


def examine(path: Path, asked: Asked | None = None, *, thorough: bool = False, seconds: float = 10) -> Facts:
    """The facts of the database at `path`; never raises for anything that the file may hold.

    The integrity check is SQLite's `quick_check`, given up after `seconds`; or `integrity_check`,
    which looks at indexes too, taking as long as it takes.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return Facts(path=path)
    except OSError as error:
        return Facts(path=path, size=0, trouble=error.strerror or str(error))
    known = Facts(path=path, size=size, wal=header[18:20] == b"\x02\x02")
    if size == 0:  # made by a first run that came no further
        return known
    if not header.startswith(_HEADER):
        return replace(known, trouble="file is not a database")
    patience, asked = None if thorough else seconds, asked or Asked()
    facts = _look(known, asked, patience, alone=not _is_open(path))
    if (facts.trouble or facts.damage) and _is_open(path):
        # somebody began to write while we looked as if nobody would
        facts = _look(known, asked, patience, alone=False)
    return facts


def active_recipients(path: Path) -> tuple[int, int | None]:
    """How many readers get mails, and a mail's usual size: what `examine` says of that alone.

    Zero where the file cannot tell.
    """
    if not path.exists():
        return 0, None
    try:
        with closing(_open(path, alone=not _is_open(path))) as connection:
            return _count_recipients(connection), _mail_bytes(connection)
    except sqlite3.Error:
        return 0, None


def _is_open(path: Path) -> bool:
    """Whether somebody has the database open, or left something in its log."""
    return path.with_name(path.name + "-wal").exists()


def _open(path: Path, *, alone: bool) -> sqlite3.Connection:
    how = "mode=ro&immutable=1" if alone else "mode=ro"
    return sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, timeout=2)


def _look(facts: Facts, asked: Asked, seconds: float | None, *, alone: bool) -> Facts:
    """`facts` with all that a connection can tell."""
    try:
        with closing(_open(facts.path, alone=alone)) as connection:
            connection.execute("BEGIN")
            facts = _integrity(facts, connection, seconds)
            facts = replace(facts, revision=_revision(connection))
            if facts.revision is None and _has_tables(connection):
                return replace(facts, trouble=FOREIGN)
            if facts.is_current and not facts.damage:
                facts = replace(
                    facts,
                    audience=_audience(connection, asked),
                    restored=_is_restored(facts.path, connection),
                )
    except (sqlite3.Error, StoreError) as error:
        facts = replace(facts, trouble=str(error))
    return facts


def _integrity(facts: Facts, connection: sqlite3.Connection, seconds: float | None) -> Facts:
    """`facts` with what the checks say, as far as they come."""
    if seconds is not None:
        end = time.monotonic() + seconds
        connection.set_progress_handler(lambda: time.monotonic() > end, _STRIDE)
    try:
        facts = replace(
            facts, damage=_damage(connection, "integrity_check" if seconds is None else "quick_check")
        )
        if not facts.damage:
            facts = replace(facts, loose=_loose(connection))
        return replace(facts, checked=True)
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        return facts
    finally:
        connection.set_progress_handler(None, 0)


def _damage(connection: sqlite3.Connection, pragma: str) -> tuple[str, ...]:
    rows = connection.execute(f"PRAGMA {pragma}({_MOST_DAMAGE})").fetchall()
    # damage comes as one text of several lines
    lines = [line for (text,) in rows for line in str(text).splitlines()]
    return tuple(line for line in lines if line != "ok")[:_MOST_DAMAGE]


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table'").fetchone() is not None


def _revision(connection: sqlite3.Connection) -> str | None:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if found else None
    return str(row[0]) if row else None


def _loose(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Tables whose rows point to rows that are not there, with the tables that they point to."""
    found = dict.fromkeys(
        f"{table} → {parent}" for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check")
    )
    return tuple(found)[:_MOST_DAMAGE]


_BY_MAIL = (
    "FROM subscriber WHERE status = 'active' AND address IS NOT NULL"
    " AND json_extract(preferences, '$.format') <> 'feed'"
)


def _audience(connection: sqlite3.Connection, asked: Asked) -> Audience:
    run = connection.execute("SELECT started_at, exit_code FROM run ORDER BY id DESC LIMIT 1").fetchone()
    newest = [
        connection.execute(f"SELECT max({column}) FROM {table}").fetchone()[0]  # noqa: S608 - our own names
        for table, column in _MOMENTS
    ]
    recipients, beyond_ascii, at_domains = 0, 0, dict.fromkeys(asked.domains, 0)
    for (address,) in connection.execute(f"SELECT address {_BY_MAIL}"):
        local, _, domain = str(address).rpartition("@")
        recipients += 1
        beyond_ascii += not local.isascii()
        if domain.lower() in at_domains:
            at_domains[domain.lower()] += 1
    return Audience(
        recipients=recipients,
        at_domains=at_domains,
        beyond_ascii=beyond_ascii,
        time_zones=tuple(
            row[0]
            for row in connection.execute(
                "SELECT DISTINCT json_extract(preferences, '$.time_zone') FROM subscriber ORDER BY 1"
            )
        ),
        mail_bytes=_mail_bytes(connection),
        accepted=_count_since(connection, "delivery WHERE accepted_at", asked.since),
        complaints=_count_since(connection, "returned WHERE kind = 'complaint' AND received_at", asked.since),
        newest_moment=max((_moment(text) for text in newest if text), default=None),
        last_run=_moment(run[0]) if run else None,
        last_exit_code=run[1] if run else None,
    )


def _is_restored(path: Path, connection: sqlite3.Connection) -> bool:
    row = connection.execute("SELECT uuid, generation FROM instance").fetchone()
    return row is not None and (generation.noted(path, row[0]) or 0) > row[1]


def _count_recipients(connection: sqlite3.Connection) -> int:
    return int(connection.execute(f"SELECT count(*) {_BY_MAIL}").fetchone()[0])


def _count_since(connection: sqlite3.Connection, rows: str, since: datetime | None) -> int:
    """How many rows of ours have this moment, or a later one."""
    moment = "" if since is None else since.replace(tzinfo=None).isoformat(" ")
    return int(connection.execute(f"SELECT count(*) FROM {rows} >= ?", (moment,)).fetchone()[0])  # noqa: S608 - our own words


def _mail_bytes(connection: sqlite3.Connection) -> int | None:
    row = connection.execute(
        "SELECT avg(length(data)) FROM"
        " (SELECT data FROM message WHERE length(data) > 0 ORDER BY delivery_id DESC LIMIT 100)"
    ).fetchone()
    return int(row[0]) if row[0] is not None else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
