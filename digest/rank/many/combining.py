"""`combine` on arrays: the best papers of some readers out of the points of all interests.

Three steps:
1. which papers can reach the line at all: those that one interest alone lifts high enough; a bit each,
   so that a reader's are their interests' bits together;
2. where these are many and only the best are asked: a rough score of each, and who is behind the last
   place by more than its roughness is out;
3. the exact score of what is left, one sort, and the cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from digest.rank.many.rows import Floats, Integers, Rows
from digest.rank.points import FURTHER, LEAST_GAP, further_part, least_strongest
from digest.rank.send_line import SEND_LINE

_Bits: TypeAlias = npt.NDArray[np.uint64]
_Marks: TypeAlias = npt.NDArray[np.bool_]
_Cells: TypeAlias = npt.NDArray[np.float32]
_Scores: TypeAlias = npt.NDArray[np.float64]

#: different weights that are told apart in the first step
_LEVELS = 16
#: factors kept for the rough score, if they are no more: 128 MB
_FACTORS = 1 << 25
#: pairs in one step of the rough score, which has three arrays of them
_BLOCK = 1 << 15
#: share of papers in question from which a rough score of all of them costs less than an exact one of those
_MANY = 0.2
#: more than the rough score can be wrong
_ROUGH = 1e-3
#: scores are told apart to this part of a point: further digits are noise
_EQUAL = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What all readers share: the papers' points and which of them can reach the line."""

    #: shape (interests + 1, papers) in the order of ties; the last row is 0 and stands for no interest
    cells: _Cells
    #: ascending; a weight belongs to the first level that is not below it
    levels: _Scores
    #: shape (levels * (interests + 1), words): a bit for each paper, in the order of ties
    reach: _Bits
    #: shape (levels * (interests + 1), papers): what an interest leaves of the gap; `None` if it is not kept
    factors: _Cells | None
    #: paper at each place of the order of ties, and place of each paper
    paper: Integers
    place: Integers
    line: float
    limit: int | None

    @classmethod
    def of(
        cls, cells: Floats, wanted: Rows, *, line: float, limit: int | None, order: Integers | None
    ) -> Day:
        """For the points `cells`, shape (interests, papers), and all the weights that will be asked."""
        interests, papers = cells.shape
        place = np.arange(papers) if order is None else order
        paper = np.argsort(place)
        table = np.zeros((interests + 1, papers), np.float32)
        table[:-1] = cells if order is None else cells[:, paper]
        levels = _levels(wanted.values)
        most = int(wanted.lengths.max(initial=0))
        # a millionth less: `table` is rounded, and a paper too many does no harm
        least = least_strongest(line, most) * (1 - 1e-6)
        reach = np.concatenate([_packed(_reaching(table, least / level)) for level in levels])
        return cls(
            cells=table,
            levels=levels,
            reach=reach,
            factors=None if limit is None else _kept(table, levels, wanted.values),
            paper=paper,
            place=place,
            line=line,
            limit=limit,
        )

    def at_levels(self, few: _Few) -> Integers:
        """The row of `reach` and of `factors` of each interest."""
        return np.searchsorted(self.levels, few.weights) * len(self.cells) + few.rows


@dataclass(frozen=True, slots=True)
class _Few:
    """Some readers: row of `Day.cells` and weight of each of their interests, shape (interests, readers)."""

    rows: Integers
    weights: _Scores

    def __len__(self) -> int:
        return int(self.rows.shape[1])


@dataclass(frozen=True, slots=True)
class Found:
    """The papers of some readers after each other: how many each has, then papers and scores, best first."""

    counts: Integers
    papers: Integers
    scores: _Scores


def best(day: Day, wanted: Rows, excluded: Rows | None, readers: Integers) -> Found:
    """What each of `readers` gets, which are rows of `wanted` and of `excluded`."""
    few = _few(wanted, readers, len(day.cells) - 1)
    marks = _marks(day, few)
    if excluded is not None:
        numbers, out = excluded.entries(readers)
        marks[numbers, day.place[excluded.columns[out]]] = False
    found = np.flatnonzero(marks)
    if day.limit is not None and len(found) > _MANY * marks.size:
        found = np.flatnonzero(_hopeful(day, few, marks))
    numbers, places = np.divmod(found, marks.shape[1])
    return _cut(day, len(few), numbers, places, _scores(day, few, numbers, places))


def _levels(weights: Floats) -> _Scores:
    """All different weights, or some of them where there are many, the greatest among them."""
    levels = np.unique(weights).astype(np.float64)
    if len(levels) > _LEVELS:
        levels = levels[np.linspace(0, len(levels) - 1, _LEVELS + 1).astype(np.int64)[1:]]
    return levels if len(levels) else np.ones(1)


def _reaching(cells: _Cells, least: float) -> _Marks:
    return np.asarray(cells >= max(np.float32(least), np.finfo(np.float32).smallest_subnormal))


def _packed(marks: _Marks) -> _Bits:
    """A bit for each column, little end first, filled up to whole words."""
    packed = np.packbits(marks, axis=1, bitorder="little")
    words = -(-packed.shape[1] // 8)
    filled = np.zeros((len(packed), words * 8), np.uint8)
    filled[:, : packed.shape[1]] = packed
    return filled.view(np.uint64)


def _kept(cells: _Cells, levels: _Scores, weights: Floats) -> _Cells | None:
    """The factors of all levels, where they are not too many and each weight is a level."""
    if len(levels) * cells.size > _FACTORS or not np.isin(weights, levels).all():
        return None
    factors = np.empty((len(levels), *cells.shape), np.float32)
    for level, each in zip(levels, factors, strict=True):
        _into_factors(each, cells, np.float32(level))
    return factors.reshape(-1, cells.shape[1])


def _into_factors(out: _Cells, cells: _Cells, weights: _Cells | np.float32) -> None:
    np.multiply(cells, weights * np.float32(-FURTHER / 100), out=out)
    out += 1
    np.maximum(out, 1 - FURTHER, out=out)


def _few(wanted: Rows, readers: Integers, blank: int) -> _Few:
    first, lengths = wanted.starts[readers], wanted.lengths[readers]
    most = int(lengths.max(initial=0))
    nth = np.arange(most)[:, None]
    there = nth < lengths
    at = np.where(there, first + nth, 0)
    weights = np.where(there, wanted.values[at].astype(np.float64), 0.0)
    return _Few(np.where(there, wanted.columns[at], blank).astype(np.int64), weights)


def _marks(day: Day, few: _Few) -> _Marks:
    """Shape (readers, papers and more): the papers that can reach the line."""
    reach = np.zeros((len(few), day.reach.shape[1]), np.uint64)
    for row in day.at_levels(few):
        reach |= day.reach.take(row, axis=0)
    return np.unpackbits(reach.view(np.uint8), axis=1, bitorder="little").view(np.bool_)


def _scores(day: Day, few: _Few, numbers: Integers, places: Integers) -> _Scores:
    """The score of each pair of reader and paper: see `combine`."""
    strongest = np.zeros(len(numbers))
    for own in _own(day, few, numbers, places):
        np.maximum(strongest, own, out=strongest)
    further = further_part(strongest) / 100
    left = 1 / (1 - further * strongest)
    for own in _own(day, few, numbers, places):
        left *= 1 - further * own
    gap = np.where(strongest >= SEND_LINE, 100.0, SEND_LINE) - strongest
    return np.asarray(strongest + gap * (1 - np.maximum(left, LEAST_GAP)))


def _own(day: Day, few: _Few, numbers: Integers, places: Integers) -> Iterator[_Scores]:
    """What each interest in turn counts in each pair of reader and paper."""
    papers, cells = day.cells.shape[1], day.cells.ravel()
    for rows, weights in zip(few.rows * papers, few.weights, strict=True):
        own = cells.take(rows.take(numbers) + places) * weights.take(numbers)
        yield np.minimum(own, 100.0, out=own)


def _hopeful(day: Day, few: _Few, marks: _Marks) -> _Marks:
    """Those of `marks` that may be among the best `limit`, by a score in single precision."""
    papers, limit = day.cells.shape[1], day.limit or 0
    if not 0 < limit < papers:
        return marks if limit else np.zeros_like(marks)
    hopeful = np.zeros_like(marks)
    size = max(_BLOCK // papers, 1)
    work = np.empty((3, size, papers), np.float32)
    for at in range(0, len(marks), size):
        part = slice(at, at + size)
        own, left, least = work[:, : len(marks[part])]
        some = _Few(few.rows[:, part], few.weights[:, part])
        _factors(day, some, own=own, left=left, least=least)
        unsure = _rough(own, left, least)
        own *= marks[part, :papers] & ~unsure
        np.copyto(left, own)
        left.partition(papers - limit, axis=1)
        np.greater_equal(own, left[:, papers - limit, None] - _ROUGH, out=hopeful[part, :papers])
        hopeful[part, :papers] |= unsure
    hopeful &= marks
    return hopeful


def _factors(day: Day, few: _Few, *, own: _Cells, left: _Cells, least: _Cells) -> None:
    """Fill `left` with the product of what all interests leave of the gap, `least` with the strongest's."""
    left.fill(1)
    least.fill(1)
    rows = few.rows if day.factors is None else day.at_levels(few)
    for row, weights in zip(rows, few.weights.astype(np.float32), strict=True):
        if day.factors is None:
            _into_factors(own, day.cells.take(row, axis=0), weights[:, None])
        else:
            day.factors.take(row, axis=0, out=own, mode="clip")
        left *= own
        np.minimum(least, own, out=least)


def _rough(score: _Cells, left: _Cells, least: _Cells) -> _Marks:
    """Fill `score`. True where it is of no use: below the send line, and where the side is not sure."""
    left /= least
    np.maximum(left, LEAST_GAP, out=left)
    least -= 1
    least *= -100 / FURTHER
    strongest = least
    unsure = np.asarray(strongest < SEND_LINE + _ROUGH)
    gap = np.subtract(strongest, 100, out=strongest)
    score.fill(100)
    gap *= left
    score += gap
    return unsure


def _cut(day: Day, readers: int, numbers: Integers, places: Integers, scores: _Scores) -> Found:
    """Pairs by reader, score and place, in one sort of whole numbers that hold all three."""
    enough = np.flatnonzero((scores >= day.line) & (scores > 0))
    place_bits = day.cells.shape[1].bit_length()
    score_bits = 63 - place_bits - readers.bit_length()
    unit = min((1 << score_bits) // 101, _EQUAL)
    keys = numbers.take(enough) << score_bits
    keys += 100 * unit - np.rint(scores.take(enough) * unit).astype(np.int64)
    keys <<= place_bits
    keys += places.take(enough)
    keys.sort()
    numbers = keys >> (place_bits + score_bits)
    counts = np.bincount(numbers, minlength=readers)
    if day.limit is not None and counts.max(initial=0) > day.limit:
        first = np.cumsum(counts) - counts
        keys = keys[np.arange(len(keys)) - first[numbers] < day.limit]
        counts = np.minimum(counts, day.limit)
    back = 100 - (keys >> place_bits & ((1 << score_bits) - 1)) / unit
    papers = day.paper[keys & ((1 << place_bits) - 1)]
    # rounding must not take a score below the line that it reached
    return Found(counts, papers, np.clip(back, max(day.line, 0.0), 100.0))
