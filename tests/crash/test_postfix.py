"""The same kills against a real Postfix: what came out behind it is held against the ledger."""

import hashlib
import random
import signal
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass

import pytest

from digest.packing import unpacked
from tests.crash.postfix import needs_postfix, running
from tests.crash.recorder import Taken
from tests.crash.trial import Edition, Launcher, deliver_arguments, examine, finish

pytestmark = needs_postfix
RECIPIENTS = 40


@dataclass(frozen=True)
class Arrived:
    """What came out behind Postfix, as the recorder of the other trials tells it."""

    taken: list[Taken]


@pytest.fixture(scope="module")
def postfix():
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def launcher():
    found = Launcher()
    yield found
    found.close()


@pytest.fixture(scope="module")
def edition(launcher, tmp_path_factory):
    return Edition(launcher, tmp_path_factory.mktemp("crash") / "edition", RECIPIENTS)


def frozen_in(folder):
    """Message-ID → the frozen bytes."""
    with closing(sqlite3.connect(folder / "digest.db")) as connection:
        rows = connection.execute(
            "SELECT d.message_id, m.data, m.sha256 FROM delivery d JOIN message m ON m.delivery_id = d.id"
        ).fetchall()
    return {message_id: unpacked(data, sha256, message_id) for message_id, data, sha256 in rows}


def arrived_behind(postfix, folder):
    postfix.settled()
    frozen = frozen_in(folder)
    return Arrived([taken_of(mail, frozen) for mail in postfix.arrived()])


def taken_of(mail, frozen):
    """One message; its digest is the frozen one's where Postfix has only added headers."""
    message_id = mail["Message-ID"]
    data = frozen[message_id]
    head, _, body = data.partition(b"\r\n\r\n")
    arrived = mail.as_bytes().replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    same = arrived.rstrip(b"\n") == body.replace(b"\r\n", b"\n").rstrip(b"\n")
    whole = all(line.split(b":")[0].decode() in mail for line in head.split(b"\r\n") if line[:1].isalpha())
    digest = hashlib.sha256(data if same and whole else arrived).hexdigest()
    recipient = mail["X-Rcpt-Args"].partition("<")[2].partition(">")[0]
    return Taken(message_id=message_id, recipient=recipient, sha256=digest)


@pytest.mark.parametrize("policy", ["hold", "resend"])
def test_what_arrives_behind_postfix_is_what_the_ledger_says(launcher, postfix, edition, tmp_path, policy):
    chance = random.Random(policy)
    killed = 0
    for connections in (1, 4):
        folder = tmp_path / f"trial {connections}"
        edition.copy(folder, port=postfix.port, policy=policy, connections=connections)
        postfix.forget()
        kills = 0
        for run in range(3):
            launcher.start(folder, *deliver_arguments(run))
            time.sleep(chance.uniform(0.1, 0.5))
            launcher.kill()
            kills += launcher.wait() == -signal.SIGKILL
        finish(launcher, folder, run=3)
        verdict = examine(
            folder, arrived_behind(postfix, folder), kills=kills, connections=connections, policy=policy
        )
        assert verdict.wrong == (), verdict
        assert verdict.accepted >= RECIPIENTS - connections * kills
        killed += kills
    assert killed > 0
