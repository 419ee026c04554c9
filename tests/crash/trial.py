"""One trial: a published edition, a delivering process that is killed, and what must hold afterwards."""

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from os import kill
from pathlib import Path

import yaml

from tests.crash.ledger import Ledger, duplicates

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
THEMES = ("diffusion models", "speech", "language models", "video generation", "segmentation")


class Launcher:
    """Starts `digest` in a process of its own, without Python's start; see `launcher.py`."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("launcher.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )
        assert self._answer() == {"ready": True}
        #: the running process
        self.running = None

    def start(self, folder, *arguments, kill=None, signal=None, log="digest.log"):
        wanted = {"folder": str(folder), "arguments": arguments, "log": log, "kill": kill, "signal": signal}
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        self.running = self._answer()["process"]
        return self.running

    def wait(self):
        """The exit code, or minus the signal that ended it."""
        status = self._answer()["status"]
        self.running = None
        return status

    def kill(self, number=signal.SIGKILL):
        """SIGKILL, wherever it is now, or another signal; nothing where it has ended by itself."""
        with suppress(ProcessLookupError, TypeError):
            kill(self.running, number)

    def close(self):
        with self._process:  # closes the pipes and waits
            self._process.stdin.close()

    def _answer(self):
        line = self._process.stdout.readline()
        assert line, "the launcher has ended"
        return json.loads(line)


class Edition:
    """A folder in which an edition was published and nothing was sent yet; trials get copies.

    Or in which papers were read, and it is not published yet.
    """

    def __init__(self, launcher, folder, recipients, *, published=True):
        self.folder = folder
        self.recipients = recipients
        folder.mkdir()
        readers = [
            {"address": f"r{n}@reader.example", "interests": [THEMES[n % len(THEMES)]]}
            for n in range(recipients)
        ]
        self._write(folder, port=1, policy="hold", connections=1, subscribers=readers)
        (folder / "inbox").mkdir()
        done = (("ingest", str(ROOT / "examples" / "dumps")), ("publish",))
        for arguments in done if published else done[:1]:
            launcher.start(folder, *arguments, "--now", NOW.isoformat())
            assert launcher.wait() == 0, (folder / "digest.log").read_text()

    def copy(self, folder, *, port, policy, connections):
        if folder.exists():
            shutil.rmtree(folder)
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("digest.log"))
        self._write(folder, port=port, policy=policy, connections=connections)

    def packed_together(self):
        """How many mails are packed with a dictionary."""
        with closing(sqlite3.connect(self.folder / "digest.db")) as connection:
            return connection.execute("SELECT count(dictionary_id) FROM message").fetchone()[0]

    def _write(self, folder, *, port, policy, connections, subscribers=None):
        path = folder / "config.yaml"
        values = yaml.safe_load(path.read_text()) if path.exists() else {}
        smtp = {"host": "127.0.0.1", "port": port, "connections": connections, "timeout": "10s"}
        values["mail"] = {"in_doubt": policy, "smtp": smtp}
        if subscribers:
            values["subscribers"] = subscribers
        path.write_text(yaml.safe_dump(values))


@dataclass(frozen=True)
class Verdict:
    """What one trial showed."""

    kills: int
    accepted: int
    in_doubt: int
    #: in doubt, and the server never took it
    undelivered: int
    #: taken more than once, counted beyond the first
    duplicates: int
    #: neither taken by the server nor in doubt
    losses: int
    #: what must never be, in words; empty after a good trial
    wrong: tuple[str, ...]


def examine(folder, recorder, *, kills, connections, policy):
    """Hold the ledger against what the server took, when nothing is left to be sent."""
    ledger = Ledger.of(folder / "digest.db")
    resend = policy == "resend"
    taken = {one.message_id for one in recorder.taken}
    doubtful, accepted = ledger.in_state("in_doubt"), ledger.in_state("accepted")
    doubled = duplicates(recorder.taken)
    lost = ledger.states.keys() - taken - doubtful
    limit = connections * kills
    rules = {
        f"some are still to be sent: {ledger.counts}": set(ledger.counts) <= {"accepted", "in_doubt"},
        f"{len(lost)} lost in silence": not lost,
        f"{len(doubtful)} in doubt after {kills} kills of {connections}": len(doubtful) <= limit,
    }
    if resend:
        rules[f"{len(doubtful)} held although they are sent again"] = not doubtful
        rules[f"{doubled} duplicates after {kills} kills of {connections}"] = doubled <= limit
    return Verdict(
        kills=kills,
        accepted=len(accepted),
        in_doubt=len(doubtful),
        undelivered=len(doubtful - taken),
        duplicates=doubled,
        losses=len(lost),
        wrong=(
            *ledger.wrong(recorder.taken, twice=resend),
            *(words for words, holds in rules.items() if not holds),
        ),
    )


def deliver_arguments(run):
    """`digest deliver`, a minute later with every run."""
    return ("deliver", "--now", (NOW + run * timedelta(minutes=1)).isoformat(), "--wait", "5")


def killed_at_random(launcher, recorder, edition, folder, *, seconds, policy, connections, chance):
    """Kill one to three runs at random moments of `seconds`, then let one run to its end."""
    edition.copy(folder, port=recorder.port, policy=policy, connections=connections)
    recorder.begin()
    kills = run = 0
    for _ in range(chance.randint(1, 3)):
        launcher.start(folder, *deliver_arguments(run))
        time.sleep(chance.uniform(0, seconds))
        launcher.kill()
        kills += launcher.wait() == -signal.SIGKILL
        run += 1
    finish(launcher, folder, run)
    return examine(folder, recorder, kills=kills, connections=connections, policy=policy)


def finish(launcher, folder, run):
    """Run to the end: again where a run left something for later."""
    while waiting(folder):
        launcher.start(folder, *deliver_arguments(run))
        code = launcher.wait()
        assert code in (0, 3), f"exit code {code}\n{(folder / 'digest.log').read_text()}"
        run += 1
        assert run < 20, "messages wait for ever"


def waiting(folder):
    """How many messages have no end yet."""
    with closing(sqlite3.connect(folder / "digest.db")) as connection:
        query = (
            "SELECT count(*) FROM delivery WHERE state IN ('queued', 'claimed', 'transmitting', 'deferred')"
        )
        return connection.execute(query).fetchone()[0]


def unharmed(launcher, recorder, edition, folder, *, connections):
    """How many seconds a run takes that nobody kills."""
    edition.copy(folder, port=recorder.port, policy="hold", connections=connections)
    recorder.begin()
    start = time.monotonic()
    launcher.start(folder, *deliver_arguments(0))
    assert launcher.wait() == 0, (folder / "digest.log").read_text()
    seconds = time.monotonic() - start
    verdict = examine(folder, recorder, kills=0, connections=connections, policy="hold")
    assert verdict.wrong == (), verdict
    assert verdict.accepted == edition.recipients
    return seconds


def chance_of(seed):
    return random.Random(seed)
