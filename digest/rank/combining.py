"""The best papers of many readers at once, from the points of their different interests.

The arithmetic is `combine`'s, on arrays. Three steps for a few hundred readers at a time:
1. which papers can reach the line at all: those that one interest alone lifts high enough; a bit each,
   so that a reader's are their interests' bits together;
2. where these are many and only the best are asked: a rough score of each paper, and who is behind the
   last place by more than its roughness is out;
3. the exact score of what is left, one sort, and the cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from digest.rank.points import FURTHER, LEAST_GAP, SEND_LINE, least_strongest
from digest.rank.rows import Floats, Integers, Rows

_Bits: TypeAlias = npt.NDArray[np.uint64]
_Marks: TypeAlias = npt.NDArray[np.bool_]
_Cells: TypeAlias = npt.NDArray[np.float32]
_Scores: TypeAlias = npt.NDArray[np.float64]

#: pairs of reader and paper in one step, so that its arrays stay in the processor's cache
_STEP = 1 << 18
_MOST_READERS = 1 << 10
#: pairs of interest and paper in memory at once where the points come as rows: 256 MB
_TABLE = 1 << 26
#: different weights that are told apart in the first step
_LEVELS = 16
#: share of papers in question from which a rough score of all of them costs less than an exact one of those
_MANY = 0.15
#: more than the rough score can be wrong
_ROUGH = 1e-3


def top(
    points: Floats | Rows,
    wanted: Rows,
    *,
    line: float = SEND_LINE,
    limit: int | None = None,
    papers: int | None = None,
    order: Integers | None = None,
    excluded: Rows | None = None,
    threads: int = 1,
) -> Rows:
    """Each reader's papers with a score of `line` or more and above 0: best first, at most `limit`.

    `points`: a row for each interest, a column for each paper, 0 to 100; as rows, `papers` says how many
    columns there are. `wanted`: a row for each reader, the weight (above 0) of each interest they have.
    `order`: the place of each paper among equal scores (a permutation), by default its column. `excluded`:
    a row for each reader, the papers that are out; its values say nothing.

    The answer has a row for each reader, the columns are papers, the values scores. Scores closer than
    about a billionth are equal. The answer depends on nothing but the arguments, `threads` included.
    Raises `ValueError` for arguments that do not fit each other.
    """
    columns = _columns(points, papers)
    _check(points, wanted, columns, order, excluded, limit)
    if isinstance(points, Rows) and len(points) * columns > _TABLE and len(wanted) > 1:
        return _by_parts(points, wanted, columns, line, limit, order, excluded, threads)
    cells = points.dense(columns) if isinstance(points, Rows) else points
    day = _day(cells, wanted, line=line, limit=limit, order=order)
    steps = _steps(wanted, columns)
    work = partial(_step, day, wanted, excluded)
    if threads == 1 or len(steps) < 2:
        return _joined(len(wanted), steps, [work(readers) for readers in steps])
    with ThreadPoolExecutor(threads) as pool:
        return _joined(len(wanted), steps, list(pool.map(work, steps)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """What all readers share: the papers' points and which of them can reach the line."""

    #: shape (interests + 1, papers) in the order of ties; the last row is 0 and stands for no interest
    cells: _Cells
    #: ascending; a weight belongs to the first level that is not below it
    levels: _Scores
    #: shape (levels * (interests + 1), words): a bit for each paper, in the order of ties
    reach: _Bits
    #: paper at each place of the order of ties, and place of each paper
    paper: Integers
    place: Integers
    line: float
    limit: int | None


@dataclass(frozen=True, slots=True)
class _Few:
    """Some readers: row of `_Day.cells` and weight of each of their interests, shape (interests, readers)."""

    rows: Integers
    weights: _Scores

    def level_rows(self, day: _Day) -> Integers:
        """The row of `_Day.reach` of each."""
        return np.searchsorted(day.levels, self.weights) * len(day.cells) + self.rows


def _day(cells: Floats, wanted: Rows, *, line: float, limit: int | None, order: Integers | None) -> _Day:
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
    return _Day(
        cells=table, levels=levels, reach=reach, paper=paper, place=place, line=line, limit=limit
    )


def _levels(weights: Floats) -> _Scores:
    """All different weights, or some of them where there are many, the greatest among them."""
    levels = np.unique(weights).astype(np.float64)
    if len(levels) > _LEVELS:
        levels = levels[np.linspace(0, len(levels) - 1, _LEVELS + 1).astype(np.int64)[1:]]
    return levels if len(levels) else np.ones(1)


def _reaching(cells: _Cells, least: float) -> _Marks:
    return np.asarray((cells >= np.float32(least)) & (cells > 0))


def _packed(marks: _Marks) -> _Bits:
    """A bit for each column, little end first, filled up to whole words."""
    packed = np.packbits(marks, axis=1, bitorder="little")
    words = -(-packed.shape[1] // 8)
    filled = np.zeros((len(packed), words * 8), np.uint8)
    filled[:, : packed.shape[1]] = packed
    return filled.view(np.uint64)


def _steps(wanted: Rows, papers: int) -> list[Integers]:
    """Readers to be looked at together: such with about as many interests, so that few places stay empty."""
    by_length = np.argsort(wanted.lengths, kind="stable")
    size = min(max(_STEP // max(papers, 1), 1), _MOST_READERS)
    return [by_length[at : at + size] for at in range(0, len(by_length), size)]


def _step(day: _Day, wanted: Rows, excluded: Rows | None, readers: Integers) -> tuple[Integers, ...]:
    """How many papers each of `readers` gets, and after each other their papers and their scores."""
    few = _few(wanted, readers, len(day.cells) - 1)
    marks = _marks(day, few)
    if excluded is not None:
        numbers, out = excluded.entries(readers)
        marks[numbers, day.place[excluded.columns[out]]] = False
    if day.limit is not None and np.count_nonzero(marks) > _MANY * marks.size:
        marks = _hopeful(day, few, marks)
    width = marks.shape[1]
    found = np.flatnonzero(marks)
    numbers, places = found // width, found % width
    return _best(day, len(readers), numbers, places, _scores(day, few, numbers, places))


def _few(wanted: Rows, readers: Integers, blank: int) -> _Few:
    first, lengths = wanted.starts[readers], wanted.lengths[readers]
    most = int(lengths.max(initial=0))
    nth = np.arange(most)[:, None]
    there = nth < lengths
    at = np.where(there, first + nth, 0)
    return _Few(np.where(there, wanted.columns[at], blank), np.where(there, wanted.values[at], 1.0))


def _marks(day: _Day, few: _Few) -> _Marks:
    """Shape (readers, papers and more): the papers that can reach the line."""
    reach = np.zeros((few.rows.shape[1], day.reach.shape[1]), np.uint64)
    for row in few.level_rows(day):
        reach |= day.reach.take(row, axis=0)
    return np.unpackbits(reach.view(np.uint8), axis=1, bitorder="little").view(np.bool_)


def _scores(day: _Day, few: _Few, numbers: Integers, places: Integers) -> _Scores:
    """The score of each pair of reader and paper: see `combine`."""
    papers, cells = day.cells.shape[1], day.cells.ravel()
    strongest, left = np.zeros(len(numbers)), np.ones(len(numbers))
    for rows, weights in zip(few.rows * papers, few.weights, strict=True):
        own = cells.take(rows.take(numbers) + places) * weights.take(numbers)
        np.minimum(own, 100.0, out=own)
        np.maximum(strongest, own, out=strongest)
        own *= -FURTHER / 100
        own += 1
        left *= own
    left /= 1 - FURTHER / 100 * strongest
    gap = np.where(strongest >= SEND_LINE, 100.0, SEND_LINE) - strongest
    return np.asarray(strongest + gap * (1 - np.maximum(left, LEAST_GAP)))


def _hopeful(day: _Day, few: _Few, marks: _Marks) -> _Marks:
    """Those of `marks` that may be among the best `limit`, by a score in single precision."""
    papers, limit = day.cells.shape[1], day.limit or 0
    if not 0 < limit < papers:
        return marks if limit else np.zeros_like(marks)
    strongest = np.zeros((len(marks), papers), np.float32)
    left = np.ones_like(strongest)
    for rows, weights in zip(few.rows, few.weights.astype(np.float32), strict=True):
        own = day.cells.take(rows, axis=0)
        own *= weights[:, None]
        np.minimum(own, 100, out=own)
        np.maximum(strongest, own, out=strongest)
        own *= -FURTHER / 100
        own += 1
        left *= own
    return _not_behind(_rough(strongest, left), np.abs(strongest - SEND_LINE) < _ROUGH, limit, marks)


def _rough(strongest: _Cells, left: _Cells) -> _Cells:
    left /= 1 - FURTHER / 100 * strongest
    np.maximum(left, LEAST_GAP, out=left)
    gap = np.where(strongest >= SEND_LINE, np.float32(100), np.float32(SEND_LINE)) - strongest
    gap *= left
    return np.where(strongest >= SEND_LINE, np.float32(100), np.float32(SEND_LINE)) - gap


def _not_behind(rough: _Cells, unsure: _Marks, limit: int, marks: _Marks) -> _Marks:
    """`unsure`: which side of the send line they are on is for the exact score to say; they stay in."""
    papers = rough.shape[1]
    rough[unsure | ~marks[:, :papers]] = 0
    last = np.partition(rough, papers - limit, axis=1)[:, papers - limit]
    hopeful = np.zeros_like(marks)
    hopeful[:, :papers] = (rough >= last[:, None] - _ROUGH) | unsure
    return marks & hopeful


def _best(
    day: _Day, readers: int, numbers: Integers, places: Integers, scores: _Scores
) -> tuple[Integers, ...]:
    """Pairs by reader, score and place, in one sort of whole numbers that hold all three."""
    enough = np.flatnonzero((scores >= day.line) & (scores > 0))
    place_bits = max(day.cells.shape[1] - 1, 1).bit_length()
    score_bits = 63 - place_bits - max(readers - 1, 1).bit_length()
    worst = (1 << score_bits) - 1
    unit = worst // 101
    keys = numbers.take(enough) << score_bits
    keys += worst - np.rint(scores.take(enough) * unit).astype(np.int64)
    keys <<= place_bits
    keys += places.take(enough)
    keys.sort()
    numbers = keys >> (place_bits + score_bits)
    counts = np.bincount(numbers, minlength=readers)
    if day.limit is not None and counts.max(initial=0) > day.limit:
        first = np.cumsum(counts) - counts
        keys = keys[np.arange(len(keys)) - first[numbers] < day.limit]
        counts = np.minimum(counts, day.limit)
    exact = (worst - (keys >> place_bits & worst)) / unit
    return counts, day.paper[keys & ((1 << place_bits) - 1)], np.clip(exact, max(day.line, 0), 100)


def _joined(readers: int, steps: Sequence[Integers], found: Sequence[tuple[Integers, ...]]) -> Rows:
    """The rows of all steps, each at its reader's place."""
    lengths = np.zeros(readers, np.int64)
    for numbers, (counts, *_) in zip(steps, found, strict=True):
        lengths[numbers] = counts
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    columns, values = np.empty(starts[-1], np.int64), np.empty(starts[-1])
    for numbers, (counts, papers, scores) in zip(steps, found, strict=True):
        before = np.cumsum(counts) - counts
        at = np.arange(len(papers)) + np.repeat(starts[numbers] - before, counts)
        columns[at], values[at] = papers, scores
    return Rows(starts=starts, columns=columns, values=values)


def _by_parts(
    points: Rows,
    wanted: Rows,
    papers: int,
    line: float,
    limit: int | None,
    order: Integers | None,
    excluded: Rows | None,
    threads: int,
) -> Rows:
    """The same for some readers after others, each time with the points of their interests alone."""
    most = _TABLE // papers
    found, first = [], 0
    while first < len(wanted):
        end = max(int(np.searchsorted(wanted.starts, wanted.starts[first] + most, "right")) - 1, first + 1)
        part, out = wanted.part(first, end), excluded and excluded.part(first, end)
        asked, columns = np.unique(part.columns, return_inverse=True)
        part = Rows(starts=part.starts, columns=columns, values=part.values)
        cells = points.chosen(asked).dense(papers)
        found.append(top(cells, part, line=line, limit=limit, order=order, excluded=out, threads=threads))
        first = end
    return Rows.stacked(found)


def _columns(points: Floats | Rows, papers: int | None) -> int:
    if isinstance(points, Rows):
        if papers is None or papers < points.width:
            raise ValueError(f"papers: at least {points.width} are named by the points, {papers} are given")
        return papers
    if points.ndim != 2 or papers not in {None, points.shape[1]}:
        raise ValueError(f"points: want a row for each interest and {papers} columns, got {points.shape}")
    return int(points.shape[1])


def _check(
    points: Floats | Rows,
    wanted: Rows,
    papers: int,
    order: Integers | None,
    excluded: Rows | None,
    limit: int | None,
) -> None:
    values = points.values if isinstance(points, Rows) else points
    # a comparison with what is not a number is false
    if values.size and not (values.min() >= 0 and values.max() <= 100):
        raise ValueError("points: all must be from 0 to 100")
    if wanted.width > len(points):
        raise ValueError(f"wanted: interest {wanted.width - 1}, but the points have {len(points)} rows")
    if wanted.values.size and not (wanted.values.min() > 0 and np.isfinite(wanted.values.max())):
        raise ValueError("wanted: all weights must be above 0 and finite")
    if order is not None and not np.array_equal(np.sort(order), np.arange(papers)):
        raise ValueError(f"order: want each of 0 to {papers - 1} once")
    if excluded is not None and (len(excluded) != len(wanted) or excluded.width > papers):
        raise ValueError(f"excluded: want {len(wanted)} rows of papers below {papers}")
    if limit is not None and limit < 0:
        raise ValueError(f"limit: {limit} is below 0")
