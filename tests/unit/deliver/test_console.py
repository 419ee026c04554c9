import io
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import ConsoleSender
from digest.model import OutcomeKind
from digest.text import printable


def message(text="One line.\n  indented\n", subject="Papers"):
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "digest@daily.example", "vision@reader.example", subject
    mail.set_content(text)
    mail.add_alternative("<p>only in HTML</p>", subtype="html")
    return mail.as_bytes()


def printed(data):
    stream = io.StringIO()
    outcome = ConsoleSender(stream).send("a@b.example", "vision@reader.example", data, "<1@x>")
    assert outcome.kind is OutcomeKind.ACCEPTED
    return stream.getvalue()


def test_headers_and_the_plain_text_are_printed():
    shown = printed(message(subject="Größe & 漢字"))
    assert "Subject: Größe & 漢字\n" in shown
    assert "To: vision@reader.example\n" in shown
    assert "\nOne line.\n  indented\n" in shown
    assert "only in HTML" not in shown


def test_nothing_in_a_message_acts_on_the_terminal():
    shown = printed(message(text="a\x1b[2Jb\x07\u202ec\x9bd\n", subject="x"))
    assert "a [2Jb c d" in shown
    assert all(line.isprintable() for line in shown.split("\n"))


@given(st.binary(max_size=300))
def test_any_bytes_are_printed_harmlessly(data):
    for whole in (data, b"Subject: " + data, b"Content-Type: text/plain; charset=" + data):
        assert all(line.strip(" ") == printable(line) for line in printed(whole).split("\n"))


@pytest.mark.parametrize(
    "head",
    [
        b"Subject: =?utf-8?b?!!!?=",
        b"Subject: =?nonsense?q?x?=",
        b"Content-Type: text/plain; charset=nonsense",
        b"Content-Type: multipart/mixed",
        b"Content-Transfer-Encoding: base64",
    ],
)
def test_a_broken_encoding_is_shown_as_it_stands(head):
    assert "x" in printed(head + b"\r\nX-Other: x\r\n\r\nbody\r\n")


def test_a_mail_without_plain_text_says_so():
    assert "(no plain text part)" in printed(b"Content-Type: text/html\r\n\r\n<p>x</p>\r\n")


def test_a_terminal_without_utf8_shows_question_marks():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    assert ConsoleSender(stream).send("a@b", "c@d", message("漢字\n"), "<1@x>").kind is OutcomeKind.ACCEPTED
    assert b"\n??\n" in raw.getvalue()


def test_a_stream_that_is_gone_defers_everything():
    stream = io.StringIO()
    stream.close()
    outcome = ConsoleSender(stream).send("a@b", "c@d", message(), "<1@x>")
    assert (outcome.kind, outcome.connection_lost) == (OutcomeKind.TRANSIENT, True)


def test_a_message_printed_twice_is_there_twice():
    stream = io.StringIO()
    sender = ConsoleSender(stream)
    sender.send("a@b", "c@d", message(), "<1@x>")
    sender.send("a@b", "c@d", message(), "<1@x>")
    assert stream.getvalue().count("Subject: Papers") == 2
    assert not sender.repeatable
