"""Statements that are compiled once and handed to the driver as they are.

What SQLAlchemy does anew at each execution - build the statement, find it in its cache, turn values by
name into values in order - costs several times what SQLite does then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from sqlalchemy import ClauseElement, Connection, CursorResult, Dialect
from sqlalchemy.sql.compiler import SQLCompiler

_Converter: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    """A statement for one kind of driver."""

    sql: str
    #: for each value in the driver's order: its place in a row, and what turns it into the driver's
    order: tuple[tuple[int, _Converter | None], ...]
    #: values that the statement brings along, whose places are behind those of a row
    brought: tuple[Any, ...]
    #: whether rows are what the driver takes as they are
    plain: bool

    def values(self, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """What the driver is given for rows: column by column, which costs a fraction of row by row."""
        if self.plain:
            return list(map(tuple, rows))
        columns = list(zip(*rows, strict=True))
        columns += [(value,) * len(rows) for value in self.brought]
        given = [map(convert, columns[place]) if convert else columns[place] for place, convert in self.order]
        return list(zip(*given, strict=True))


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
        values = compiled.values(rows)
        return connection.exec_driver_sql(compiled.sql, values if len(values) > 1 else values[0])

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled = cast(SQLCompiler, self._statement.compile(dialect=dialect))
        ordered = compiled.positiontup or []
        names = [*self._names, *(name for name in ordered if name not in self._names)]
        order = tuple(
            (names.index(name), compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in ordered
        )
        return _Compiled(
            sql=str(compiled),
            order=order,
            brought=tuple(compiled.params[name] for name in names[len(self._names) :]),
            plain=order == tuple((place, None) for place in range(len(self._names))),
        )
