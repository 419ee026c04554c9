"""RIS: a line for each field, `TY  - ` to `ER  - `, wrapped lines belonging to the field before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.model import Severity
from digest.sources.library.cited import Cited
from digest.sources.shape import Finding

BEGINS = re.compile(r"[\s\ufeff]*TY  ?- ?")
_FIELD = re.compile(r"([A-Z][A-Z0-9])  ?- ?(.*)")
_LONGEST_RECORD = 20_000


def read(text: str) -> Iterator[Cited | Finding]:
    """The papers of `text` in order, and what was wrong."""
    record: _Record | None = None
    for number, line in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        found = _FIELD.match(line)
        name = found[1] if found else ""
        if record and name in {"TY", "ER"}:
            if name == "TY":
                yield _unended(record)
            yield _cited(record)
            record = None
        if name == "TY":
            record = _Record(number)
        elif record:
            record.take(name, (found[2] if found else line).strip())
    if record:
        yield _unended(record)
        yield _cited(record)


class _Record:
    """One paper on its way: the pieces of each value of each field, as lines were wrapped."""

    def __init__(self, line: int) -> None:
        self.line = line
        self._fields: dict[str, list[list[str]]] = {}
        self._last: list[str] = []
        self._lines = 0

    def take(self, name: str, text: str) -> None:
        """Add a line: of a field, or without `name` the rest of the one before."""
        self._lines += 1
        if self._lines > _LONGEST_RECORD:
            return
        if name:
            self._last = []
            self._fields.setdefault(name, []).append(self._last)
        if text:
            self._last.append(text)

    def all(self, *names: str) -> list[str]:
        """Every value of these fields."""
        return [" ".join(pieces) for name in names for pieces in self._fields.get(name, ()) if pieces]

    def first(self, *names: str) -> str:
        """The first value of the first of these fields that has one."""
        return next(iter(self.all(*names)), "")


def _unended(record: _Record) -> Finding:
    return Finding(what="a record without its end (ER)", severity=Severity.NOTE, line=record.line)


def _cited(record: _Record) -> Cited:
    return Cited(
        title=record.first("TI", "T1"),
        abstract=record.first("AB", "N2"),
        authors=record.all("AU", "A1"),
        ids=record.all("DO", "UR", "L1", "L2"),
        notes=record.all("M1", "N1", "JO", "T2", "AN"),
        line=record.line,
        label=record.first("ID"),
    )
