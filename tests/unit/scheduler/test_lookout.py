"""When a run is spared, and that it never is where something could be done."""

import os
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from digest.config import load
from digest.frontdesk import FrontDesk
from digest.model import Interest, Origin, Preferences
from digest.scheduler import Lookout
from digest.scheduler.lookout import LONGEST
from digest.store import Database, lock
from tests.outbox import put_message

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC).timestamp()


class Place:
    """A folder with a configuration, an inbox and a database with one reader, due at seven."""

    def __init__(self, folder):
        self.folder = folder
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        self.configure(sources=[{"name": "inbox", "path": "inbox"}])
        self.database = Database(folder / "digest.db")
        with lock(self.lock, wait=0):
            self.database.prepare()
            with self.database.write() as transaction:
                transaction.instance.create(NOON)
                self.reader = transaction.subscribers.add(
                    name="reader",
                    address="reader@reader.example",
                    preferences=Preferences(),
                    interests=[Interest(text="diffusion models")],
                    feed_token="token",
                    origin=Origin.COMMAND,
                    created_at=NOON,
                )
        os.utime(self.inbox, (LONG_AGO, LONG_AGO))

    @property
    def lock(self):
        return self.folder / "digest.db.lock"

    def configure(self, **values):
        self.config = self.folder / "config.yaml"
        self.config.write_text(yaml.safe_dump(values))

    def lay(self, name, changed):
        """A file that was last changed at a moment; the folder's own change is set back."""
        path = self.inbox / name
        path.write_text("page")
        os.utime(path, (changed.timestamp(), changed.timestamp()))
        os.utime(self.inbox, (LONG_AGO, LONG_AGO))
        return path

    def lookout(self):
        settings = load(self.config, {})
        return Lookout(FrontDesk(settings, config_path=self.config))


@pytest.fixture
def place(tmp_path):
    found = Place(tmp_path)
    yield found
    found.database.close()


def after_a_run(place, *, began=NOON, exit_code=0, lookout=None):
    """A lookout that has just seen a run end."""
    lookout = lookout or place.lookout()
    files = lookout.files()
    with lock(place.lock, wait=0):
        pass
    lookout.note(began=began, files=files, process=os.getpid(), exit_code=exit_code)
    return lookout


def test_the_first_run_is_always_wanted(place):
    assert place.lookout().wants_run(NOON)


def test_a_run_is_spared_where_nothing_changed_and_nobody_is_due(place):
    lookout = after_a_run(place)
    assert [lookout.wants_run(NOON + n * MINUTE) for n in range(5)] == [False] * 5


def test_one_comes_after_five_minutes_at_the_latest(place):
    assert after_a_run(place).wants_run(NOON + LONGEST)


@pytest.mark.parametrize(("every", "minutes"), [("2m", 2), ("1h", 5)])
def test_an_address_that_is_asked_more_often_has_its_runs(place, every, minutes):
    place.configure(sources=[{"name": "web", "url": "https://papers.example/", "every": every}])
    lookout = after_a_run(place)
    assert [lookout.wants_run(NOON + n * MINUTE) for n in (minutes - 1, minutes)] == [False, True]


def test_a_readers_hour_and_the_end_of_their_wait_bring_a_run(place):
    for moment in (NOON.replace(hour=7), NOON.replace(hour=13)):
        lookout = after_a_run(place, began=moment - MINUTE)
        assert not lookout.wants_run(moment - timedelta(seconds=1))
        assert lookout.wants_run(moment)


def test_a_clock_that_was_set_back_brings_a_run(place):
    assert after_a_run(place).wants_run(NOON - timedelta(seconds=1))


def test_a_new_file_brings_a_run_however_old_it_is(place):
    lookout = after_a_run(place)
    place.lay("page.txt", NOON - timedelta(days=9))
    assert lookout.wants_run(NOON + MINUTE)


def test_a_file_that_came_while_the_run_was_at_work_brings_another(place):
    lookout = place.lookout()
    files = lookout.files()
    place.lay("page.txt", NOON - timedelta(days=9))
    with lock(place.lock, wait=0):
        pass
    lookout.note(began=NOON, files=files, process=os.getpid(), exit_code=0)
    assert lookout.wants_run(NOON + MINUTE)


@pytest.mark.parametrize(
    "change", [os.unlink, lambda p: p.write_text("longer"), lambda p: p.rename(p.parent / "b")]
)
def test_a_file_that_changed_or_went_brings_a_run(place, change):
    path = place.lay("page.txt", NOON - timedelta(days=9))
    lookout = after_a_run(place)
    assert not lookout.wants_run(NOON + MINUTE)
    change(path)
    assert lookout.wants_run(NOON + MINUTE)


@pytest.mark.parametrize("changed", [NOON - timedelta(seconds=5), NOON + timedelta(days=400)])
def test_a_file_that_had_not_settled_is_looked_for_again(place, changed):
    place.lay("page.txt", changed)
    assert after_a_run(place).wants_run(NOON + MINUTE)


def test_a_file_that_had_settled_is_not(place):
    place.lay("page.txt", NOON - timedelta(seconds=11))
    assert not after_a_run(place).wants_run(NOON + MINUTE)


def test_files_of_a_glob_and_a_file_by_name_are_seen_too(place):
    single = place.folder / "single.txt"
    single.write_text("page")
    os.utime(single, (LONG_AGO, LONG_AGO))
    place.configure(sources=[{"name": "some", "path": "inbox/*.txt"}, {"name": "one", "path": "single.txt"}])
    lookout = after_a_run(place)
    assert not lookout.wants_run(NOON + MINUTE)
    place.lay("other.md", NOON - timedelta(days=9))
    assert not lookout.wants_run(NOON + MINUTE)
    path = place.lay("page.txt", NOON - timedelta(days=9))
    assert lookout.wants_run(NOON + MINUTE)
    path.unlink()
    single.write_text("changed")
    assert lookout.wants_run(NOON + MINUTE)


def test_a_command_that_wrote_since_brings_a_run(place):
    lookout = after_a_run(place)
    os.utime(place.lock, ns=(0, 0))
    assert lookout.wants_run(NOON + MINUTE)


def test_a_command_that_wrote_right_after_the_run_brings_another(place):
    lookout = place.lookout()
    files = lookout.files()
    with lock(place.lock, wait=0):
        pass
    lookout.note(began=NOON, files=files, process=os.getpid() + 1, exit_code=0)  # it was not the run itself
    assert lookout.wants_run(NOON + MINUTE)


def test_a_message_that_waits_brings_a_run_at_its_turn(place):
    with place.database.write() as transaction:
        put_message(transaction, place.reader, 1, now=NOON + 2 * MINUTE)
    lookout = after_a_run(place)
    assert [lookout.wants_run(NOON + n * MINUTE) for n in (1, 2)] == [False, True]


def test_a_message_that_a_run_left_behind_brings_one_at_once(place):
    with place.database.write() as transaction:
        put_message(transaction, place.reader, 1, now=NOON - MINUTE)
    assert after_a_run(place).wants_run(NOON + timedelta(seconds=1))


def test_a_changed_configuration_brings_a_run_every_time(place):
    lookout = after_a_run(place)
    place.configure(sources=[])
    assert lookout.wants_run(NOON + MINUTE)
    after_a_run(place, lookout=lookout)
    assert lookout.wants_run(NOON + MINUTE)


@pytest.mark.parametrize("exit_code", [1, 2, 5, -9, -15, 130])
def test_a_run_that_could_not_do_its_work_is_tried_again(place, exit_code):
    assert after_a_run(place, exit_code=exit_code).wants_run(NOON + timedelta(seconds=1))


@pytest.mark.parametrize("exit_code", [0, 3, 4])
def test_a_run_that_told_of_a_lasting_trouble_is_not(place, exit_code):
    assert not after_a_run(place, exit_code=exit_code).wants_run(NOON + MINUTE)


def test_a_database_that_cannot_be_asked_brings_a_run(place):
    place.database.close()
    for name in ("digest.db", "digest.db-wal", "digest.db-shm"):
        (place.folder / name).unlink(missing_ok=True)
    assert after_a_run(place).wants_run(NOON + timedelta(seconds=1))
