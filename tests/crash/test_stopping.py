"""Told to stop by SIGTERM or Ctrl-C: the mail on its way is finished, the rest waits, the end comes soon."""

import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from digest import exits
from tests.crash.ledger import conserved
from tests.crash.recorder import Recorder
from tests.crash.trial import NOW, Launcher, finish

#: seconds that systemd and `digest serve` give at least
SOON = 15
STOPPED = "digest: stopped before everything was sent; the rest goes with the next run"
ENDED = "digest: stopped; what was finished is kept"
SIGNALS = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])


@dataclass(frozen=True)
class Run:
    """A command in a process of its own, and the server that it sends to over two connections."""

    launcher: Launcher
    recorder: Recorder
    folder: Path

    def start(self, command, **options):
        self.launcher.start(self.folder, command, "--now", NOW.isoformat(), **options)

    def tell_at(self, mail, number):
        """Send the signal as soon as this mail is taken, before it is answered."""
        self.recorder.after_taking = lambda taken: taken == mail and self.launcher.kill(number)

    def end(self):
        """Its exit code, and every line that it said."""
        code = self.launcher.wait()
        return code, (self.folder / "digest.log").read_text().splitlines()

    @property
    def counts(self):
        """State → number of messages; the ledger must be in order."""
        return conserved(self.folder, self.recorder.taken).counts


@pytest.fixture
def sending(launcher, recorder, edition, tmp_path):
    """A hundred mails that nobody has sent."""
    edition.copy(tmp_path / "trial", port=recorder.port, policy="hold", connections=2)
    return Run(launcher, recorder, tmp_path / "trial")


@pytest.fixture
def publishing(launcher, recorder, unpublished, tmp_path):
    """Five readers who are due."""
    unpublished.copy(tmp_path / "trial", port=recorder.port, policy="hold", connections=2)
    return Run(launcher, recorder, tmp_path / "trial")


@SIGNALS
@pytest.mark.parametrize("command", ["deliver", "run"])
def test_the_mail_on_its_way_is_finished_and_the_rest_goes_with_the_next_run(sending, number, command):
    sending.recorder.wait = 0.2
    sending.tell_at(3, number)
    sending.start(command)

    code, said = sending.end()

    assert (code, said[-1]) == (exits.STOPPED, STOPPED)
    sent = len(sending.recorder.taken)
    assert 3 <= sent <= 3 + 2  # each connection may just have begun another one
    assert sending.counts == {"accepted": sent, "queued": 100 - sent}

    sending.recorder.wait = 0.002
    sending.tell_at(0, number)
    finish(sending.launcher, sending.folder, run=1)
    assert sending.counts == {"accepted": 100}


def test_a_server_that_hangs_is_not_waited_for_and_its_mails_are_in_doubt(sending):
    sending.recorder.silent_from = 3
    sending.tell_at(4, signal.SIGTERM)
    sending.start("run")
    before = time.monotonic()

    code, said = sending.end()

    assert time.monotonic() - before < SOON
    assert (code, said[-1]) == (exits.DELIVERY, STOPPED)
    assert sum("in doubt: stopped before the server's answer" in line for line in said) == 2
    assert sending.counts == {"accepted": 2, "in_doubt": 2, "queued": 96}


def test_a_server_that_never_greets_costs_nothing(sending):
    sending.recorder.mute = True
    sending.recorder.on_connecting = lambda: sending.launcher.kill(signal.SIGTERM)
    sending.start("deliver")

    code, said = sending.end()

    assert (code, said) == (exits.STOPPED, ["nothing to send", STOPPED])
    assert sending.counts == {"queued": 100}


@SIGNALS
def test_a_second_signal_ends_at_once(sending, number):
    sending.recorder.silent_from = 1
    sending.tell_at(2, number)
    sending.start("deliver")
    while len(sending.recorder.taken) < 2:
        time.sleep(0.01)
    time.sleep(0.5)  # the first one was heard
    sending.launcher.kill(number)

    code, said = sending.end()

    assert (code, said) == (exits.STOPPED, [ENDED])
    assert sending.counts == {"transmitting": 2, "claimed": 98}
    sending.recorder.silent_from = None
    sending.start("deliver")
    assert sending.end()[0] == exits.DELIVERY
    assert sending.counts == {"accepted": 98, "in_doubt": 2}


@pytest.mark.parametrize(
    ("command", "number", "end"),
    [
        ("run", signal.SIGTERM, exits.STOPPED),
        ("run", signal.SIGINT, exits.STOPPED),
        ("publish", signal.SIGINT, exits.STOPPED),
        ("publish", signal.SIGTERM, -signal.SIGTERM),
    ],
)
def test_issues_half_written_are_undone(publishing, command, number, end):
    publishing.start(command, signal={"number": number, "at": "INSERT INTO message"})

    code, said = publishing.end()

    assert (code, said) == (end, [ENDED] if end == exits.STOPPED else [])
    assert publishing.counts == {}
    publishing.start("run")
    assert publishing.end()[0] == exits.DONE
    assert publishing.counts == {"accepted": 5}
