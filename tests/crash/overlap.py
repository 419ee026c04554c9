"""Two runs at once, as when cron starts one before the last has ended: `python -m tests.crash.overlap`.

One does the work. The other ends with exit code 5 and says why, or waits where it is told to.
"""

import argparse
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.crash.ledger import Ledger
from tests.crash.recorder import Recorder
from tests.crash.trial import NOW, Edition, Launcher, chance_of, unharmed

LOCKED = "another run holds the lock"
#: what is started first and second, and how long the second waits for the first, in seconds
PAIRS = (
    ("deliver", "deliver", 0),
    ("run", "run", 0),
    ("deliver", "run", 0),
    ("deliver", "deliver", 60),
)


@dataclass(frozen=True)
class Overlap:
    """What one trial showed."""

    #: both exit codes, smaller first
    codes: tuple
    #: what must never be, in words; empty after a good trial
    wrong: tuple


def overlap(launchers, recorder, edition, folder, *, pair, seconds, connections):
    """Start a pair of commands `seconds` after each other; what came of it."""
    *commands, wait = pair
    edition.copy(folder, port=recorder.port, policy="hold", connections=connections)
    recorder.begin()
    for number, (launcher, command) in enumerate(zip(launchers, commands, strict=True)):
        arguments = (command, "--now", NOW.isoformat(), "--wait", str(wait))
        launcher.start(folder, *arguments, log=f"{number}.log")
        time.sleep(0 if number else seconds)
    ends = [launcher.wait() for launcher in launchers]
    said = [(folder / f"{number}.log").read_text() for number in range(2)]
    ledger = Ledger.of(folder / "digest.db")
    rules = {
        f"exit codes {ends}": sorted(ends) in ([[0, 0]] if wait else [[0, 5], [0, 0]]),
        f"not one clear line each: {said}": all(
            (LOCKED in text and len(text.splitlines()) == 1) == (code == 5)
            for code, text in zip(ends, said, strict=True)
        ),
        f"not everything was sent: {ledger.counts}": ledger.counts == {"accepted": edition.recipients},
    }
    wrong = (words for words, holds in rules.items() if not holds)
    return Overlap(codes=tuple(sorted(ends)), wrong=(*ledger.wrong(recorder.taken), *wrong))


def overlaps(launchers, recorder, edition, folder, *, trials, seed):
    """Yield one `Overlap` after another, the second command at a random moment of the first one's time."""
    seconds = {n: unharmed(launchers[0], recorder, edition, folder, connections=n) for n in (1, 4)}
    for number in range(trials):
        connections = (1, 4)[number // len(PAIRS) % 2]
        yield overlap(
            launchers,
            recorder,
            edition,
            folder,
            pair=PAIRS[number % len(PAIRS)],
            seconds=chance_of(f"{seed} {number}").uniform(0, seconds[connections]),
            connections=connections,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--recipients", type=int, default=100)
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        closing(Launcher()) as first,
        closing(Launcher()) as second,
        closing(Recorder()) as recorder,
    ):
        folder = Path(name)
        edition = Edition(first, folder / "edition", chosen.recipients)
        trials = overlaps(
            (first, second), recorder, edition, folder / "trial", trials=chosen.trials, seed=chosen.seed
        )
        found = list(trials)
    wrong = [words for one in found for words in one.wrong]
    refused = sum(5 in one.codes for one in found)
    print(f"{len(found)} trials: {len(wrong)} wrong; {refused} runs ended because another was at it")
    for words in wrong:
        print(f"WRONG {words}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
