"""No space left: nothing is half done or sent twice, and all is made up when there is space again."""

from importlib import import_module

import pytest

from digest import exits
from digest.errors import StoreError
from digest.model import DeliveryState
from digest.pipeline.sending import books
from tests.acceptance.mailbox import Newsroom, liked
from tests.mishaps.stage import MORNING, READERS, Stage, after, at_each_database_error, listening, mail

# ── publishing ─────────────────────────────────────────────────────────────────────────────────


def newsroom(folder, recorder):
    """Readers and papers, and no issue yet."""
    room = Newsroom(folder, mail=mail(recorder.port))
    for number in range(READERS):
        room.join(MORNING, f"r{number}")
    room.list_papers(MORNING, *map(liked, range(30)))
    return Stage(None, folder, recorder, room=room)


def publish(stage, progress):
    with stage.writing() as (app, database):
        app.publish(database, progress=progress)


def assert_made_up(stage, *, published):
    """The next run does what is left, each message and each paper once."""
    report = stage.run(after(minutes=5))

    assert report.exit_code == exits.DONE
    assert len(report.publish.issues) == READERS - published
    assert stage.states == {"accepted": READERS}
    assert len(stage.taken) == READERS


@pytest.mark.parametrize("space", [0, 60_000])
def test_of_a_batch_that_finds_no_space_nothing_is_kept(disk, recorder, space):
    stage = newsroom(disk.place / "digest", recorder)

    with pytest.raises(StoreError, match="disk is full; free some disk space; nothing of") as found:
        publish(stage, lambda stage, _done, _total: stage == "publishing" and disk.fill(but=space))

    assert found.value.exit_code == exits.USAGE
    disk.free()
    assert stage.states == {}
    assert_made_up(stage, published=0)


def test_batches_published_before_are_kept(disk, recorder, monkeypatch):
    monkeypatch.setattr(import_module("digest.pipeline.pressroom"), "_BATCH", 2)
    stage = newsroom(disk.place / "digest", recorder)

    with pytest.raises(StoreError, match="disk is full"):
        publish(stage, lambda stage, done, _total: (stage, done) == ("publishing", 4) and disk.fill())

    disk.free()
    assert stage.states == {"queued": 4}
    assert_made_up(stage, published=4)


def test_a_database_that_may_grow_no_further_keeps_nothing_of_a_batch(tmp_path, recorder):
    """The same without a disk of its own: SQLite's limit of pages ends a transaction in the same way."""
    stage = newsroom(tmp_path / "digest", recorder)

    def limit(connection, _record):
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    with (
        listening("connect", limit),
        pytest.raises(StoreError, match="database or disk is full; free some disk space"),
    ):
        publish(stage, lambda *_: None)

    assert stage.states == {}
    assert_made_up(stage, published=0)


# ── before sending ─────────────────────────────────────────────────────────────────────────────


def test_a_disk_that_is_full_beforehand_is_named_and_nothing_is_sent(disk, on_small_disk):
    disk.fill()

    with pytest.raises(StoreError, match="disk"):
        on_small_disk.deliver()

    disk.free()
    assert on_small_disk.taken == []
    assert on_small_disk.states == {"queued": READERS}
    assert on_small_disk.deliver().exit_code == exits.DONE
    assert on_small_disk.states == {"accepted": READERS}


def test_where_not_even_the_beginning_can_be_noted_nothing_of_a_mail_leaves(disk, on_small_disk):
    def fill(*_):
        if "delivery SET state=?, updated_at=?, transmitted_at" in _[2]:
            disk.fill()

    with (
        listening("before_cursor_execute", fill),
        pytest.raises(StoreError, match="disk is full; free some disk space"),
    ):
        on_small_disk.deliver()

    disk.free()
    assert on_small_disk.taken == []
    assert on_small_disk.states == {"claimed": READERS}
    assert on_small_disk.deliver().exit_code == exits.DONE
    assert on_small_disk.states == {"accepted": READERS}


# ── while mails go out ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def brief_patience(monkeypatch):
    """A result that cannot be written is tried again after moments, not after seconds."""
    monkeypatch.setattr(books, "PATIENCE", (0.01,) * 5)


@pytest.mark.parametrize("taken", [1, 3, READERS])
@pytest.mark.usefixtures("brief_patience")
def test_no_result_is_lost_when_space_comes_back_in_time(disk, on_small_disk, taken):
    on_small_disk.recorder.after_taking = lambda number: number == taken and disk.fill()

    with at_each_database_error(lambda number: number == 3 and disk.free()) as errors:
        report = on_small_disk.deliver()

    assert len(errors) == 3
    assert report.exit_code == exits.DONE
    assert report.count(DeliveryState.ACCEPTED) == READERS
    assert on_small_disk.states == {"accepted": READERS}


@pytest.mark.parametrize("taken", [1, 3, READERS])
@pytest.mark.usefixtures("brief_patience")
def test_otherwise_what_was_handed_over_is_in_doubt_and_the_rest_goes_later(disk, on_small_disk, taken):
    on_small_disk.recorder.after_taking = lambda number: number == taken and disk.fill()

    with pytest.raises(StoreError, match="disk is full; free some disk space") as found:
        on_small_disk.deliver()

    assert found.value.exit_code == exits.USAGE
    disk.free()
    assert len(on_small_disk.taken) == taken
    assert on_small_disk.states["transmitting"] == 1

    report = on_small_disk.deliver(after(minutes=5))

    assert report.exit_code == exits.DELIVERY
    assert on_small_disk.states == {"accepted": READERS - 1, "in_doubt": 1}
    assert len(on_small_disk.taken) == READERS


# ── other folders ──────────────────────────────────────────────────────────────────────────────


def test_a_full_folder_for_mails_leaves_them_waiting_and_none_half_written(disk, stage):
    folder = disk.place / "mail"
    stage.configure(smtp={}, folder=str(folder))
    disk.fill(but=40_000)  # space for some

    report = stage.deliver()

    written = sorted(folder.glob("*.eml"))
    assert report.exit_code == exits.DELIVERY
    assert report.count(DeliveryState.ACCEPTED) == len(written) > 0
    assert "No space left on device" in report.problem_lines[0]
    assert [p for p in folder.iterdir() if p not in written] == []

    disk.free()
    assert stage.deliver(after(minutes=10)).exit_code == exits.DONE
    assert len(list(folder.glob("*.eml"))) == READERS


def test_a_full_output_folder_keeps_no_mail_from_going(disk, tmp_path, recorder):
    stage = newsroom(tmp_path / "digest", recorder)
    stage.room.configure(output={"folder": str(disk.place / "out")})
    disk.fill()

    report = stage.run()

    assert report.exit_code == exits.USAGE
    assert [line for line in report.problem_lines() if "No space left" in line] == report.problem_lines()
    assert stage.states == {"accepted": READERS}

    disk.free()
    assert stage.run(after(hours=1)).exit_code == exits.DONE
    assert (disk.place / "out" / "index.html").exists()
    assert len(stage.taken) == READERS
