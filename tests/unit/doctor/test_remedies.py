"""Every check finds something to mend where something is wrong, and says what to do."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.doctor import (
    coming_back,
    configuration,
    database,
    dkim,
    dmarc,
    files,
    flaws,
    link,
    machine,
    mailboxes,
    spf,
    way_out,
)
from digest.doctor.examine import HERE, OUTSIDE
from digest.mailbox import MaildirMailbox
from digest.store import Audience, Facts

OURS = {"from_address": "papers@list.example"}
DEAD = {"smtp": {"host": "127.0.0.1", "port": 9}}
AFTER = datetime(2030, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 2, tzinfo=UTC)

#: each check with what makes it fail: settings, facts of the database, or a word for `spoil` below
SICK = {
    configuration.check_sender: {},
    configuration.check_list: {"mail": OURS},
    configuration.check_link: {},
    configuration.check_server: {"mail": {"smtp": {"host": "mail.example"}}},
    configuration.check_sources: {"sources": [{"name": "a", "path": "gone"}]},
    configuration.check_templates: {"templates": "gone"},
    database.check_file: {"facts": {"size": 9, "trouble": "file is not a database"}},
    database.check_integrity: {"facts": {"size": 9, "damage": ("page 3 is never used",)}},
    database.check_mode: {"facts": {"size": 9, "revision": "0010", "wal": False}},
    database.check_readers: {"facts": {"size": 9, "audience": Audience()}},
    files.check_space: {"spoil": "space"},
    files.check_network: {"spoil": "mounts"},
    files.check_folders: {"spoil": "folder"},
    files.check_secrets: {"spoil": "mode"},
    files.check_owner: {"spoil": "owner"},
    machine.check_python: {"spoil": "flaws"},
    machine.check_clock: {"facts": {"audience": Audience(newest_moment=AFTER)}},
    machine.check_zones: {"facts": {"audience": Audience(time_zones=("Moon/Base",))}},
    machine.check_runs: {"facts": {"audience": Audience(last_run=LONG_AGO)}},
    way_out.check_folder: {},
    way_out.check_program: {"mail": {"sendmail": "gone"}},
    way_out.check_server: {"mail": DEAD},
    mailboxes.check_mailboxes: {"mail": OURS},
    mailboxes.check_pointers: {"mail": OURS | DEAD, "own": ["198.51.100.7"], "spoil": "address"},
    mailboxes.check_answers: {"mail": OURS, "spoil": "silence"},
    spf.check_spf: {"mail": OURS},
    dkim.check_dkim: {"mail": OURS},
    dmarc.check_dmarc: {"mail": OURS},
    coming_back.check_reading: {"mail": DEAD},
    coming_back.check_complaints: {"facts": {"audience": Audience(accepted=1_000, complaints=1)}},
    coming_back.check_mailbox: {"box": lambda: MaildirMailbox(Path("gone"), longest=9)},
    link.check_link: {"mail": {"base_url": "https://127.0.0.1:9"}},
}
#: mistakes in the file itself end a command before any check
NEVER_FAILS = {configuration.check_file}


@pytest.fixture
def spoil(monkeypatch, tmp_path, zone):
    def _spoil(what):
        given = {}
        match what:
            case "space":
                full = type("Disk", (), {"f_frsize": 1, "f_bavail": 0, "f_files": 0, "f_favail": 0})
                monkeypatch.setattr(os, "statvfs", lambda _: full)
            case "mounts":
                table = tmp_path / "mounts"
                table.write_text("nas:/ / nfs rw 0 0\n")
                given["mounts"] = table
            case "folder":
                (tmp_path / "out").write_text("a file")
            case "mode":
                monkeypatch.setattr(files, "_behind_a_door", lambda _: False)
                (tmp_path / "digest.db").touch()
                (tmp_path / "digest.db").chmod(0o644)
            case "owner":
                (tmp_path / "digest.db").touch()
                monkeypatch.setattr(os, "geteuid", lambda: 54_321)
            case "flaws":
                monkeypatch.setattr(machine, "present", lambda: list(flaws.FLAWS))
            case "address":
                monkeypatch.setattr(mailboxes, "is_public_address", lambda _: True)
            case "silence":
                zone.silent.add("list.example")
        return given

    return _spoil


def test_the_table_holds_every_check():
    checks = {check for table in (HERE, OUTSIDE) for some in table.values() for check in some}

    assert checks == SICK.keys() | NEVER_FAILS


@pytest.mark.parametrize("check", SICK, ids=lambda check: f"{check.__module__}.{check.__name__}")
def test_every_check_that_fails_says_what_to_do(check, case_of, port, spoil, tmp_path):
    given = dict(SICK[check])
    given |= spoil(given.pop("spoil", None))
    if facts := given.pop("facts", None):
        given["facts"] = Facts(path=tmp_path / "digest.db", **facts)
    case = case_of(**given)
    if check is mailboxes.check_answers:
        list(mailboxes.check_mailboxes(case))
    wrong = [f for f in check(case) if f.verdict in {"advice", "broken"}]

    assert wrong
    assert all(f.remedy for f in wrong)
