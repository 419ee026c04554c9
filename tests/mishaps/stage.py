"""A digest whose issues are frozen and not sent, a mail server that takes them, and things that go wrong."""

import shutil
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import yaml
from sqlalchemy import event
from sqlalchemy.engine import Engine

from digest.app import App
from digest.pipeline.subscribing import find, leave
from tests.acceptance.mailbox import Newsroom, liked
from tests.crash.ledger import conserved

#: when the issues were frozen
MORNING = datetime(2026, 11, 16, 8, tzinfo=UTC)
READERS = 6


def after(**time):
    """A moment after the issues were frozen."""
    return MORNING + timedelta(**time)


def published(folder):
    """Issues for some readers, frozen and not sent."""
    room = Newsroom(folder, mail=mail(port=1))
    for number in range(READERS):
        room.join(MORNING, f"r{number}")
    assert room.publish(MORNING, liked(1), liked(2)).messages == READERS
    with closing(sqlite3.connect(folder / "digest.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it in one file
    return folder


def mail(port, **more):
    """The section `mail` of a configuration that sends to that port."""
    return {
        "from_address": "digest@digest.example",
        "list_id": "daily.digest.example",
        # one at a time: what happens in between is then the same every time
        "smtp": {"host": "127.0.0.1", "port": port, "timeout": "10s", "connections": 1},
        **more,
    }


@contextmanager
def listening(name, hear):
    """Have `hear` called at each event of this name that any database raises; see SQLAlchemy's events."""
    event.listen(Engine, name, hear)
    try:
        yield
    finally:
        event.remove(Engine, name, hear)


@contextmanager
def at_each_database_error(what):
    """Call `what` with the number of each error that the database raises."""
    errors = []

    def hear(_context):
        errors.append(1)
        what(len(errors))

    with listening("handle_error", hear):
        yield errors


class Stage:
    """A digest in a folder that a test may ruin: a copy of what was published, or a newsroom."""

    def __init__(self, template, folder, recorder, *, room=None):
        self.folder = folder
        self.recorder = recorder
        self.room = room or Newsroom(folder, mail=mail(recorder.port))
        if template:
            shutil.copyfile(template / "digest.db", self.database)

    @property
    def database(self):
        return self.folder / "digest.db"

    @property
    def generation(self):
        """The file beside the database."""
        return self.folder / "digest.db.generation"

    def configure(self, **mail_values):
        """Change keys of the section `mail`."""
        values = yaml.safe_load(self.room.config.read_text())["mail"]
        self.room.configure(mail=values | mail_values)

    @contextmanager
    def writing(self, now=MORNING):
        """App and database, as a writing command has them."""
        app = self.room.app(now)
        try:
            with app.writing(wait=0) as database:
                yield app, database
        finally:
            app.database.close()

    def deliver(self, now=MORNING, *, stop=None):
        """What `digest deliver` does; its report."""
        with self.writing(now) as (app, database):
            return app.deliver(database, stop=stop)

    def run(self, now=MORNING, *papers):
        """What `digest run` does, after papers came in; its report."""
        return self.room.run(now, *papers).report

    def look(self, now=MORNING):
        """What `digest status` begins with."""
        app = self.room.app(now)
        try:
            with app.reading() as transaction:
                return transaction.outbox.counts()
        finally:
            app.database.close()

    def unsubscribe(self, number, *, forget=False):
        """As a web page does it: another connection, which asks for no lock."""
        app = App.open(self.room.config, now=MORNING, environ={})
        with app.database.write() as transaction:
            leave(transaction, find(transaction, f"r{number}"), forget=forget)
        app.database.close()

    # ── afterwards ────────────────────────────────────────────────────────────────────────────

    @property
    def taken(self):
        """Recipients whose mail the server took, in order."""
        return [one.recipient for one in self.recorder.taken]

    @property
    def states(self):
        """State → number of messages; the ledger must be in order."""
        return conserved(self.folder, self.recorder.taken).counts
