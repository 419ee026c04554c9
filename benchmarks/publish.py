"""Publishing for a thousand readers from a real archive: rank to enqueue, with every commit."""

import shutil
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks import seeds, table
from digest import rank, render
from digest.deliver import FolderSender, OneByOne
from digest.issue import Rules
from digest.model import Source
from digest.pipeline import House, MailIdentity, deliver, ingest, publish
from digest.store import Database


def main():
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base.db"
        prepare(base)
        database, messages, alone = published(base, processes=1)
        database.close()
        database, messages, together = published(base, processes=0)
        what = f"publish, per mail (of {messages:,})"
        table.figure(what, together / messages, "by the process alone", alone / messages)
        start = time.perf_counter()
        sent = deliver(database, OneByOne(FolderSender(Path(folder) / "mail")), clock=lambda: seeds.NOW)
        took = time.perf_counter() - start
        table.figure("deliver into a folder, per mail", took / len(sent.deliveries))
        database.close()


def prepare(path):
    """A database with an archive and readers."""
    database = Database(path)
    database.prepare()
    ingest(database, [Source(name="inbox", location=str(seeds.DUMPS[0].parent))], now=seeds.NOW)
    _subscribe(database)
    database.close()


def published(base, *, processes):
    """A copy of a database for which was published, how many mails that made, and how long it took."""
    path = base.with_name(f"{processes}.db")
    shutil.copyfile(base, path)
    database = Database(path)
    start = time.perf_counter()
    report = publish(database, replace(_house(), processes=processes), now=seeds.NOW)
    return database, report.messages, time.perf_counter() - start


def _subscribe(database):
    with database.write() as transaction:
        transaction.instance.create(seeds.NOW)
        for reader in seeds.readers(seeds.papers()):
            transaction.subscribers.add(
                name=reader.name,
                address=reader.address,
                preferences=reader.preferences,
                interests=reader.interests,
                feed_token=reader.feed_token,
                origin=reader.origin,
                created_at=reader.created_at,
            )


def _house():
    return House(
        rules=Rules(),
        line=rank.SEND_LINE,
        trending=3,
        also_new=40,
        templates=render.Templates(),
        render=render.RenderSettings(title="Paper digest"),
        mail=MailIdentity(
            from_address="digest@digest.example",
            from_name="Paper digest",
            title="Paper digest",
            list_id="daily.digest.example",
            unsubscribe_address="digest@digest.example",
            base_url=None,
            expire_after=timedelta(hours=24),
        ),
    )


if __name__ == "__main__":
    main()
