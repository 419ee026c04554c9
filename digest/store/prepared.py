"""Statements that are compiled once and handed to the driver as they are.

What SQLAlchemy does anew at each execution - build the statement, find it in its cache, turn values by
name into values in order - costs several times what SQLite does then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import ClauseElement, Connection, CursorResult, Dialect
from sqlalchemy.sql.compiler import SQLCompiler


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement for one kind of driver."""

    sql: str
    #: takes a row's values, and those that the statement brings along behind them, in the driver's order
    order: Callable[[Sequence[Any]], tuple[Any, ...]]
    #: by place in that order
    converters: tuple[tuple[int, Callable[[Any], Any]], ...]
    brought: tuple[Any, ...]

    def values(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """What the driver is given for a row."""
        found = self.order((*row, *self.brought) if self.brought else row)
        if not self.converters:
            return found
        values = list(found)
        for place, convert in self.converters:
            values[place] = convert(values[place])
        return tuple(values)


class Prepared:
    """One statement, and the names of its values in the order in which rows hold them.

    Values that the statement brings along, such as the 1 of `count + 1`, are not named.
    """

    def __init__(self, statement: ClauseElement, *names: str) -> None:
        self._statement = statement
        self._names = names
        #: for the database that was asked last: what is compiled holds on to its dialect
        self._latest: tuple[Dialect, _Compiled] | None = None

    def run(self, connection: Connection, *rows: Sequence[Any]) -> CursorResult[Any]:
        """Execute it for each of `rows`; what comes back is as the driver has it."""
        latest = self._latest
        if latest is None or latest[0] is not connection.dialect:
            latest = self._latest = connection.dialect, self._compile(connection.dialect)
        compiled = latest[1]
        values = list(map(compiled.values, rows))
        return connection.exec_driver_sql(compiled.sql, values if len(values) > 1 else values[0])

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled = cast(SQLCompiler, self._statement.compile(dialect=dialect))
        order = compiled.positiontup or []
        names = [*self._names, *(name for name in order if name not in self._names)]
        converters = [
            compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in order
        ]
        return _Compiled(
            str(compiled),
            _picked([names.index(name) for name in order]),
            tuple((place, convert) for place, convert in enumerate(converters) if convert is not None),
            tuple(compiled.params[name] for name in names[len(self._names) :]),
        )


def _picked(places: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    if list(places) == list(range(len(places))):
        return tuple
    return itemgetter(*places) if len(places) > 1 else lambda row: tuple(row[place] for place in places)
