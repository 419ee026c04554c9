"""Folders, free space, network disks, and who can read what."""

import os
from pathlib import Path

import pytest

from digest.doctor import files

as_nobody = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
MB = 1_000_000


@pytest.fixture
def look(case_of):
    def _look(check, **values):
        return {f.subject: f for f in check(case_of(**values))}

    return _look


class Disk:
    """What `os.statvfs` says of a disk."""

    def __init__(self, free, files=1_000_000, all_files=2_000_000):
        self.f_frsize, self.f_bavail, self.f_files, self.f_favail = 1_000, free // 1_000, all_files, files


@pytest.mark.parametrize(
    ("disk", "verdict", "words"),
    [
        (Disk(500 * MB), "fine", "500 MB for database, mail.folder, output.folder"),
        (Disk(199 * MB), "advice", "199 MB"),
        (Disk(19 * MB), "broken", "19 MB"),
        (Disk(500 * MB, files=100), "advice", "100 more files"),
        # such as btrfs, which counts none
        (Disk(500 * MB, files=0, all_files=0), "fine", "500 MB"),
    ],
)
def test_little_space_is_advice_and_next_to_none_is_broken(look, monkeypatch, disk, verdict, words):
    monkeypatch.setattr(os, "statvfs", lambda _: disk)
    found = look(files.check_space)["free space"]

    assert found.verdict == verdict
    assert words in found.what


def test_the_real_disk_has_a_number(look):
    assert "MB for database" in look(files.check_space)["free space"].what


def test_a_disk_that_does_not_answer_is_skipped(look, monkeypatch):
    def fail(_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "statvfs", fail)

    assert look(files.check_space)["free space"].verdict == "skipped"


# ── network disks ─────────────────────────────────────────────────────────────────────────────

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
nas:/export {there} nfs4 rw 0 0
"""


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        ("nfs4", "broken"),
        ("cifs", "broken"),
        ("fuse.sshfs", "broken"),
        ("fuse", "broken"),
        ("ext4", "fine"),
        ("fuse.fuse-overlayfs", "fine"),
        ("overlay", "fine"),
    ],
)
def test_a_database_on_the_disk_of_another_machine_is_broken(look, tmp_path, kind, verdict):
    table = tmp_path / "mounts"
    table.write_text(MOUNTS.format(there=tmp_path).replace("nfs4", kind))
    found = look(files.check_network, mounts=table)["disk of the database"]

    assert found.verdict == verdict
    assert kind in found.what


def test_of_several_mounts_the_deepest_and_then_the_latest_counts(tmp_path):
    table = f"a / ext4\nb {tmp_path} nfs\nc {tmp_path}/deep\\040er xfs\nd {tmp_path} tmpfs\nrubbish\n"

    assert files.file_system(tmp_path, table) == "tmpfs"
    assert files.file_system(tmp_path / "deep er" / "digest.db", table) == "xfs"
    assert files.file_system(tmp_path / "deep", table) == "tmpfs"
    assert files.file_system(Path("/elsewhere"), table) == "ext4"
    assert files.file_system(Path("/elsewhere"), "") == ""


def test_where_nobody_tells_of_mounts_it_is_skipped(look, tmp_path):
    found = look(files.check_network, mounts=tmp_path / "none")

    assert found["disk of the database"].verdict == "skipped"


# ── folders ───────────────────────────────────────────────────────────────────────────────────


def test_folders_that_are_there_or_can_be_made_are_fine(look, tmp_path):
    (tmp_path / "mail").mkdir()
    found = look(files.check_folders)

    assert {name: f.verdict.value for name, f in found.items()} == {
        "mail.folder": "fine",
        "output.folder": "fine",
    }
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_a_folder_is_broken(look, tmp_path):
    (tmp_path / "out").write_text("mine")

    assert look(files.check_folders)["output.folder"].verdict == "broken"


@as_nobody
def test_a_folder_that_cannot_be_written_is_broken(look, tmp_path):
    (tmp_path / "mail").mkdir(mode=0o500)

    assert look(files.check_folders)["mail.folder"].verdict == "broken"


def test_a_folder_that_the_system_refuses_is_broken(look, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)

    assert {f.verdict.value for f in look(files.check_folders).values()} == {"broken"}


def test_folders_that_nothing_is_written_to_are_not_looked_at(look):
    mail = {"smtp": {"host": "mail.example"}}

    assert look(files.check_folders, mail=mail, feeds={"enabled": False}) == {}


# ── who can read what ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def password(tmp_path):
    path = tmp_path / "smtp-password"
    path.write_text("open sesame\n")
    path.chmod(0o600)
    tmp_path.chmod(0o755)
    return path


@pytest.fixture
def secrets(look, password, monkeypatch):
    # the test's own folder stands behind one that keeps others out
    monkeypatch.setattr(files, "_behind_a_door", lambda _: False)
    smtp = {"host": "localhost", "username": "digest", "password_file": str(password)}
    return lambda: look(files.check_secrets, mail={"smtp": smtp})["secrets"]


def test_a_secret_that_its_owner_and_group_alone_can_read_is_fine(secrets, password):
    for mode in (0o600, 0o400, 0o640):
        password.chmod(mode)
        assert secrets().verdict == "fine"


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602])
def test_a_secret_that_everybody_can_read_or_change_is_broken_and_not_shown(secrets, password, mode):
    password.chmod(mode)
    found = secrets()

    assert found.verdict == "broken"
    assert found.remedy == f"chmod o-rwx {password}"
    assert "sesame" not in repr(found)


def test_the_database_and_its_log_are_secrets(look, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_behind_a_door", lambda _: False)
    for name in ("digest.db", "digest.db-wal"):
        path = tmp_path / name
        path.touch(mode=0o600)
        path.chmod(0o644)
        found = look(files.check_secrets)["secrets"]
        assert found.verdict == "broken"
        assert str(path) in found.remedy
        path.unlink()


def test_a_secret_behind_a_folder_that_keeps_others_out_is_fine(look, tmp_path, password):
    password.chmod(0o644)
    tmp_path.chmod(0o750)
    smtp = {"host": "localhost", "username": "digest", "password_file": str(password)}

    assert look(files.check_secrets, mail={"smtp": smtp})["secrets"].verdict == "fine"


def test_the_user_who_asks_has_to_be_the_owner(look, tmp_path, monkeypatch):
    (tmp_path / "digest.db").touch()
    assert look(files.check_owner) == {}

    monkeypatch.setattr(os, "geteuid", lambda: 54_321)
    found = look(files.check_owner)["owner"]
    assert found.verdict == "advice"
    assert "user 54321" in found.what
