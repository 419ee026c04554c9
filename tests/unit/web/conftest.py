import http.client
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from digest.config import Listen
from digest.frontdesk import FrontDesk
from digest.model import Interest, Origin, Preferences
from digest.store import Database
from digest.tokens import KeyRing, Purpose, sign
from digest.web import Site

NOW = datetime(2026, 11, 26, 7, tzinfo=UTC)
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self):
        return self.body.decode("utf-8")


@dataclass
class House:
    """A database with three readers, and a site that answers for it on a port of its own."""

    folder: Path
    site: Site = None
    desk: FrontDesk = None
    log: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def database(self):
        return self.folder / "digest.db"

    def rows(self, sql, *values):
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql, values).fetchall()

    def execute(self, sql, *values):
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(sql, values)

    @property
    def dump(self):
        """Everything in the database, as text."""
        with closing(sqlite3.connect(self.database)) as connection:
            return list(connection.iterdump())

    def status_of(self, subscriber_id):
        columns = "status, status_reason, status_changed_at"
        (row,) = self.rows(f"SELECT {columns} FROM subscriber WHERE id = ?", subscriber_id)
        return row

    @property
    def keys(self):
        return KeyRing.of(dict(self.rows("SELECT version, key FROM secret")))

    def token(self, subscriber_id=1, purpose=Purpose.UNSUBSCRIBE, keys=None):
        return sign(purpose, subscriber_id, keys or self.keys)

    def ask(self, method, path, body=None, headers=None):
        """One request on a connection of its own, as no library of ours would make it."""
        host, port = self.site.listen.host, self.site.listen.port
        with closing(http.client.HTTPConnection(host, port, timeout=60)) as connection:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def leave(self, token, body=ONE_CLICK, headers=FORM):
        return self.ask("POST", f"/u/{token}", body, headers)


def readers(path):
    """A new database with three active readers, ids 1 to 3."""
    database = Database(path)
    database.prepare()
    with database.write() as transaction:
        transaction.instance.create(NOW)
        for number in (1, 2, 3):
            transaction.subscribers.add(
                name=f"reader{number}",
                address=f"reader{number}@reader.example",
                preferences=Preferences(),
                interests=[Interest(text="diffusion models")],
                feed_token=f"feed-token-{number}",
                origin=Origin.COMMAND,
                created_at=NOW,
            )
    database.close()


@pytest.fixture
def opened(tmp_path):
    """`opened(**settings)`: a context in which a house answers."""

    @contextmanager
    def _opened(*, patience=10.0, **settings):
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(settings))
        if not (tmp_path / "digest.db").exists():
            readers(tmp_path / "digest.db")
        house = House(tmp_path)
        house.desk = FrontDesk.open(tmp_path / "config.yaml", environ={})
        house.desk = FrontDesk(house.desk.settings, config_path=house.desk.config_path, patience=patience)
        listen = Listen("127.0.0.1", 0)
        house.site = Site(house.desk, listen, named="here", log=house.log.append, tell=house.told.append)
        with house.site:
            yield house
        house.desk.close()

    return _opened


@pytest.fixture
def house(opened):
    with opened(mail={"title": "Example Papers", "unsubscribe_address": "leave@digest.example"}) as found:
        yield found
        assert found.told == []
