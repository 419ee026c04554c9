"""Signed and packed here, in a process beside this one, and where that dies: the same bytes."""

import os
import signal

import pytest

from digest.deliver import Finisher, Signer, sign
from digest.deliver.finishing import finished
from digest.packing import unpacked
from tests.keys import ed25519_key, rsa_key

MANY = 1_000
MESSAGES = [
    b"From: digest@digest.example\r\nTo: reader-%d@reader.example\r\n\r\n%b\r\n" % (n, b"A line.\r\n" * 9 * n)
    for n in range(40)
]
SIGNERS = (
    Signer(domain="digest.example", selector="rsa", key=rsa_key(1024)),
    Signer(domain="digest.example", selector="ed", key=ed25519_key()),
)


@pytest.fixture
def several_processors(monkeypatch):
    monkeypatch.setattr("digest.deliver.finishing._processors", lambda: 2)


@pytest.fixture
def finisher(several_processors):
    found = Finisher(SIGNERS, expected=MANY)
    yield found
    found.close()


def bytes_of(finisher, messages):
    done = [finisher.finish(messages[start : start + 8]) for start in range(0, len(messages), 8)]
    packed = [one for future in done for one in future.result(30)]
    return [unpacked(one["data"], one["sha256"], "a mail") for one in packed]


def test_a_process_beside_this_one_gives_the_bytes_of_this_one(finisher):
    assert bytes_of(finisher, MESSAGES) == [sign(message, SIGNERS) for message in MESSAGES]
    assert finisher.process


def test_a_process_that_was_killed_is_not_missed(finisher):
    expected = [sign(message, SIGNERS) for message in MESSAGES]
    assert bytes_of(finisher, MESSAGES) == expected
    os.kill(finisher.process, signal.SIGKILL)
    assert bytes_of(finisher, MESSAGES) == expected


def test_closing_ends_the_process(several_processors):
    finisher = Finisher(SIGNERS, expected=MANY)
    bytes_of(finisher, MESSAGES)
    number = finisher.process
    finisher.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


@pytest.mark.parametrize(
    ("signers", "expected", "processors"),
    [((), MANY, 2), (SIGNERS, 20, 2), (SIGNERS, MANY, 1)],
    ids=["nothing to sign", "few mails", "one processor"],
)
def test_no_process_is_started_where_it_brings_nothing(monkeypatch, signers, expected, processors):
    monkeypatch.setattr("digest.deliver.finishing._processors", lambda: processors)
    finisher = Finisher(signers, expected=expected)
    assert bytes_of(finisher, MESSAGES) == [sign(message, signers) for message in MESSAGES]
    assert finisher.process is None
    finisher.close()


def test_a_mail_that_cannot_be_signed_is_told_as_here(finisher):
    with pytest.raises(ValueError, match="without From"):
        finished(b"To: nobody\r\n\r\nText\r\n", SIGNERS)
    with pytest.raises(ValueError, match="without From"):
        finisher.finish([b"To: nobody\r\n\r\nText\r\n"]).result(30)


def test_a_process_that_cannot_work_is_started_once(several_processors, monkeypatch):
    monkeypatch.setattr("digest.deliver.finishing.apart.command", lambda _module: ("false",))
    finisher = Finisher(SIGNERS, expected=MANY)
    expected = [sign(message, SIGNERS) for message in MESSAGES]
    assert bytes_of(finisher, MESSAGES) == expected
    number = finisher.process
    assert bytes_of(finisher, MESSAGES) == expected
    assert finisher.process == number
    finisher.close()
