"""The power fails: what is on disk then, rebuilt, and what digest makes of it.

A file holds what was written before its last `fsync`. Of what was written later the disk may have
nothing, all, or any part: each write whole, torn or lost, whatever came before or after it. Names come
and go in order, at the latest with the `fsync` of their folder. `python -m tests.crash.power` does it
at length.
"""

import argparse
import sqlite3
import sys
import tempfile
from collections import defaultdict
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.ledger import Ledger
from tests.crash.recorder import Recorder
from tests.crash.trace import Open, Rename, Said, Sent, Sync, Truncate, Unlink, Write, traced
from tests.crash.trial import NOW, Edition, Launcher, chance_of, examine, finish

#: so much of a write is on disk as a whole or not at all
SECTOR = 512


@dataclass
class File:
    """A file by itself, whatever its name."""

    #: what an `fsync` has put on disk
    durable: bytes = b""
    #: what was done to it since, in order
    later: list = field(default_factory=list)

    def content(self, chosen):
        """Its bytes where each later write is what `chosen` makes of it."""
        content = bytearray(self.durable)
        for step in self.later:
            _do(chosen(step), content)
        return bytes(content)

    def sync(self):
        self.durable, self.later = self.content(whole), []


def _do(step, content):
    match step:
        case Truncate(_, size):
            del content[size:]
            content.extend(bytes(size - len(content)))
        case Write(_, data, offset):
            start = len(content) if offset is None else offset
            content.extend(bytes(max(0, start - len(content))))
            content[start : start + len(data)] = data


def whole(step):
    return step


def lost(_step):
    return None


def some(chance):
    """By chance whole, lost, or torn: only its first or its last sectors are there."""

    def choose(step):
        kind = chance.choice(("whole", "lost", "first", "last"))
        if not isinstance(step, Write) or step.offset is None or kind in {"whole", "lost"}:
            return None if kind == "lost" else step
        cut = chance.randint(0, len(step.data) // SECTOR) * SECTOR
        if kind == "first":
            return Write(step.path, step.data[:cut], step.offset)
        return Write(step.path, step.data[cut:], step.offset + cut)

    return choose


class Disk:
    """The files of one folder, in the memory of the machine and on the disk."""

    def __init__(self, folder):
        self._folder = str(folder)
        self.names = {
            path.name: File(path.read_bytes()) for path in folder.iterdir() if self._counts(str(path))
        }
        #: names as the last `fsync` of the folder left them, and what became of them since
        self.durable_names = dict(self.names)
        self.later_names = []

    def _counts(self, path):
        folder, _, name = path.rpartition("/")
        return folder == self._folder and "digest.db" in name and not name.endswith(("-shm", ".lock"))

    def do(self, event):
        """Go on by one event."""
        match event:
            case Sync(self._folder):
                self.durable_names, self.later_names = dict(self.names), []
            case Said() | Sent():
                pass
            case _ if self._counts(event.path):
                self._change(event, event.path.rpartition("/")[2])

    def _change(self, event, name):
        match event:
            case Open(_, emptied):
                if name not in self.names:
                    self._name(name, File())
                elif emptied:
                    self.names[name].later.append(Truncate(event.path, 0))
            case Write() | Truncate():
                self.names[name].later.append(event)
            case Sync():
                self.names[name].sync()
            case Unlink():
                self._name(name, None)
            case Rename(_, to):
                file = self.names[name]
                self._name(to.rpartition("/")[2], file)
                self._name(name, None)

    def _name(self, name, file):
        self.later_names.append((name, file))
        _rename(self.names, name, file)

    def after_power_loss(self, chosen, names):
        """Name → bytes where so many of the later changes of names are on disk."""
        there = dict(self.durable_names)
        for name, file in self.later_names[:names]:
            _rename(there, name, file)
        return {name: file.content(chosen) for name, file in there.items()}


def _rename(names, name, file):
    if file is None:
        names.pop(name, None)
    else:
        names[name] = file


@dataclass(frozen=True)
class Loss:
    """One moment at which the power fails, and what is on the disk then."""

    place: str
    files: dict
    #: Message-IDs whose first bytes had left, for each connection in order
    begun: dict
    #: whether the command had said how many it sent
    reported: bool

    @property
    def known(self):
        """Messages whose end a later step relied on."""
        return {m for messages in self.begun.values() for m in messages[: None if self.reported else -1]}

    @property
    def left(self):
        return {m for messages in self.begun.values() for m in messages}

    def put_into(self, folder):
        for path in folder.glob("*digest.db*"):
            path.unlink()
        for name, data in self.files.items():
            (folder / name).write_bytes(data)


def losses(disk, events, *, chance, variants):
    """Every moment that makes a difference, each with nothing, all and some of what was not flushed."""
    begun, reported = defaultdict(list), False
    for number, event in enumerate(events):
        if isinstance(event, Sync | Sent | Said | Rename | Unlink):
            for way, chosen, names in _ways(disk, chance, variants):
                place = f"event {number}, before {type(event).__name__}, {way}"
                yield Loss(place, disk.after_power_loss(chosen, names), deepcopy(begun), reported)
        disk.do(event)
        if isinstance(event, Sent):
            begun[event.connection].append(event.message_id)
        reported = reported or (isinstance(event, Said) and "sent" in event.text)
    for way, chosen, names in _ways(disk, chance, variants):
        yield Loss(f"at the end, {way}", disk.after_power_loss(chosen, names), deepcopy(begun), reported)


def _ways(disk, chance, variants):
    names = len(disk.later_names)
    yield "nothing later", lost, 0
    yield "all of it", whole, names
    for number in range(variants):
        yield f"some of it ({number})", some(chance), chance.randint(0, names)


def judge(folder, loss):
    """What is wrong with a folder after a loss, in words; empty when all is well."""
    loss.put_into(folder)
    ledger = Ledger.of(folder / "digest.db")
    noted, number = generations(folder)
    ended = ledger.in_state("accepted", "in_doubt")
    rules = {
        "a message that left may be sent again": loss.left <= ended | ledger.in_state("transmitting"),
        "a message ended of which nothing had left": ended <= loss.left,
        "what a later step relied on is forgotten": loss.known <= ledger.in_state("accepted"),
        f"the number beside the database is {noted}, its own {number}": noted is None or 0 <= noted <= number,
    }
    return (*ledger.unsound, *(words for words, holds in rules.items() if not holds))


def generations(folder):
    """The number beside the database, `None` where there is none, -1 where it is damaged; and its own."""
    with closing(sqlite3.connect(folder / "digest.db")) as connection:
        (number,) = connection.execute("SELECT generation FROM instance").fetchone()
    path = folder / "digest.db.generation"
    if not path.exists():
        return None, number
    found = path.read_text().split()
    return int(found[1]) if len(found) == 2 else -1, number


@dataclass
class Outage:
    """Many losses of power in one run of a command, and what came of each."""

    #: moments and ways
    losses: int = 0
    #: of which sending went on from there
    continued: int = 0
    in_doubt: int = 0
    #: what must never be, in words
    wrong: list = field(default_factory=list)


@dataclass(frozen=True)
class Watched:
    """A run of a command that nothing happened to, and every step of it."""

    folder: Path
    #: how many lanes it had
    connections: int
    #: the files before its first step
    disk: Disk
    events: list
    #: Message-ID → what the server took
    taken: dict


def watched(recorder, edition, folder, *, command, connections):
    """Run a command to its end and write down what it does to its files and what it sends."""
    edition.copy(folder, port=recorder.port, policy="hold", connections=connections)
    recorder.begin()
    disk = Disk(folder)
    code, events = traced(folder, command, "--now", NOW.isoformat())
    taken = {one.message_id: one for one in recorder.taken}
    assert (code, len(taken)) == (0, edition.recipients)
    return Watched(folder, connections, disk, events, taken)


def outage(launcher, recorder, run, *, chance, variants=2, every=10):
    """Fail the power at every moment of a run, and let sending go on from one state in `every`."""
    found = Outage()
    for loss in losses(deepcopy(run.disk), run.events, chance=chance, variants=variants):
        found.losses += 1
        found.wrong += [f"{loss.place}: {words}" for words in judge(run.folder, loss)]
        if found.losses % every == 0:
            loss.put_into(run.folder)
            recorder.begin()
            recorder.taken += [run.taken[message_id] for message_id in sorted(loss.left)]
            finish(launcher, run.folder, run=1)
            verdict = examine(run.folder, recorder, kills=1, connections=run.connections, policy="hold")
            found.continued += 1
            found.in_doubt += verdict.in_doubt
            found.wrong += [f"{loss.place}, then sent: {words}" for words in verdict.wrong]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=40)
    parser.add_argument("--variants", type=int, default=5, help="random states of the disk for each moment")
    parser.add_argument("--every", type=int, default=10, help="let sending go on from one state in so many")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    wrong = []
    with (
        tempfile.TemporaryDirectory() as name,
        closing(Launcher()) as launcher,
        closing(Recorder()) as recorder,
    ):
        for command in ("deliver", "run"):
            folder = Path(name) / command
            edition = Edition(launcher, folder, chosen.recipients, published=command == "deliver")
            for connections in (1, 4):
                run = watched(
                    recorder, edition, Path(name) / "trial", command=command, connections=connections
                )
                chance = chance_of(f"{chosen.seed} {command} {connections}")
                one = outage(
                    launcher, recorder, run, chance=chance, variants=chosen.variants, every=chosen.every
                )
                print(
                    f"digest {command}, {connections} connections: {one.losses} losses of power, "
                    f"{len(one.wrong)} wrong; sent on from {one.continued}: {one.in_doubt} in doubt"
                )
                wrong += one.wrong
    for words in wrong:
        print(f"WRONG {words}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
