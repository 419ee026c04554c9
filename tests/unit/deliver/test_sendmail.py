import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from digest.deliver import SendmailSender
from digest.model import OutcomeKind

DATA = b"Subject: x\r\n\r\n.\r\nOne line.\r\n"

#: writes down how it was called and what it was given, then does what the test says
PROGRAM = """#!{python}
import json, os, signal, sys, time
data = sys.stdin.buffer.read()
with open({record!r}, "a") as record:
    record.write(json.dumps([sys.argv[1:], data.decode("latin-1")]) + "\\n")
{then}
"""


@pytest.fixture
def program(tmp_path):
    """Writes a program that does `then`; the sender, and how it was called."""
    record = tmp_path / "record"

    def make(then="", **facts):
        path = tmp_path / "send mail"
        path.write_text(PROGRAM.format(python=sys.executable, record=str(record), then=then))
        path.chmod(0o755)
        return SendmailSender(path, **facts)

    make.calls = lambda: (
        [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
    )
    return make


def send(sender, to="vision@reader.example", data=DATA, by="digest@daily.example"):
    return sender.send(by, to, data, "<1@daily.example>")


def test_the_program_gets_addresses_as_arguments_and_lines_that_end_in_lf(program):
    outcome = send(program())
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert program.calls() == [
        [
            ["-i", "-odb", "-f", "digest@daily.example", "--", "vision@reader.example"],
            "Subject: x\n\n.\nOne line.\n",
        ]
    ]


def test_no_shell_reads_an_address(program, tmp_path):
    send(program(), to=f"$(touch${{IFS}}{tmp_path}/made);`id`|x&y@reader.example")
    assert program.calls()[0][0][-1].startswith("$(touch")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "address", ["-oQ/tmp@reader.example", "-@reader.example", "a b@c.example", "a\n@b.example", "x"]
)
def test_an_address_that_could_be_an_option_is_refused(program, address):
    for outcome in (send(program(), to=address), send(program(), by=address)):
        assert outcome.kind is OutcomeKind.PERMANENT
        assert outcome.detail
    assert program.calls() == []


def test_an_international_domain_is_spelled_in_ascii(program):
    send(program(), to="größe@bücher.example")
    assert program.calls()[0][0][-1] == "größe@xn--bcher-kva.example"


def test_bytes_that_servers_read_differently_are_not_sent(program):
    assert send(program(), data=b"a\nb\r\n").kind is OutcomeKind.PERMANENT
    assert program.calls() == []


@pytest.mark.parametrize(
    ("code", "kind", "at_recipient", "lost"),
    [
        (65, OutcomeKind.PERMANENT, False, False),
        (67, OutcomeKind.PERMANENT, True, False),
        (68, OutcomeKind.PERMANENT, True, False),
        (75, OutcomeKind.TRANSIENT, False, False),
        (64, OutcomeKind.TRANSIENT, False, True),
        (69, OutcomeKind.TRANSIENT, False, True),
        (71, OutcomeKind.TRANSIENT, False, True),
        (73, OutcomeKind.TRANSIENT, False, True),
        (77, OutcomeKind.TRANSIENT, False, True),
        (78, OutcomeKind.TRANSIENT, False, True),
        (1, OutcomeKind.TRANSIENT, False, True),
        (127, OutcomeKind.TRANSIENT, False, True),
    ],
)
def test_each_exit_code_has_its_meaning(program, code, kind, at_recipient, lost):
    outcome = send(program(f"print('\\x1b[31mno\\nreally', file=sys.stderr); sys.exit({code})"))
    assert (outcome.kind, outcome.at_recipient, outcome.connection_lost) == (kind, at_recipient, lost)
    assert outcome.detail.endswith(f"ended with {code}: [31mno really")


def test_a_program_that_says_nothing_is_put_in_words(program):
    assert send(program("sys.exit(75)")).detail.endswith("ended with 75: temporary failure")


def test_a_program_that_was_killed_leaves_doubt(program):
    outcome = send(program("os.kill(os.getpid(), signal.SIGKILL)"))
    assert (outcome.kind, outcome.connection_lost) == (OutcomeKind.UNKNOWN, True)
    assert "signal 9" in outcome.detail


#: starts another program that keeps all that it was given open
STARTS = """
import subprocess
child = subprocess.Popen(["sleep", "60"], start_new_session={apart})
open({file!r}, "w").write(str(child.pid))
"""


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def test_a_program_that_does_not_end_is_ended_with_all_that_it_started(program, tmp_path):
    file = tmp_path / "child"
    outcome = send(program(STARTS.format(apart=False, file=str(file)) + "time.sleep(60)", timeout=2))
    assert (outcome.kind, outcome.connection_lost) == (OutcomeKind.UNKNOWN, True)
    assert "did not end in 2 seconds" in outcome.detail
    for _ in range(100):
        if not is_running(file.read_text()):
            break
        time.sleep(0.05)
    assert not is_running(file.read_text())


def test_what_a_program_leaves_running_behind_it_holds_nobody_up(program, tmp_path):
    file = tmp_path / "child"
    outcome = send(program(STARTS.format(apart=True, file=str(file)), timeout=30))
    assert outcome.kind is OutcomeKind.ACCEPTED
    os.kill(int(file.read_text()), signal.SIGKILL)


def test_a_program_that_reads_nothing_still_tells_by_its_exit_code(tmp_path):
    path = tmp_path / "sendmail"
    path.write_text("#!/bin/sh\nexit 75\n")
    path.chmod(0o755)
    outcome = send(SendmailSender(path), data=b"Subject: x\r\n\r\n" + b"line\r\n" * 100_000)
    assert outcome.kind is OutcomeKind.TRANSIENT


@pytest.mark.parametrize("kind", ["missing", "not executable", "a folder"])
def test_a_program_that_cannot_be_run_defers_everything(tmp_path, kind):
    path = tmp_path / "sendmail"
    if kind == "not executable":
        path.write_text("")
    if kind == "a folder":
        path.mkdir()
    outcome = send(SendmailSender(path))
    assert (outcome.kind, outcome.connection_lost) == (OutcomeKind.TRANSIENT, True)
    assert "check mail.sendmail" in outcome.detail
