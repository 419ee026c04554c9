"""`make crash TRIALS=1000`: the numbers of docs/reliability.md."""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.exhaustive import every_kill
from tests.crash.recorder import Recorder
from tests.crash.trial import Edition, Launcher, chance_of, killed_at_random, unharmed

#: more than a hundred, so that some are packed with what the first hundred have in common
RECIPIENTS = 120
CONNECTIONS = (1, 4)


@dataclass
class Sum:
    """Many verdicts."""

    trials: int = 0
    kills: int = 0
    in_doubt: int = 0
    undelivered: int = 0
    duplicates: int = 0
    losses: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, place, verdict):
        self.trials += 1
        self.kills += verdict.kills
        self.in_doubt += verdict.in_doubt
        self.undelivered += verdict.undelivered
        self.duplicates += verdict.duplicates
        self.losses += verdict.losses
        self.wrong += [f"{place}: {words}" for words in verdict.wrong]

    def line(self):
        return (
            f"{self.trials} trials: {self.losses} silent losses, {self.duplicates} duplicates, "
            f"{self.in_doubt} in doubt ({self.undelivered} of them undelivered; {self.kills} kills)"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1000, help="random kills for each policy")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--policy", nargs="+", choices=("hold", "resend"), default=["hold", "resend"])
    parser.add_argument("--recipients", type=int, default=RECIPIENTS)
    chosen = parser.parse_args()
    launcher, recorder = Launcher(), Recorder()
    with tempfile.TemporaryDirectory() as folder:
        sums = run(launcher, recorder, Path(folder), chosen)
    launcher.close()
    recorder.close()
    wrong = [words for one in sums.values() for words in one.wrong]
    for name, one in sums.items():
        print(f"{name}: {one.line()}")
    for words in wrong:
        print(f"WRONG {words}")
    print(sums[f"{chosen.policy[0]}, random"].line())
    sys.exit(bool(wrong))


def run(launcher, recorder, folder, chosen):
    sums = {}
    edition = Edition(launcher, folder / "edition", chosen.recipients)
    small = Edition(launcher, folder / "small", 3)
    for policy in chosen.policy:
        one = sums[f"{policy}, random"] = Sum()
        seconds = {
            n: unharmed(launcher, recorder, edition, folder / "trial", connections=n) for n in CONNECTIONS
        }
        begun = time.monotonic()
        for number in range(chosen.trials):
            connections = CONNECTIONS[number % len(CONNECTIONS)]
            verdict = killed_at_random(
                launcher,
                recorder,
                edition,
                folder / "trial",
                seconds=seconds[connections],
                policy=policy,
                connections=connections,
                chance=chance_of(f"{chosen.seed} {policy} {number}"),
            )
            one.add(f"{policy}, seed {chosen.seed}, trial {number}", verdict)
            tell(policy, one, chosen.trials, begun)
        for connections in CONNECTIONS:
            one = sums[f"{policy}, a kill at every point, {connections} connections"] = Sum()
            for place, verdict in every_kill(
                launcher, recorder, small, folder / "trial", policy=policy, connections=connections
            ):
                one.add(f"{policy}, {place}", verdict)
                tell(f"{policy}, {place}", one, 0, begun)
    return sums


def tell(what, one, trials, begun):
    """How far it is: on one line of a terminal, elsewhere now and then."""
    left = (time.monotonic() - begun) / one.trials * (trials - one.trials) if trials else 0
    words = f"{what}: {one.line()}, about {left / 60:.0f} min left"
    if sys.stderr.isatty():
        print(f"\r{words}\033[K", end="", file=sys.stderr, flush=True)
    elif one.trials % 50 == 0:
        print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
