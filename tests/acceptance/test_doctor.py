"""`digest doctor` as somebody calls it: what is printed, what it ends with, and that nothing changes."""

import os
import re
import socket

import pytest

from digest.cli.doctor import with_myself
from tests.unit.deliver.mail_server import running

READER = ("subscribers", "add", "vision@reader.example", "--interest", "diffusion models")

FRESH = """\
Configuration
  fine    file                  config.yaml is in order
  advice  mail.from_address     is digest@localhost, which nobody outside can answer (A09)
                                → set mail.from_address to an address that you receive mail at
  advice  mail.base_url         is not set: mails carry no one-click way out, which Gmail and Yahoo want (U01)
                                → let the public reach `digest serve` by https, and set it
  fine    sources               inbox

Database
  fine    file                  HERE/digest.db is not there yet: the first command that writes makes it
  fine    writing               this user may make it

Files and disk
  fine    free space            N MB for database, mail.folder, output.folder
  fine    disk of the database  is local (KIND)
  fine    mail.folder           HERE/mail is not there yet, and can be made
  fine    output.folder         HERE/out is not there yet, and can be made

Machine
  PYTHON
  fine    clock                 2026-11-16 08:00 UTC, later than all that was written down
  fine    time zones            the data of UTC is there

Way out
  advice  mail.folder           mails are written to HERE/mail, and reach no reader
                                → set mail.smtp.host when they are to get them (docs/operating.md, Mail)
"""


@pytest.fixture
def workspace(workspace):
    """Begun before the moment that the tests take for now."""
    os.utime(workspace.config, (1_700_000_000, 1_700_000_000))
    return workspace


def normal(text, folder):
    """`text` without what differs from machine to machine."""
    text = re.sub(
        r"  (fine|advice) {2,4}Python .*\n( +→ .*\n)?", "  PYTHON\n", text.replace(str(folder), "HERE")
    )
    return re.sub(r"is local( \(\S+\))?", "is local (KIND)", re.sub(r"[\d,]+ MB", "N MB", text))


def test_a_fresh_folder_has_nothing_broken_and_some_things_to_consider(workspace, at):
    before = workspace.snapshot()
    done = workspace("doctor", "--offline", now=at(0))
    report, _, summary = done.stdout.rpartition("\n\n")

    assert normal(report + "\n", workspace.folder) == FRESH
    assert re.fullmatch(r"nothing is broken, [34] to consider, 1[01] fine\n", summary)
    assert done.stderr == ""
    assert workspace.snapshot() == before


def test_json_holds_the_same_in_the_words_of_the_report(workspace, at):
    found = workspace.json("doctor", "--offline", now=at(0))

    assert found["exit_code"] == 0
    assert found["counts"]["broken"] == 0
    assert sum(found["counts"].values()) == len(found["findings"])
    first = found["findings"][0]
    assert first == {
        "area": "configuration",
        "subject": "file",
        "verdict": "fine",
        "what": "config.yaml is in order",
        "remedy": None,
        "rule": None,
    }
    for finding in found["findings"]:
        assert bool(finding["remedy"]) == (finding["verdict"] in {"advice", "broken"})


def test_after_a_run_the_database_is_looked_at_too_and_stays_as_it_is(workspace, dumps, at):
    workspace(*READER)
    workspace.put(dumps[0])
    workspace("run", now=at(0))
    before = workspace.snapshot()
    found = workspace.json("doctor", "--offline", "--thorough", now=at(0, 9))
    verdicts = {f["subject"]: f["verdict"] for f in found["findings"] if f["area"] == "database"}

    assert verdicts == {"file": "fine", "integrity": "fine", "writing": "fine", "readers": "fine"}
    assert workspace.snapshot() == before


def test_a_damaged_database_ends_with_2_and_the_last_lines_say_where(archive, at):
    with archive.database.open("r+b") as file:
        file.seek(4096 * 3 + 8)
        file.write(b"\xa5" * 40_000)
    done = archive("doctor", "--offline", now=at(0, 9), code=2)

    assert "1 thing to mend" in done.stdout
    assert re.search(r"\n  database: \w+\n$", done.stdout)


@pytest.fixture
def dead_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield str(taken.getsockname()[1])


def test_a_server_that_takes_no_connections_ends_with_3(workspace, at, dead_port):
    workspace.env = {"DIGEST__MAIL__SMTP__HOST": "127.0.0.1", "DIGEST__MAIL__SMTP__PORT": dead_port}
    done = workspace("doctor", now=at(0), code=3)

    assert "takes no connections" in done.stdout
    assert done.stdout.endswith("  way out: server\n")


def test_a_password_that_is_refused_is_nowhere_in_what_is_said(workspace, at, tmp_path):
    password = tmp_path / "password"
    password.write_text("open barley\n")
    password.chmod(0o600)
    with running({"users": {"users": {"digest": "open sesame"}}}, tmp_path) as server:
        port = server.settings("users").port
        smtp = {"host": "127.0.0.1", "port": port, "username": "digest", "password_file": str(password)}
        workspace.configure(mail={"smtp": smtp})
        for form in ([], ["--json"]):
            done = workspace("doctor", *form, now=at(0), code=3)
            assert "535" in done.stdout
            assert "barley" not in done.stdout + done.stderr


# ── the test mail ─────────────────────────────────────────────────────────────────────────────


def test_a_mail_to_oneself_goes_the_way_of_the_readers_mails(workspace, at):
    done = workspace("doctor", "--send", now=at(0))
    (mail,) = workspace.mails

    assert "accepted for digest@localhost" in done.stdout
    assert b"To: digest@localhost" in mail.read_bytes()
    assert not workspace.database.exists()


def test_a_mail_to_somebody_goes_there_by_the_server(workspace, at, tmp_path):
    with running({"plain": {}}, tmp_path) as server:
        settings = server.settings("plain")
        workspace.configure(mail={"smtp": {"host": settings.host, "port": settings.port}})
        found = workspace.json("doctor", "--send", "me@reader.example", now=at(0), code=None)
        (mail,) = server.received()

    assert mail["recipients"] == ["me@reader.example"]
    (said,) = [f for f in found["findings"] if f["area"] == "test mail"]
    assert said["verdict"] == "fine"
    assert "Q0001" in said["what"]


@pytest.mark.parametrize(
    ("args", "words"),
    [(["--send", "nobody"], "not a mail address"), (["--send", "--offline"], "needs the network")],
)
def test_what_cannot_be_sent_is_usage(workspace, args, words):
    assert words in workspace("doctor", *args, code=2).stderr


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--send"], ["--send", "-"]),
        (["--send", "--json"], ["--send", "-", "--json"]),
        (["--json", "--send", "a@b.example"], ["--json", "--send", "a@b.example"]),
        (["--send=a@b.example"], ["--send=a@b.example"]),
        ([], []),
    ],
)
def test_send_may_stand_without_an_address(args, expected):
    assert with_myself(args) == expected


# ── before a run ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["run", "deliver"])
def test_a_run_that_could_not_end_is_not_begun(workspace, at, command):
    (workspace.folder / "mail").write_text("a file in the place of the folder")
    before = workspace.snapshot()
    done = workspace(command, now=at(0), code=2)

    assert "nothing was begun" in done.stderr
    assert "mail.folder" in done.stderr
    assert workspace.snapshot() == before


def test_a_rehearsal_is_done_all_the_same(workspace, at):
    (workspace.folder / "mail").write_text("a file in the place of the folder")

    workspace("run", "--dry-run", now=at(0))
