"""Sparse rows of numbers: points of interests, weights of readers, picks of readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Integers: TypeAlias = npt.NDArray[np.integer]
Floats: TypeAlias = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of (column, value) pairs; what a row does not name is 0.

    Row r has the columns `columns[starts[r]:starts[r + 1]]` and the values at the same places. These are
    the arrays `indptr`, `indices` and `data` of SciPy's CSR matrices, which fit without a copy.
    """

    #: shape (rows + 1,), rising from 0
    starts: Integers
    #: shape (entries,), each from 0
    columns: Integers
    #: shape (entries,)
    values: Floats

    def __post_init__(self) -> None:
        entries = self.columns.shape
        if self.starts.ndim != 1 or not self.starts.size or len(entries) != 1 or self.values.shape != entries:
            raise ValueError("rows: starts, columns and values must be lists, the last two equally long")
        if self.starts[0] != 0 or self.starts[-1] != entries[0] or (np.diff(self.starts) < 0).any():
            raise ValueError("rows: starts must rise from 0 to the number of columns")
        if entries[0] and self.columns.min() < 0:
            raise ValueError(f"rows: column {self.columns.min()} is below 0")

    @classmethod
    def of(cls, rows: Iterable[Mapping[int, float]]) -> Rows:
        """Rows from one mapping of column to value each, in the mapping's order."""
        each = list(rows)
        entries = sum(map(len, each))
        return cls(
            starts=np.fromiter(accumulate(map(len, each), initial=0), np.int64, len(each) + 1),
            columns=np.fromiter(chain.from_iterable(each), np.int64, entries),
            values=np.fromiter(chain.from_iterable(row.values() for row in each), np.float64, entries),
        )

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> Integers:
        """How many entries each row has."""
        return np.diff(self.starts)

    @property
    def numbers(self) -> Integers:
        """The row of each entry."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def width(self) -> int:
        """One more than the greatest column."""
        return int(self.columns.max()) + 1 if self.columns.size else 0

    def row(self, number: int) -> dict[int, float]:
        """Column → value of one row, in its order."""
        part = slice(self.starts[number], self.starts[number + 1])
        return dict(zip(self.columns[part].tolist(), self.values[part].tolist(), strict=True))

    def part(self, first: int, end: int) -> Rows:
        """The rows from `first` up to `end`, without a copy of their entries."""
        low, high = self.starts[first], self.starts[end]
        return Rows(
            starts=self.starts[first : end + 1] - low,
            columns=self.columns[low:high],
            values=self.values[low:high],
        )

    def entries(self, rows: Integers) -> tuple[Integers, Integers]:
        """All entries of some rows: each one's place in `rows`, and where it stands in `columns`."""
        lengths = self.lengths[rows]
        numbers = np.repeat(np.arange(len(rows)), lengths)
        first = self.starts[rows] - np.cumsum(lengths) + lengths
        return numbers, np.arange(len(numbers)) + first[numbers]

    def chosen(self, rows: Integers) -> Rows:
        """Some rows, in the order of `rows`."""
        _, at = self.entries(rows)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.lengths[rows])])
        return Rows(starts=starts, columns=self.columns[at], values=self.values[at])

    @classmethod
    def stacked(cls, parts: Sequence[Rows]) -> Rows:
        """The rows of all parts, one part after the other."""
        lengths = np.concatenate([part.lengths for part in parts])
        return cls(
            starts=np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]),
            columns=np.concatenate([part.columns for part in parts]),
            values=np.concatenate([part.values for part in parts]),
        )

    def dense(self, width: int) -> npt.NDArray[np.float32]:
        """Shape (rows, width); a column that a row names twice keeps its last value."""
        cells = np.zeros((len(self), width), np.float32)
        cells[self.numbers, self.columns] = self.values
        return cells
