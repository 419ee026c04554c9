"""What a real Postfix writes of mails that were taken, cut off and turned away, and what is read from it."""

import socket
import time
from datetime import UTC, datetime

import pytest

from digest.maillog import Stamps, open_log, read_logs
from tests.crash.postfix import needs_postfix, running

pytestmark = needs_postfix
BODY = b"A line of some paper's abstract.\r\n" * 500
#: each leaves its Message-ID in the log
TOLD = {"taken", "hung-up-after-the-dot", "cut-off", "too-big"}
FATES = (*TOLD, "cut-off-in-the-header")


class Client:
    """Says a mail to Postfix as far as it is told."""

    def __init__(self, port, name):
        self._socket = socket.create_connection(("127.0.0.1", port), 20)
        self._lines = self._socket.makefile("rb")
        self.header = f"From: d@digest.example\r\nMessage-ID: <{name}@digest.example>\r\n".encode()
        self.answer()
        for command in (
            "EHLO x.example",
            "MAIL FROM:<d@digest.example>",
            "RCPT TO:<r@reader.example>",
            "DATA",
        ):
            self.say(f"{command}\r\n".encode())
            self.answer()

    def say(self, data):
        self._socket.sendall(data)

    def answer(self):
        while (line := self._lines.readline())[3:4] == b"-":
            pass
        return line

    def hang_up(self):
        self._lines.close()
        self._socket.close()


def do(port, fate):
    client = Client(port, fate)
    match fate:
        case "taken":
            client.say(client.header + b"\r\n" + BODY + b".\r\n")
            assert client.answer().startswith(b"250 ")
        case "hung-up-after-the-dot":
            client.say(client.header + b"\r\n" + BODY + b".\r\n")
        case "cut-off":
            client.say(client.header + b"\r\n" + BODY)
        case "cut-off-in-the-header":
            client.say(client.header + b"Subject: Pap")
        case "too-big":
            client.say(client.header + b"\r\n" + BODY * 700 + b".\r\n")
            assert client.answer().startswith(b"552 ")
    client.hang_up()


def read(path):
    log = open_log(path)
    try:
        return read_logs(
            [log],
            {f"<{fate}@digest.example>" for fate in FATES},
            stamps=Stamps(datetime.now(UTC)),
            domains={"digest.example"},
            is_ours=lambda others: False,
        )
    finally:
        log.close()


@pytest.fixture(scope="module")
def found():
    """Fate → its traces, once Postfix has written how each of them ended."""
    with running() as postfix:
        for fate in FATES:
            do(postfix.port, fate)
        postfix.settled()
        deadline = time.monotonic() + 30
        while True:
            findings = read(postfix.log)
            traces = {name[1:].partition("@")[0]: each for name, each in findings.traces.items()}
            if traces.keys() >= TOLD and all(ended(t) for some in traces.values() for t in some):
                return traces
            assert time.monotonic() < deadline, "\n".join(
                [*map(str, traces.items()), postfix.log.read_text()]
            )
            time.sleep(0.2)


def ended(trace):
    return trace.taken or trace.cut_off or trace.turned_away


@pytest.mark.parametrize("fate", ["taken", "hung-up-after-the-dot"])
def test_a_mail_whose_end_came_was_taken_whether_its_answer_was_heard_or_not(found, fate):
    (trace,) = found[fate]
    assert trace.taken
    assert not trace.cut_off
    assert trace.queue_id


def test_a_mail_that_was_cut_off_has_its_message_id_in_the_log_all_the_same(found):
    (trace,) = found["cut-off"]
    assert trace.begun
    assert trace.cut_off
    assert trace.taken is None


def test_a_mail_that_was_cut_off_in_its_header_may_have_left_nothing(found):
    assert all(t.cut_off and not t.taken for t in found.get("cut-off-in-the-header", ()))


def test_a_mail_that_was_too_big_was_turned_away(found):
    (trace,) = found["too-big"]
    assert trace.turned_away == "queue file size limit exceeded"
    assert trace.taken is None
