"""The power fails at any moment: nothing that left is sent again, nothing that was relied on is forgotten.

`python -m tests.crash.power` does the same at length.
"""

from copy import deepcopy

import pytest

from tests.crash.power import Disk, judge, losses, lost, outage, some, watched, whole
from tests.crash.trace import Open, Rename, Sync, Truncate, Unlink, Write, needs_strace
from tests.crash.trial import chance_of


@pytest.fixture(scope="module")
def sending(one_recorder, small_edition, tmp_path_factory):
    """Two mails on their way, every step written down."""
    needs_strace()
    folder = tmp_path_factory.mktemp("power") / "trial"
    one_recorder.begin()
    return watched(one_recorder, small_edition, folder, command="deliver", connections=1)


def test_whatever_the_disk_has_kept_while_mails_went_out_none_goes_twice(launcher, recorder, sending):
    found = outage(launcher, recorder, sending, chance=chance_of("sending"))

    assert found.wrong == []
    assert found.losses > 50
    assert found.in_doubt > 0


def test_whatever_it_has_kept_of_a_whole_run_the_next_one_ends_it(launcher, recorder, unpublished, tmp_path):
    needs_strace()
    run = watched(recorder, unpublished, tmp_path / "trial", command="run", connections=4)

    found = outage(launcher, recorder, run, chance=chance_of("run"), variants=1, every=20)

    assert found.wrong == []
    assert found.losses > 50


@pytest.mark.parametrize("forgotten", ["digest.db-wal", ".digest.db.generation.part"])
def test_a_file_that_was_never_flushed_would_be_noticed(sending, forgotten):
    events = [e for e in sending.events if not (isinstance(e, Sync) and e.path.endswith(f"/{forgotten}"))]

    found = losses(deepcopy(sending.disk), events, chance=chance_of("forgotten"), variants=1)

    assert any(judge(sending.folder, loss) for loss in found)


# ── the disk itself ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def disk(tmp_path):
    (tmp_path / "digest.db").write_bytes(b"a" * 1024)
    (tmp_path / "config.yaml").write_bytes(b"not looked at")
    return Disk(tmp_path)


def do(disk, *events):
    for event in events:
        disk.do(event)


def test_what_was_flushed_is_there_and_what_was_not_may_be(disk, tmp_path):
    path = str(tmp_path / "digest.db")
    do(disk, Write(path, b"b" * 512, 0), Sync(path), Write(path, b"c" * 512, 1536), Truncate(path, 100))

    assert disk.after_power_loss(lost, 0) == {"digest.db": b"b" * 512 + b"a" * 512}
    assert disk.after_power_loss(whole, 0) == {"digest.db": b"b" * 100}
    of_it = [disk.after_power_loss(some(chance_of(n)), 0)["digest.db"] for n in range(40)]
    assert b"b" * 512 + b"a" * 512 + bytes(512) + b"c" * 512 in of_it
    # also longer by zeros alone: its new size came to the disk, and its bytes did not
    assert {len(content) for content in of_it} == {100, 1024, 1536, 2048}


def test_a_new_name_may_be_gone_until_its_folder_is_flushed(disk, tmp_path):
    path, other = str(tmp_path / "digest.db.part"), str(tmp_path / "digest.db.new")
    do(disk, Open(path, emptied=True), Write(path, b"x", None), Sync(path), Rename(path, other))

    assert disk.after_power_loss(whole, 0).keys() == {"digest.db"}
    assert disk.after_power_loss(lost, 1)["digest.db.part"] == b"x"
    do(disk, Sync(str(tmp_path)))
    assert disk.after_power_loss(lost, 0)["digest.db.new"] == b"x"
    do(disk, Unlink(other))
    assert disk.after_power_loss(lost, 0)["digest.db.new"] == b"x"
    assert disk.after_power_loss(lost, 1).keys() == {"digest.db"}
