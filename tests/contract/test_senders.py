"""What every way out for messages keeps to, whatever it is made of."""

import base64
import io
import quopri

import pytest

from digest.deliver import (
    ConsoleSender,
    FolderSender,
    MaildirSender,
    OneByOne,
    SendmailSender,
    SmtpSender,
)
from digest.model import OutcomeKind
from digest.ports import Sender
from tests.unit.deliver.lanes import OneLane
from tests.unit.deliver.mail_server import running

BODY = (
    "Papers of today\r\n.\r\n..\r\n.hidden\r\nFrom the archive\r\n\r\nGröße, 漢字, \N{ROCKET}\r\n"
    "a long line " + "x" * 900 + "\r\n"
)
HEAD = (
    b"From: digest@daily.example\r\nTo: vision@reader.example\r\nSubject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\r\n"
    b"Date: Fri, 20 Nov 2026 07:00:00 +0100\r\nMessage-ID: <1@daily.example>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
)


def quoted_printable():
    encoded = quopri.encodestring(BODY.encode().replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + encoded


def in_base64():
    encoded = base64.encodebytes(BODY.encode()).replace(b"\n", b"\r\n")
    return HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded


def eight_bit():
    return HEAD + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + BODY.encode()


def only_headers():
    return HEAD + b"\r\n"


@pytest.fixture(scope="module")
def mail_server(tmp_path_factory):
    with running({"plain": {}}, tmp_path_factory.mktemp("mail")) as server:
        yield server


#: what stands in for Postfix's: every message becomes a file
PROGRAM = """#!/bin/sh
mkdir -p "$0.taken"
cat > "$0.taken/$(ls "$0.taken" | wc -l)"
"""


def files_in(folder):
    """What stands in a folder's files, with the line ends that it travels with."""
    return [p.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for p in sorted(folder.glob("*"))]


@pytest.fixture(params=["smtp", "folder", "maildir", "sendmail", "console"])
def made(request, tmp_path):
    """A sender, and what came out of it: bytes, or for the console the printed text."""
    folder = tmp_path / "mail"
    match request.param:
        case "folder":
            return OneByOne(FolderSender(folder)), lambda: files_in(folder)
        case "maildir":
            return OneByOne(MaildirSender(folder)), lambda: files_in(folder / "new")
        case "sendmail":
            program = tmp_path / "sendmail"
            program.write_text(PROGRAM)
            program.chmod(0o755)
            return OneByOne(SendmailSender(program)), lambda: files_in(tmp_path / "sendmail.taken")
        case "console":
            stream = io.StringIO()
            return OneByOne(ConsoleSender(stream)), stream.getvalue
    server = request.getfixturevalue("mail_server")
    server.forget()
    return SmtpSender(server.settings()), lambda: [m["data"] for m in server.received()]


@pytest.fixture
def way(made):
    """The same with one lane, that takes one message after another."""
    sender, out = made
    lane = OneLane(sender)
    yield lane, out
    lane.end()


def send(sender, data, recipient="vision@reader.example", message_id="<1@daily.example>"):
    return sender.send("digest@daily.example", recipient, data, message_id)


@pytest.mark.parametrize("build", [quoted_printable, in_base64, eight_bit, only_headers])
def test_what_goes_in_comes_out(way, build):
    sender, out = way
    outcome = send(sender, build())
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert outcome.detail
    assert not outcome.connection_lost
    if isinstance(out(), str):
        assert "Subject: Größe" in out()
        assert (
            build is only_headers
            or "\n.\n..\n.hidden\nFrom the archive\n\nGröße, 漢字, \N{ROCKET}\n" in out()
        )
    else:
        assert out() == [build()]


def test_every_message_of_several_comes_out(way):
    sender, out = way
    for number in range(3):
        data = HEAD + f"\r\nmessage {number}\r\n".encode()
        outcome = send(sender, data, f"r{number}@reader.example", f"<{number}@daily.example>")
        assert outcome.kind is OutcomeKind.ACCEPTED
    shown = out() if isinstance(out(), str) else b"".join(out()).decode()
    assert all(f"message {number}" in shown for number in range(3))


def test_sending_again_leaves_one_message_exactly_where_that_is_promised(way):
    sender, out = way
    data = HEAD + b"\r\nonce only\r\n"
    send(sender, data)
    send(sender, data)
    shown = out() if isinstance(out(), str) else b"".join(out()).decode()
    assert shown.count("once only") == (1 if sender.repeatable else 2)


def test_closing_is_harmless_at_any_time(way):
    sender, out = way
    sender.close()
    assert send(sender, quoted_printable()).kind is OutcomeKind.ACCEPTED
    sender.close()
    sender.close()
    assert out()


@pytest.mark.parametrize(
    "address", ["", "@", "a@b@", "\ud800@x", "../../a@b.example", "a\r\nb@c.example", "x" * 5000]
)
@pytest.mark.parametrize("data", [b"", b"\r\n", b"no headers", b"\xff\xfe\r\n\r\n\xff"])
def test_no_address_and_no_bytes_raise(way, address, data):
    sender, _ = way
    outcome = send(sender, data, address, address)
    assert outcome.kind in (OutcomeKind.ACCEPTED, OutcomeKind.PERMANENT)
    assert outcome.detail.isprintable()


def test_each_is_a_sender(made):
    sender, _ = made
    typed: Sender = sender
    assert isinstance(typed.repeatable, bool)
    assert typed.lanes >= 1
