"""The regression gate: how well today's ranker does on the judged sets.

    python -m benchmarks.ranking.gate [--verbose]

prints one row a set; with `--verbose` also the worst cases with their titles. A figure below its
floor (`floors.py`) is marked, and the command then ends with 1.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

from benchmarks.ranking.floors import FLOORS, Floor
from benchmarks.ranking.interest_days import InterestDay, of_off_topic, of_quiet_days, of_topics
from benchmarks.ranking.measures import area, mean, share
from benchmarks.ranking.worst import report


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is measured of one set; all in 0..1, `nan` where the set has no such days."""

    #: mean over the interest-days with a relevant paper
    ndcg: float
    #: of the same days, how many have a relevant paper first
    first: float
    #: of the same days, how many have a relevant paper at the line
    send: float
    #: of the days with a paper of grade 2, how many have one of them at the line
    send_clear: float
    #: of the quiet days, how many send nothing
    silent: float
    #: relevant against other papers, all interests and days under one threshold
    auc: float
    #: days with a relevant paper against quiet days, by the points of the first paper
    send_auc: float


HEADINGS = ("nDCG@5", "P@1", "send", "send 2", "silent", "AUC", "send-AUC")


def sets() -> dict[str, list[InterestDay]]:
    """All interest-days, by the name of their set; topics also by the length of the interest."""
    topics = of_topics()
    lengths: dict[str, Callable[[int], bool]] = {
        "one word": lambda count: count == 1,
        "two or three words": lambda count: 2 <= count <= 3,
        "four words or more": lambda count: count >= 4,
    }
    by_length = {
        name: [each for each in topics if fits(len(each.interest.split()))] for name, fits in lengths.items()
    }
    return {"topics": topics, **by_length, "quiet days": of_quiet_days(), "off topic": of_off_topic()}


def measured(days: Sequence[InterestDay]) -> Figures:
    """The figures of one set."""
    relevant = [each for each in days if each.best_grade]
    quiet = [each for each in days if not each.best_grade]
    papers = [paper for each in days for paper in each.everything] if relevant else []
    return Figures(
        ndcg=mean(each.ndcg for each in relevant),
        first=share(bool(each.shown and each.shown[0].grade) for each in relevant),
        send=share(each.sends_grade(1) for each in relevant),
        send_clear=share(each.sends_grade(2) for each in relevant if each.best_grade == 2),
        silent=share(not each.sends for each in quiet),
        auc=area((p.points for p in papers if p.grade), (p.points for p in papers if not p.grade)),
        send_auc=area((each.top_points for each in relevant), (each.top_points for each in quiet)),
    )


def below_floor(
    reached: Mapping[str, Figures], floors: Mapping[tuple[str, str], Floor] = FLOORS
) -> list[str]:
    """A sentence for every figure that is below its floor, or that could not be measured."""
    return [
        f"{name}, {measure}: {value:.3f}, and the floor is {floor.least:.3f} ({floor.why})"
        for (name, measure), floor in floors.items()
        if not (value := getattr(reached[name], measure)) >= floor.least
    ]


def table(reached: Mapping[str, Figures], sizes: Mapping[str, str]) -> str:
    """One row a set, with its size; a figure below its floor has a mark."""
    lines = [f"{'set':20s}{'relevant, all':>15s}" + "".join(f"{heading:>10s}" for heading in HEADINGS)]
    for name, row in reached.items():
        cells = "".join(_cell(name, field.name, getattr(row, field.name)) for field in fields(row))
        lines.append(f"{name:20s}{sizes[name]:>15s}{cells}".rstrip())
    return "\n".join(lines)


def main() -> None:
    """Print the table, and say what is below its floor."""
    options = argparse.ArgumentParser(description="How well today's ranker does on the judged sets.")
    options.add_argument("--verbose", action="store_true", help="show the worst cases with their titles")
    verbose = options.parse_args().verbose
    judged = sets()
    reached = {name: measured(days) for name, days in judged.items()}
    sizes = {name: f"{sum(bool(d.best_grade) for d in days)}, {len(days)}" for name, days in judged.items()}
    print(table(reached, sizes))
    if verbose:
        print(report(judged["topics"], [*judged["quiet days"], *judged["off topic"]]))
    failures = below_floor(reached)
    for failure in failures:
        print(f"below its floor: {failure}", file=sys.stderr)
    sys.exit(bool(failures))


def _cell(name: str, measure: str, value: float) -> str:
    if math.isnan(value):
        return " " * 10
    floor = FLOORS.get((name, measure))
    return f"{'!' if floor and value < floor.least else ''}{value:.3f}".rjust(10)


if __name__ == "__main__":
    main()
