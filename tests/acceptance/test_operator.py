"""The operator's commands, for real: who got it, who did not, and what settles doubt."""

import json
import os
import pty
import resource
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.crash.recorder import Recorder

READERS = ("fine", "also-fine", "never", "later", "doubt")
DAY = "2026-11-16"


class Moody(Recorder):
    """Treats recipients by their names: `never` and `later` at RCPT, `doubt` by hanging up unanswered."""

    calm = False

    async def _converse(self, reader, writer):
        await self._reply(writer, "220 moody.example ESMTP")
        recipient = ""
        while line := await reader.readline():
            verb, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            name = recipient.partition("@")[0]
            match verb.upper():
                case "RCPT":
                    recipient = rest.partition("<")[2].partition(">")[0]
                    name = "" if self.calm else recipient.partition("@")[0]
                    answers = {"never": "554 5.7.1 not \x1b[31mfrom you", "later": "450 4.2.1 busy"}
                    await self._reply(writer, answers.get(name, "250 2.1.5 ok"))
                case "DATA":
                    await self._reply(writer, "354 go on")
                    data = await reader.readuntil(b"\r\n.\r\n")
                    if name == "doubt" and not self.calm:
                        return
                    await self._reply(writer, f"250 2.0.0 queued as R{self._take(recipient, data[:-3])}")
                case "QUIT":
                    await self._reply(writer, "221 2.0.0 bye")
                    return
                case _:
                    await self._reply(writer, "250 moody.example")


@pytest.fixture(scope="module")
def server():
    found = Moody()
    yield found
    found.close()


@pytest.fixture(scope="module")
def published(server, workspace_in, tmp_path_factory, dumps, at):
    """A workspace in which an edition of five mails was sent, of which two were accepted."""
    found = workspace_in(tmp_path_factory.mktemp("operator") / "work")
    found("ingest", *dumps, now=at(0, 6))
    for name in READERS:
        found("subscribers", "add", f"{name}@reader.example", "--interest", "diffusion models")
    found.env = {"DIGEST__MAIL__SMTP__HOST": "127.0.0.1", "DIGEST__MAIL__SMTP__PORT": str(server.port)}
    found("run", now=at(0), code=3)
    return found


@pytest.fixture
def sent(published, server, tmp_path):
    """A copy of it, and the server that the mails went to."""
    server.begin()
    server.calm = False
    found = type(published)(Path(shutil.copytree(published.folder, tmp_path / "work")), published.env)
    found.server = server
    return found


def states(workspace, **options):
    found = workspace.json("deliveries", **options)
    return {d["recipient"].partition("@")[0]: d["state"] for d in found["deliveries"]}


# ── looking ───────────────────────────────────────────────────────────────────────────────────


def test_the_operator_sees_who_got_it_and_who_did_not_and_why(sent, at):
    assert states(sent) == {
        "fine": "accepted",
        "also-fine": "accepted",
        "never": "refused",
        "later": "deferred",
        "doubt": "in_doubt",
    }
    told = sent("deliveries", "--edition", "latest", "--state", "refused", "--state", "in doubt").stdout
    head, rows = told.split("\n\n")
    assert "2 accepted, 1 deferred, 1 refused, 1 in doubt" in head
    assert "never@reader.example" in rows
    assert "not [31mfrom you" in rows
    assert "\x1b" not in told
    assert "doubt@reader.example" in rows
    assert "fine@reader.example" not in rows

    document = sent.json("deliveries", "--edition", DAY, "--recipient", "FINE@reader.example")
    assert document["editions"] == [
        {
            "edition": DAY,
            "frozen": 5,
            "counts": {"accepted": 2, "deferred": 1, "refused": 1, "in_doubt": 1},
        }
    ]
    (mine,) = document["deliveries"]
    assert document["count"] == 1
    assert (mine["recipient"], mine["queue_id"], mine["attempts"]) == (
        "fine@reader.example",
        "2.0.0 queued as R1",
        1,
    )
    assert mine["message_id"].startswith("<2026-11-16.")

    few = sent("deliveries", "--limit", 2).stdout
    assert few.rstrip().endswith("and 3 more: --limit, or --json for all")
    assert len(sent.json("deliveries", "--limit", 3)["deliveries"]) == 3
    assert "is no state" in sent("deliveries", "--state", "lost", code=2).stderr
    assert sent.json("deliveries", "--edition", "2026-11-15")["deliveries"] == []


def test_status_adds_up_names_doubts_and_tells_a_monitor(sent, at):
    told = sent("status").stdout
    assert "2 accepted, 1 deferred, 1 refused, 1 in doubt; 5 frozen, all accounted for" in told
    assert "in doubt     doubt@reader.example, edition 2026-11-16" in told
    assert sent("status", "--check", code=3).stdout == told
    found = sent.json("status", "--check", code=3)
    assert (sum(found["outbox"].values()), found["frozen"], found["alarms"]) == (5, 5, [])
    assert [d["recipient"] for d in found["in_doubt"]] == ["doubt@reader.example"]

    sent("settle", DAY, "--arrived")
    assert "in doubt" not in sent("status", "--check").stdout


def test_mails_that_do_not_add_up_are_an_alarm_in_status_and_after_each_run(sent, at):
    sent("settle", DAY, "--arrived")
    sent.server.calm = True
    sent("deliver", now=at(0, 12))
    execute(sent, "DELETE FROM message WHERE delivery_id = 1", "DELETE FROM delivery WHERE id = 1")

    alarm = f"alarm: edition {DAY} has 4 mails, 1 missing of those that were frozen"
    told = sent("status").stdout
    assert "5 frozen: 1 missing" in told
    assert alarm in told
    assert sent.json("status", "--check", code=3)["alarms"][0].startswith(alarm)
    assert alarm in sent("run", now=at(0, 13), code=3).stderr
    assert sent.json("deliver", now=at(0, 13), code=3)["alarms"][0].startswith(alarm)


def execute(workspace, *statements):
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(workspace.database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_before_anything_was_sent_there_is_nothing_to_see(workspace):
    assert workspace("deliveries").stdout == "no mails yet\n"
    assert workspace.json("deliveries") == {"editions": [], "count": 0, "deliveries": []}
    assert "no mails yet" in workspace("resend", "--missing", "latest", code=2).stderr
    assert workspace("settle", "--all", "--arrived").stdout == "nothing was in doubt\n"
    log = workspace.folder / "mail.log"
    log.touch()
    assert workspace("reconcile", "--maillog", log).stdout == "nothing is in doubt\n"


# ── sending again ─────────────────────────────────────────────────────────────────────────────


def test_an_edition_goes_again_to_those_only_whom_it_did_not_reach(sent, at):
    before = sent.snapshot()
    looked = sent("resend", "--missing", "latest", "--dry-run", now=at(1, 11)).stdout
    assert sent.snapshot() == before
    assert "nothing was changed" in looked
    assert "1 mail in doubt: digest reconcile, or digest settle" in looked

    server = sent.server
    server.calm = True
    report = sent.json("resend", "--missing", DAY, now=at(1, 11))
    assert [(m["recipient"], m["was"]) for m in report["again"]] == [("never@reader.example", "refused")]
    # of the two the deferred one's time is over, and that of the other begins anew
    late = sent("deliver", now=at(1, 11), code=3)
    assert "later@reader.example, edition 2026-11-16: expired" in late.stderr
    assert [t.recipient for t in server.taken] == ["never@reader.example"]

    report = sent.json("resend", "--missing", DAY, "--in-doubt", now=at(1, 12))
    assert {m["recipient"]: m["was"] for m in report["again"]} == {
        "later@reader.example": "expired",
        "doubt@reader.example": "in_doubt",
    }
    sent("deliver", now=at(1, 12))
    assert set(states(sent).values()) == {"accepted"}
    assert sent("resend", "--missing", DAY, now=at(1, 13)).stdout.endswith("nobody is to get it again\n")
    recipients = sorted(t.recipient for t in server.taken)
    assert recipients == ["doubt@reader.example", "later@reader.example", "never@reader.example"]
    assert "5 frozen, all accounted for" in sent("status").stdout


def test_who_left_is_told_and_gets_nothing_again(sent, at):
    sent("subscribers", "remove", "never@reader.example")
    told = sent("resend", "--missing", DAY, now=at(0, 9)).stdout

    assert "the reader is unsubscribed" in told
    assert "nobody is to get it again" in told
    assert states(sent)["never"] == "refused"
    nobody = sent("resend", "--missing", DAY, "--recipient", "nobody@reader.example", code=2)
    assert "nobody@reader.example has no mail of edition 2026-11-16" in nobody.stderr
    assert "no mails of edition 2026-11-15" in sent("resend", "--missing", "2026-11-15", code=2).stderr


def test_somebody_at_a_terminal_is_asked(sent, at):
    refused = at_a_terminal(sent, "n\n", "resend", "--missing", DAY, now=at(0, 9))
    assert "1 mail will be sent again. Go on? [y/N]" in refused
    assert "nothing was done" in refused
    assert states(sent)["never"] == "refused"
    assert "in the outbox again" in at_a_terminal(sent, "y\n", "resend", "--missing", DAY, now=at(0, 9))
    assert states(sent)["never"] == "deferred"


def at_a_terminal(workspace, typed, *args, now):
    """What the command prints for somebody who types that."""
    here, there = pty.openpty()
    with subprocess.Popen(**workspace.invocation(*args, now=now), stdin=there, stdout=there) as process:
        os.close(there)
        os.write(here, typed.encode())
        printed = b""
        with suppress(OSError):  # the way Linux says that the other end was closed
            while chunk := os.read(here, 4096):
                printed += chunk
        os.close(here)
    assert process.returncode == 0
    return printed.decode()


def test_many_mails_never_go_again_without_a_word(sent, at):
    copy_rows(sent, 60, state="refused")
    refused = sent("resend", "--missing", DAY, now=at(0, 9), code=2)
    assert "61 mails would be sent again: look with --dry-run, and say --yes" in refused.stderr
    assert sent.json("status")["outbox"]["refused"] == 61
    assert len(sent.json("resend", "--missing", DAY, "--dry-run", now=at(0, 9))["again"]) == 61
    assert len(sent.json("resend", "--missing", DAY, "--yes", now=at(0, 9))["again"]) == 61
    assert sent.json("status")["outbox"]["refused"] == 0


def copy_rows(workspace, count, *, state, edition=DAY):
    """So many more readers with a mail each, as if they had been published."""
    execute(
        workspace,
        "CREATE TEMP TABLE n AS WITH RECURSIVE n(n) AS "
        f"(SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count}) SELECT n FROM n",
        "INSERT INTO subscriber "
        "(name, address, status, preferences, feed_token, origin, created_at) "
        "SELECT 'copy' || n, 'copy' || n || '@reader.example', status, preferences, 'copy' || n, origin, "
        "created_at FROM subscriber, n WHERE subscriber.id = 1",
        "INSERT INTO issue "
        "(subscriber_id, edition, composed_at, period_start, newest_paper, listed, facts) "
        f"SELECT id, '{edition}', created_at, created_at, 0, 0, '{{}}' "
        "FROM subscriber WHERE name LIKE 'copy%'",
        "INSERT INTO delivery (issue_id, subscriber_id, edition, recipient, state, message_id, "
        "sender, subject, attempts, created_at, updated_at, next_attempt, expires_at) "
        f"SELECT issue.id, p.id, '{edition}', p.address, '{state}', '<' || issue.id || '@x>', "
        "sender, subject, attempts, d.created_at, updated_at, next_attempt, expires_at "
        "FROM issue JOIN subscriber p ON p.id = issue.subscriber_id AND p.name LIKE 'copy%', delivery d "
        "WHERE d.id = 1",
        "INSERT INTO message (delivery_id, data, sha256) "
        "SELECT d.id, x'00', '0' FROM delivery d WHERE recipient LIKE 'copy%'",
        f"UPDATE recipients SET frozen = frozen + {count} WHERE edition = '{edition}'",
    )


# ── settling ──────────────────────────────────────────────────────────────────────────────────


def test_the_operators_word_settles_doubt(sent, at):
    before = sent.snapshot()
    looked = sent.json("settle", DAY, "--not-arrived", "--dry-run", now=at(0, 9))
    assert sent.snapshot() == before
    assert [m["state"] for m in looked["settled"]] == ["deferred"]

    told = sent("settle", DAY, "--not-arrived", "--recipient", "doubt@reader.example", now=at(0, 9)).stdout
    assert told.endswith("1 to be sent again\n")
    sent.server.calm = True
    sent("deliver", now=at(0, 9))
    assert states(sent)["doubt"] == "accepted"
    (found,) = sent.json("deliveries", "--recipient", "doubt@reader.example")["deliveries"]
    assert found["settled_by"] == "operator"


def test_a_doubt_that_is_old_news_expires_and_says_how_it_is_sent_all_the_same(sent, at):
    told = sent("settle", "--all", "--not-arrived", now=at(3)).stdout

    assert "1 too old to be news (digest resend --missing sends them all the same)" in told
    assert states(sent)["doubt"] == "expired"


@pytest.mark.parametrize(
    "args",
    [(), ("latest",), ("--all",), ("latest", "--all", "--arrived"), ("latest", "--arrived", "--not-arrived")],
)
def test_a_word_that_settles_nothing_is_a_mistake(sent, args):
    assert sent("settle", *args, code=2).stdout == ""


# ── reconciling ───────────────────────────────────────────────────────────────────────────────


def log_of(sent, *, until="08:45:00", doubt=(), name="mail.log", taken="fine@reader.example"):
    """A log of 16 November that shows one accepted mail, and of the one in doubt what is given."""
    ids = {d["recipient"]: d["message_id"] for d in sent.json("deliveries")["deliveries"]}
    lines = [
        ("07:30:00", "postfix/postfix-script[9]: refreshing the Postfix mail system"),
        ("08:00:00", "postfix/smtpd[9]: 1FC8020C44A: client=localhost[127.0.0.1]"),
        ("08:00:00", f"postfix/cleanup[9]: 1FC8020C44A: message-id={ids[taken]}"),
        ("08:00:00", "postfix/qmgr[9]: 1FC8020C44A: from=<d@digest.example>, size=1, nrcpt=1 (queue active)"),
        *((at, text.replace("ID", ids["doubt@reader.example"])) for at, text in doubt),
        (until, "postfix/anvil[9]: statistics: max cache size 1 at Nov 16 08:00:00"),
    ]
    path = sent.folder / name
    path.write_text("".join(f"Nov 16 {at} mx {text}\n" for at, text in lines))
    return path


RECEIVED = (
    ("08:00:01", "postfix/smtpd[9]: 2FC8020C44A: client=localhost[127.0.0.1]"),
    ("08:00:01", "postfix/cleanup[9]: 2FC8020C44A: message-id=ID"),
)
QUEUED = ("08:00:01", "postfix/qmgr[9]: 2FC8020C44A: from=<d@digest.example>, size=1, nrcpt=1 (queue active)")
SENT = (
    "08:00:02",
    "postfix/smtp[9]: 2FC8020C44A: to=<doubt@reader.example>, relay=x, delay=1, status=sent (ok)",
)


def reconcile(sent, *logs, now, **options):
    return sent.json("reconcile", "--maillog", *logs, "--tz", "UTC", now=now, **options)


def test_a_mail_that_the_log_shows_was_accepted(sent, at):
    log = log_of(sent, doubt=[*RECEIVED, QUEUED, SENT])
    before = sent.snapshot()
    looked = reconcile(sent, log, "--dry-run", now=at(0, 9))
    assert sent.snapshot() == before
    assert [(m["fate"], m["state"]) for m in looked["mails"]] == [("taken", "accepted")]

    told = sent("reconcile", "--maillog", log, "--tz", "UTC", now=at(0, 9)).stdout
    assert "queued as 2FC8020C44A: sent (ok)" in told
    assert told.endswith("8 lines read: 1 accepted\n".replace("8", str(len(log.read_text().splitlines()))))
    (found,) = sent.json("deliveries", "--recipient", "doubt@reader.example")["deliveries"]
    assert (found["state"], found["settled_by"]) == ("accepted", "maillog")
    assert found["queue_id"] == "queued as 2FC8020C44A (the mail log)"
    assert found["accepted_at"] == "2026-11-16T08:00:01Z"
    assert sent("reconcile", "--maillog", log, now=at(0, 9)).stdout == "nothing is in doubt\n"


@pytest.mark.parametrize(
    "doubt", [(), (*RECEIVED, ("08:00:02", "postfix/smtpd[9]: lost connection after DATA (9 bytes) from x"))]
)
def test_a_mail_that_the_server_provably_did_not_take_goes_again(sent, at, doubt):
    report = reconcile(sent, log_of(sent, doubt=doubt), now=at(0, 9))
    assert [(m["fate"], m["state"]) for m in report["mails"]] == [("not_taken", "deferred")]
    sent.server.calm = True
    sent("deliver", now=at(0, 9))

    assert "doubt@reader.example" in [t.recipient for t in sent.server.taken]
    assert states(sent)["doubt"] == "accepted"


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ({"until": "08:20:00"}, "the log ends on 2026-11-16 08:20 UTC, and must reach 2026-11-16 08:30"),
        ({"doubt": RECEIVED}, "the log does not say how that ended"),
        ({"taken": "never@reader.example"}, "the log shows no mail of digest's at all"),
    ],
    ids=["too short", "no end", "another server's"],
)
def test_what_a_log_does_not_prove_stays_in_doubt_with_the_reason_and_exit_code_3(sent, at, log, words):
    path = log_of(sent, **log)
    told = sent("reconcile", "--maillog", path, "--tz", "UTC", now=at(0, 9), code=3).stdout

    assert words in told
    assert told.endswith("1 still in doubt\n")
    assert states(sent)["doubt"] == "in_doubt"


def test_logs_are_given_by_a_glob_of_the_shell_packed_or_on_standard_input(sent, at):
    import gzip

    older = log_of(sent, doubt=RECEIVED, until="08:00:01", name="mail.log.2.gz")
    older.write_bytes(gzip.compress(older.read_bytes()))
    newer = sent.folder / "mail.log.1"
    newer.write_text("".join(f"Nov 16 {moment} mx {text}\n" for moment, text in (QUEUED, SENT)))
    report = reconcile(sent, newer, older, "--dry-run", now=at(0, 9))
    assert [m["fate"] for m in report["mails"]] == ["taken"]

    both = gzip.decompress(older.read_bytes()) + newer.read_bytes()
    options = sent.invocation("reconcile", "--maillog", "-", "--tz", "UTC", now=at(0, 9))
    done = subprocess.run(**options, input=both, capture_output=True, check=True)
    assert b"1 accepted" in done.stdout
    missing = sent("reconcile", "--maillog", sent.folder / "none.log", code=2)
    assert "none.log" in missing.stderr
    assert "no time zone" in sent("reconcile", "--maillog", newer, "--tz", "Nowhere/At_All", code=2).stderr


def test_what_a_killed_run_left_is_reconciled_without_another_run(sent, at):
    transmitting = "state = 'transmitting', worker = 'dead', last_error = NULL"
    execute(sent, f"UPDATE delivery SET {transmitting} WHERE state = 'in_doubt'")
    log = log_of(sent, doubt=[*RECEIVED, QUEUED])

    report = reconcile(sent, log, now=at(0, 9))
    assert [(m["fate"], m["state"]) for m in report["mails"]] == [("taken", "accepted")]


# ── many, and old ─────────────────────────────────────────────────────────────────────────────


def test_fifty_thousand_deliveries_are_printed_in_little_memory(sent, at):
    few = memory_of(sent, "deliveries", "--json", "--limit", 100)[0]
    copy_rows(sent, 50_000, state="accepted")
    much, printed = memory_of(sent, "deliveries", "--json")

    document = json.loads(printed)
    assert len(document["deliveries"]) == document["count"] == 50_005
    assert len({d["recipient"] for d in document["deliveries"]}) == 50_005
    assert much < few + 40


def memory_of(workspace, *args):
    """The most memory that the command took, in MB, and what it printed."""
    process = workspace.start(*args)
    printed = process.stdout.read()
    process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    process.stderr.close()
    assert process.returncode == 0
    assert isinstance(used, resource.struct_rusage)
    return used.ru_maxrss / 1024, printed


def test_mails_whose_bytes_were_let_go_are_still_shown_by_what_was_in_them(sent, at):
    sent("settle", DAY, "--arrived", now=at(0, 9))
    sent("deliver", now=at(0, 9), code=None)
    sent("deliver", now=at(40), code=None)

    document = sent.json("issues", "fine@reader.example", "--day", DAY)[0]
    assert document["as_sent"] is None
    assert (
        document["delivery"]["bytes_dropped_at"]
        == "2026-12-26T08:00:00Z"[:10] + document["delivery"]["bytes_dropped_at"][10:]
    )
    assert document["papers"]
    told = sent("issues", "fine@reader.example", "--day", DAY).stdout
    assert "the bytes of this mail were let go on 2026-12-26 (mail.keep); its papers were:" in told
    assert document["papers"][0]["paper"]["title"] in told
    again = sent("resend", "--missing", DAY, now=at(40)).stdout
    assert "its bytes were let go on 2026-12-26 (mail.keep)" in again
