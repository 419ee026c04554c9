"""How many days of a real archive are named right when trouble is put in by chance; 20 seeds.

`python -m benchmarks.health` prints shares, and the confusion table of each habit of looking.
"""

from collections import Counter
from pathlib import Path

from benchmarks.replay import GOOD, LISTED, ONCE, THRICE, WEEKEND, Trouble, archive, replay
from benchmarks.table import share
from digest.model import Health

PAPERS = Path(__file__).parents[2] / "shared" / "data" / "hf-daily" / "papers.dev.jsonl.zst"
#: none of them was looked at while the rules were made
SEEDS = range(100, 120)


def main():
    if not PAPERS.exists():
        print(f"health: {PAPERS.relative_to(Path(__file__).parents[2])} is missing; nothing measured")
        return
    days = archive(PAPERS)
    for name, looks in (("three looks a day", THRICE), ("one look a day", ONCE)):
        tallies = [replay(days, seed=seed, trouble=Trouble(looks=looks)) for seed in SEEDS]
        _report(name, tallies)


def _report(name, tallies):
    right = [tally.right(LISTED) for tally in tallies]
    alarms = [tally.alarms(GOOD) / tally.count(GOOD) for tally in tallies]
    share(f"{name}: days named right, mean", sum(right) / len(right), aim=0.95)
    share(f"{name}: the same, worst seed", min(right))
    share(f"{name}: false alarms, mean", sum(alarms) / len(alarms), most=1 / 60)
    share(f"{name}: false alarms, worst seed", max(alarms), most=1 / 60)
    share(f"{name}: weekends with an alarm", sum(t.alarms(WEEKEND) for t in tallies), most=0)
    for kind, row in table(tallies).items():
        numbers = "  ".join(f"{health.value} {row[health]:>5}" for health in Health)
        print(f"    {kind:<18}{numbers}   right {sum(t.right(kind) for t in tallies) / len(tallies):.1%}")


def table(tallies):
    """Kind of day → verdict → how often, over all tallies."""
    total = sum((tally.named for tally in tallies), Counter())
    return {kind: {health: total[kind, health] for health in Health} for kind in (*LISTED, WEEKEND)}


if __name__ == "__main__":
    main()
