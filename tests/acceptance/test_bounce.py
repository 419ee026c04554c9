"""`digest bounce` as a person, cron and a mail server call it; and a run that heeds a no before it sends."""

import json
import sqlite3
import subprocess
from contextlib import closing

import pytest

from digest import tokens
from tests.imap_server import ImapServer
from tests.returned import bounce, complaint, wish

ADDRESS = "bounces@digest.example"


@pytest.fixture
def room(archive):
    """A digest with a Maildir to read, and one reader who is due in the morning."""
    for part in ("new", "cur", "tmp"):
        (archive.folder / "post" / part).mkdir(parents=True)
    archive.configure(
        sources=[],
        ranking={"line": 20},
        mail={
            "from_address": "digest@digest.example",
            "bounce_address": ADDRESS,
            "mailbox": {"maildir": "post"},
        },
    )
    archive("subscribers", "add", "r1@reader.example", "-i", "diffusion models")
    return archive


def keys(room):
    secrets = dict(room.rows("SELECT version, key FROM secret"))
    return tokens.KeyRing(secrets=secrets, current=max(secrets))


def arrives(room, data, name="1.host"):
    (room.folder / "post" / "new" / name).write_bytes(data)


def status(room, address="r1@reader.example"):
    found = room.json("subscribers", "show", address)
    return found["status"], found["status_reason"]


def theirs(room, **facts):
    return bounce(1, keys=keys(room), recipient="r1@reader.example", **facts)


def piped(room, data, *args):
    return subprocess.run(
        **(room.invocation("bounce", "-", *args)), input=data, capture_output=True, timeout=120, check=False
    )


def test_a_run_heeds_a_no_before_it_sends(room, at):
    arrives(room, wish(1, keys=keys(room)))

    report = room.json("run", now=at(0))

    assert report["returned"]["removed"] == ["r1@reader.example"]
    assert (report["publish"]["messages"], room.mails) == (0, [])
    assert status(room) == ("unsubscribed", "mail")
    assert list((room.folder / "post" / ".digest.done" / "cur").iterdir())


def test_what_waits_in_the_outbox_is_not_sent_to_who_left_since(room, at):
    room("publish", now=at(0))
    arrives(room, wish(1, keys=keys(room)))

    report = room.json("deliver", now=at(0))

    assert [d["state"] for d in report["deliveries"]] == ["suppressed"]
    assert room.mails == []


def test_mails_leave_with_a_bounce_address_and_what_comes_to_it_is_attributed(room, at):
    room("run", now=at(0))
    ((sender,),) = room.rows("SELECT sender FROM delivery")
    assert tokens.bounced_subscriber(sender, keys(room)) == 1
    assert sender.startswith("bounces+")

    arrives(room, bounce(to=sender, recipient="r1@reader.example"))
    done = room("bounce", now=at(0, 9))

    assert "r1@reader.example is bounced: hard bounce 5.1.1" in done.stdout
    ((kind, delivery),) = room.rows("SELECT kind, delivery_id FROM returned")
    assert (kind, delivery) == ("hard", 1)
    assert "bounced (hard bounce 5.1.1)" in room("subscribers", "list").stdout


def test_a_broken_mailbox_is_a_problem_line_and_the_mails_go(room, at):
    (room.folder / "post" / "new").rmdir()

    done = room("run", now=at(0), code=3)

    assert len(room.mails) == 1
    (line,) = done.stderr.splitlines()
    assert "cannot read the Maildir" in line
    assert "post" in line


def test_a_good_run_with_returned_mails_is_silent_for_cron(room, at):
    arrives(room, b"From: r1@reader.example\nTo: digest@digest.example\nSubject: thanks\n\n")
    done = room("run", now=at(0))

    assert (done.stdout, done.stderr) == ("", "")
    assert [p.name for p in (room.folder / "post" / "cur").iterdir()] == ["1.host:2,"]


def test_a_block_reaches_the_operator(room):
    arrives(room, theirs(room, status="5.7.26", said="550 5.7.26 Unauthenticated email from digest.example"))

    done = room("bounce", code=3)

    assert "Unauthenticated email from digest.example" in done.stderr
    assert status(room) == ("active", None)


def test_a_dry_run_says_what_each_mail_would_do_and_changes_nothing(room):
    arrives(room, theirs(room), "1.host")
    arrives(room, b"From: r1@reader.example\nSubject: hello\n\n", "2.host")
    before = room.snapshot()

    done = room("bounce", "--dry-run")
    report = room.json("bounce", "--dry-run")

    assert "bounced: hard bounce 5.1.1" in done.stdout
    assert [(m["mail"], m["kind"], m["became"]) for m in report["mails"]] == [
        ("new/1.host", "hard", "bounced"),
        ("new/2.host", "unknown", None),
    ]
    assert room.snapshot() == before


def test_files_are_read_and_stay(room, tmp_path):
    (tmp_path / "a.eml").write_bytes(complaint(1, keys=keys(room)))

    report = room.json("bounce", tmp_path / "a.eml")

    assert (report["counts"], status(room)) == ({"complaint": 1}, ("complained", "complaint"))
    assert (tmp_path / "a.eml").exists()
    refused = room("subscribers", "add", "r1@reader.example", "-i", "x", code=2)
    assert "--despite-complaint" in refused.stderr
    room("subscribers", "add", "r1@reader.example", "-i", "x", "--despite-complaint")
    assert status(room) == ("active", None)


def test_a_mail_comes_through_a_pipe(room):
    done = piped(
        room,
        theirs(room, to="somebody@digest.example"),
        "--to",
        tokens.bounce_address(ADDRESS, 1, keys(room)),
    )

    assert done.returncode == 0
    assert status(room) == ("bounced", "hard bounce 5.1.1")


def test_a_pipe_works_while_a_run_holds_the_lock(room):
    import fcntl

    with (room.folder / "digest.db.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert piped(room, wish(1, keys=keys(room))).returncode == 0

    assert status(room) == ("unsubscribed", "mail")


def test_what_a_pipe_brings_for_a_person_is_kept(room):
    mail = b"From: r1@reader.example\nSubject: hello\n\n" + b"words\n" * 400_000

    assert piped(room, mail).returncode == 0

    (kept,) = (room.folder / "returned").glob("*.eml")
    assert kept.read_bytes() == mail


def test_whatever_goes_wrong_the_mail_server_keeps_the_mail(room, tmp_path):
    mail = theirs(room)
    with closing(sqlite3.connect(room.database)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON returned BEGIN SELECT RAISE(FAIL, 'disk'); END"
        )
        connection.commit()
        assert piped(room, mail).returncode == 75
        connection.execute("DROP TRIGGER full")
        connection.commit()
    room.config.write_text(room.config.read_text() + "nonsense: 1\n")
    assert piped(room, mail).returncode == 75
    room.config.unlink()
    assert piped(room, mail).returncode == 75
    assert b"Traceback" not in piped(room, mail).stderr


def test_held_bounces_stay_with_the_mail_server(room):
    for number in range(2, 8):
        room("subscribers", "add", f"r{number}@reader.example", "-i", "x")
    codes = [
        piped(room, bounce(n, keys=keys(room), recipient=f"r{n}@reader.example")).returncode
        for n in range(1, 6)
    ]

    assert codes == [0, 0, 0, 75, 75]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("-", "a.eml"), "stands alone"),
        (("--to", "a@b.example"), "goes with -"),
        (("gone.eml",), "gone.eml"),
    ],
)
def test_a_wrong_call_is_explained(room, args, words):
    done = room("bounce", *args, code=None)

    assert done.returncode in {2, 3}
    assert words in done.stderr


def test_without_a_mailbox_the_command_says_what_to_set(archive):
    done = archive("bounce", code=2)

    assert "mail.mailbox.maildir" in done.stderr


def test_the_mailbox_may_be_on_an_imap_server(room, at):
    with ImapServer() as server:
        server.add(wish(1, keys=keys(room)))
        imap = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": "digest"}
        room.configure(sources=[], mail={"from_address": "digest@digest.example", "mailbox": {"imap": imap}})
        half = room("run", now=at(0), code=3)
        assert "DIGEST__MAIL__MAILBOX__IMAP__PASSWORD" in half.stderr

        room.env["DIGEST__MAIL__MAILBOX__IMAP__PASSWORD"] = "pässword"
        report = json.loads(room("bounce", "--json", now=at(0, 9)).stdout)

        assert report["removed"] == ["r1@reader.example"]
        assert server.mails[0].flags == {"\\Seen", "DigestDone"}
    assert status(room)[0] == "unsubscribed"
