"""Two commands at once: one does the work, the other says so; without the lock, keys keep order."""

import shutil
import subprocess

from digest.store import lock

READERS = [
    {"address": f"reader{n}@reader.example", "interests": [theme]}
    for n, theme in enumerate(("diffusion models", "speech", "language models", "segmentation") * 2)
]


def assert_once(workspace):
    """One issue for each reader, and each mail once."""
    assert workspace.rows("SELECT count(*), count(DISTINCT subscriber_id) FROM issue") == [(8, 8)]
    assert workspace.rows("SELECT count(*), count(DISTINCT issue_id) FROM delivery") == [(8, 8)]
    assert workspace.rows("SELECT count(*) FROM message") == [(8,)]
    ((lines, papers),) = workspace.rows(
        "SELECT count(*), count(DISTINCT subscriber_id || ' ' || paper_id) FROM ledger"
    )
    assert lines == papers > 0


def test_of_two_runs_one_does_all_and_the_other_says_that_it_did_nothing(archive, at, tmp_path):
    archive.configure(subscribers=READERS)
    base = shutil.copytree(archive.folder, tmp_path / "base")
    refusals = 0
    for _ in range(3):
        both = [archive.start("run", now=at(0)) for _ in range(2)]
        ends = sorted((process.communicate(), process.returncode) for process in both)
        codes = sorted(code for _, code in ends)
        # a machine under load may start the second one when the first is done: then nobody is due
        assert codes in ([0, 5], [0, 0])
        for (printed, complaint), code in ends:
            assert printed == ""
            assert (code == 5) == ("another run holds the lock" in complaint)
            assert len(complaint.splitlines()) == (code == 5)
        refusals += codes == [0, 5]
        assert_once(archive)
        assert len(archive.mails) == 8
        runs = archive.json("status")["runs"]
        assert sum(run["report"]["sent"] for run in runs) == 8
        shutil.rmtree(archive.folder)
        shutil.copytree(base, archive.folder)
    assert refusals


#: the command, as if nobody locked anything
UNLOCKED = """
import contextlib
from digest import cli, store
store.lock = lambda path, wait: contextlib.nullcontext()
cli.main()
"""


def test_keys_and_not_the_lock_are_what_keeps_two_from_doing_the_same(workspace, dumps, at):
    workspace.configure(subscribers=READERS)
    for command in (("ingest", *dumps), ("publish",)):
        how = workspace.invocation(*command, now=at(0))
        how["args"][1:3] = ["-c", UNLOCKED]
        both = [subprocess.Popen(**how, stderr=subprocess.PIPE, encoding="utf-8") for _ in range(2)]
        complaints = [process.communicate()[1] for process in both]
        assert [process.returncode for process in both] == [0, 0], complaints
    assert_once(workspace)
    assert workspace.rows("SELECT count(*) FROM paper") == [(516,)]
    assert workspace.rows("SELECT count(*) FROM sighting") == [(580,)]


def test_a_database_under_another_name_has_the_same_lock(archive, at):
    archive.configure(subscribers=READERS)
    (archive.folder / "other.db").symlink_to("digest.db")
    shutil.copyfile(archive.config, archive.folder / "other.yaml")
    with (archive.folder / "other.yaml").open("a") as config:
        config.write("database: other.db\n")
    with lock(archive.folder / "digest.db.lock", wait=0):
        refused = archive("run", "--config", "other.yaml", now=at(0), code=5)
    assert "another run holds the lock" in refused.stderr
    assert [p.name for p in archive.folder.glob("other.db*")] == ["other.db"]
