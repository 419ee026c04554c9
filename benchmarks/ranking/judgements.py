"""Judged interests and quiet days, read from `judged/`; every slip is named by its file and line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from digest.identity import title_key
from digest.model import PaperKey

JUDGED = Path(__file__).parent / "judged"
OFF_TOPIC = Path(__file__).parent / "off_topic.txt"

#: clearly about it; partly, or a reader would want to see it; looked at and not relevant
GRADES = {"2": 2, "1": 1, "0": 0}


class JudgementError(ValueError):
    """A judged set that cannot be used, with the place and what is wrong there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One interest with its graded papers; what has no grade is not relevant."""

    interest: str
    #: how relevant was told from not relevant
    line: str
    grades: Mapping[PaperKey, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """One interest and the days on which nothing is relevant to it."""

    interest: str
    days: frozenset[str]
    reason: str


def topics(folder: Path, known: Collection[PaperKey]) -> list[Topic]:
    """The topics of all `.tsv` files in `folder`, by name; their papers must be among the `known`.

    Raises `JudgementError`.
    """
    found = [_topic(path, known) for path in sorted(folder.glob("*.tsv"))]
    _no_interest_twice(folder, [topic.interest for topic in found])
    return found


def quiet_days(path: Path, known: Collection[str]) -> list[Quiet]:
    """The rows of `path` after its heading; their days must be among the `known`. Raises `JudgementError`."""
    found = []
    for place, (interest, days, reason) in list(_rows(path, columns=3))[1:]:
        names = days.split()
        if unknown := sorted(set(names) - set(known)):
            raise JudgementError(
                f"{place}: there is no day {unknown[0]}; days are {', '.join(sorted(known))}"
            )
        if not names or len(set(names)) < len(names):
            raise JudgementError(f"{place}: each day is named once, and at least one")
        found.append(Quiet(interest=interest, days=frozenset(names), reason=reason))
    _no_interest_twice(path, [row.interest for row in found])
    return found


def off_topic(path: Path = OFF_TOPIC) -> list[str]:
    """One interest a line. Raises `JudgementError`."""
    found = path.read_text(encoding="utf-8").splitlines()
    if not all(text.strip() for text in found):
        raise JudgementError(f"{path.name}: an empty line")
    _no_interest_twice(path, found)
    return found


def _topic(path: Path, known: Collection[PaperKey]) -> Topic:
    heads: dict[str, str] = {}
    grades: dict[PaperKey, int] = {}
    for place, (mark, text) in _rows(path, columns=2):
        if len(heads) < 2:
            expected = ("interest", "line")[len(heads)]
            if mark != expected:
                raise JudgementError(f'{place}: expected "{expected}", found "{mark}"')
            heads[mark] = text
            continue
        key = title_key(text)
        if mark not in GRADES:
            raise JudgementError(f'{place}: the grade is 2, 1 or 0, not "{mark}"')
        if key not in known:
            raise JudgementError(f'{place}: no dump holds "{text}"')
        if key in grades:
            raise JudgementError(f'{place}: a second grade for "{text}"')
        grades[key] = GRADES[mark]
    if not any(grades.values()):
        raise JudgementError(f"{path.name}: no relevant paper")
    return Topic(interest=heads["interest"], line=heads["line"], grades=grades)


def _rows(path: Path, *, columns: int) -> Iterator[tuple[str, list[str]]]:
    """The place of each line, and its columns."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{path.name}, line {number}"
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != columns or not all(cells):
            raise JudgementError(f"{place}: expected {columns} columns with a tab between them")
        yield place, cells


def _no_interest_twice(path: Path, interests: list[str]) -> None:
    folded = [text.casefold() for text in interests]
    if twice := sorted({text for text in folded if folded.count(text) > 1}):
        raise JudgementError(f'{path.name}: "{twice[0]}" stands there twice')
