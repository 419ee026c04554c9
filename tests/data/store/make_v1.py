"""Makes `v1.db`, the database as release 0.1.0 writes it. Run at that schema, and never again.

    python tests/data/store/make_v1.py

The first two days of the demo with mails into a folder, and on the second evening what two good days
never bring: papers that become one, a file that lost records, a message that waits, a reader for whom
there is nothing, and somebody who left.
"""

import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT))

from digest.app import App  # noqa: E402 - found beside this file, not installed
from digest.model import (  # noqa: E402
    DeliveryState,
    Health,
    Interest,
    Origin,
    Preferences,
    Problem,
    Severity,
)
from digest.pipeline import subscribing  # noqa: E402
from digest.store import Reading  # noqa: E402
from tests.builders import paper  # noqa: E402
from tests.listings import add  # noqa: E402

#: the smallest ones, to keep the file small
DUMPS = sorted((ROOT / "examples/dumps").glob("*.txt"), key=lambda path: path.stat().st_size)[:2]
MONDAY = datetime(2026, 11, 16, 7, 30, tzinfo=UTC)
EVENING = MONDAY + timedelta(days=1, hours=11)
DIFFUSION = (Interest(text="diffusion models", weight=2.0), Interest(text="medical imaging", weight=-1.0))
LOST = Problem(where="evening.txt:9", what="no abstract", severity=Severity.LOST)


def main() -> None:
    """Make the database in a folder that goes, and keep the file alone."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "digest.db")
        inbox = Path(folder, "inbox")
        inbox.mkdir()
        environ = {
            "DIGEST__DATABASE": str(path),
            "DIGEST__SOURCES__0__PATH": str(inbox),
            "DIGEST__OUTPUT__FOLDER": f"{folder}/out",
            "DIGEST__MAIL__FOLDER": f"{folder}/mail",
        }
        for number, dump in enumerate(DUMPS):
            morning = MONDAY + timedelta(days=number)
            read = Path(shutil.copy(dump, inbox))
            os.utime(read, (morning.timestamp(), morning.timestamp()))
            one_day(App.open(ROOT / "examples/demo.yaml", now=morning, environ=environ))
        one_evening(App.open(ROOT / "examples/demo.yaml", now=EVENING, environ=environ))
        pack(path)
        shutil.copy(path, HERE / "v1.db")


def one_day(app: App) -> None:
    """What the schedule does."""
    with app.writing() as database:
        report = app.run(database, rehearse=False)
        app.close_run(database, report, finished=app.now)
    app.database.close()


def one_evening(app: App) -> None:
    """What good days never bring."""
    with app.writing() as database:
        add(database, paper("On Sleep", arxiv_id="2611.00001", authors=("Ada Lovelace",)), now=EVENING)
        add(
            database,
            paper("Sleep, in a Journal", "A longer abstract. " * 9, doi="10.1000/sleep"),
            now=EVENING,
        )
        add(database, paper("On Sleep", arxiv_id="2611.00001", doi="10.1000/sleep"), now=EVENING)
        with database.write() as transaction:
            note_a_loss(transaction)
            leaver = subscribing.subscribe(transaction, wish("leaver"), origin=Origin.COMMAND, now=EVENING)
            subscribing.leave(transaction, leaver, forget=False)
            subscribing.subscribe(transaction, wish("latecomer"), origin=Origin.COMMAND, now=EVENING)
            quiet = wish("quiet", Interest(text="basket weaving"))
            subscribing.subscribe(transaction, quiet, origin=Origin.COMMAND, now=EVENING)
        app.publish(database)
        with database.write() as transaction:
            (waiting,) = transaction.outbox.due(EVENING, 9)
            tomorrow = EVENING + timedelta(hours=4)
            transaction.outbox.mark(
                waiting,
                DeliveryState.DEFERRED,
                now=EVENING,
                attempts=1,
                next_attempt=tomorrow,
                last_error="450 busy",
            )
    app.database.close()


def note_a_loss(transaction) -> None:
    """A file of which nothing could be kept."""
    reading = Reading(
        source="files",
        name="evening.txt",
        read_at=EVENING,
        day=EVENING.date(),
        health=Health.BROKEN,
        records=0,
        new=0,
        problems=(LOST,),
    )
    transaction.listings.note(reading, None)


def wish(name: str, *interests: Interest) -> subscribing.Wish:
    """Somebody who wants everything about diffusion and nothing about medicine, or what is given."""
    return subscribing.Wish(
        name=name,
        address=f"{name}@reader.example",
        preferences=Preferences(limit=5),
        interests=interests or DIFFUSION,
    )


def pack(path: Path) -> None:
    """One file without a log beside it and without unused pages."""
    engine = create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA journal_mode=DELETE"))
        connection.execute(text("VACUUM"))
    engine.dispose()


if __name__ == "__main__":
    main()
