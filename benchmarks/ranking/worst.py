"""The worst cases of the judged sets, in words that a person can check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.ranking.interest_days import InterestDay, Placed

#: as many days are shown for their order
ORDERS = 25


def report(topics: Sequence[InterestDay], quiet: Sequence[InterestDay]) -> str:
    """Bad orders, clear papers that no day sends, and quiet days that send."""
    relevant = [day for day in topics if day.best_grade]
    silent = [day for day in relevant if day.best_grade == 2 and not day.sends_grade(2)]
    loud = [day for day in (*topics, *quiet) if not day.best_grade and day.sends]
    worst = sorted(relevant, key=lambda day: (day.ndcg, day.interest, day.day))[:ORDERS]
    parts = [
        *_section("worst orders", (_order(day) for day in worst)),
        *_section("clear papers below the line", (_unsent(day) for day in silent)),
        *_section("quiet days that send", (_sent(day) for day in sorted(loud, key=lambda d: -d.top_points))),
    ]
    return "\n".join(parts)


def _section(heading: str, entries: Iterable[str]) -> list[str]:
    listed = list(entries)
    return ["", f"{heading} ({len(listed)})", "", *listed]


def _order(day: InterestDay) -> str:
    lines = [f"{_name(day)}: nDCG@5 {day.ndcg:.2f}"]
    lines += [f"    {place}. {_paper(paper)}" for place, paper in enumerate(day.shown[:3], 1)]
    wanted = sorted(
        ((-paper.grade, place, paper) for place, paper in enumerate(day.everything, 1) if paper.grade),
        key=lambda each: each[:2],
    )
    lines += [f"    wanted, at {place}: {_paper(paper)}" for _, place, paper in wanted[:2] if place > 3]
    return "\n".join(lines)


def _unsent(day: InterestDay) -> str:
    best = max((paper for paper in day.everything if paper.grade == 2), key=lambda paper: paper.points)
    return f"{_name(day)}\n    {_paper(best)}"


def _sent(day: InterestDay) -> str:
    return f"{_name(day)}\n    {_paper(day.shown[0])}"


def _name(day: InterestDay) -> str:
    return f"{day.interest}, day {day.day}"


def _paper(paper: Placed) -> str:
    return f"{paper.points:5.1f} points, grade {paper.grade}: {paper.title}"
