"""The best papers of many readers at once, from the points of their different interests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from digest.rank.many.combining import Day, Found, best
from digest.rank.many.rows import Floats, Integers, Rows
from digest.rank.send_line import SEND_LINE

#: pairs of reader and paper in one step: its arrays stay in the processor's cache
_STEP = 1 << 18
_MOST_READERS = 1 << 10
#: pairs of interest and paper in memory at once where the points come as rows: 256 MB
_TABLE = 1 << 26
#: weight up to which single precision holds all products
_GREATEST = 10**9


def top_papers(
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
    Points count in single precision.
    `order`: the place of each paper among equal scores (a permutation), by default its column. `excluded`:
    a row for each reader, the papers that are out; its values say nothing.

    The answer has a row for each reader, the columns are papers, the values scores. Scores closer than
    about a billionth are equal. The answer depends on nothing but the arguments, `threads` included.
    Raises `ValueError` for arguments that do not fit each other.
    """
    columns = _columns(points, papers)
    _check(points, wanted, columns, order=order, excluded=excluded, limit=limit)
    if not columns or not wanted.columns.size:
        return Rows.of([{}] * len(wanted))
    if isinstance(points, Rows) and len(points) * columns > _TABLE and len(wanted) > 1:
        ask = partial(top_papers, line=line, limit=limit, order=order, threads=threads)
        return _by_parts(points, wanted, columns, excluded, ask)
    cells = points.dense(columns) if isinstance(points, Rows) else points
    day = Day.of(cells, wanted, line=line, limit=limit, order=order)
    steps = _steps(wanted, columns)
    work = partial(best, day, wanted, excluded)
    if threads == 1 or len(steps) < 2:
        return _joined(len(wanted), steps, [work(readers) for readers in steps])
    with ThreadPoolExecutor(threads) as pool:
        return _joined(len(wanted), steps, list(pool.map(work, steps)))


def _steps(wanted: Rows, papers: int) -> list[Integers]:
    """Readers to be looked at together: such with about as many interests, so that few places stay empty."""
    by_length = np.argsort(wanted.lengths, kind="stable")
    size = min(max(_STEP // max(papers, 1), 1), _MOST_READERS)
    return [by_length[at : at + size] for at in range(0, len(by_length), size)]


def _joined(readers: int, steps: Sequence[Integers], found: Sequence[Found]) -> Rows:
    """The rows of all steps, each at its reader's place."""
    lengths = np.zeros(readers, np.int64)
    for numbers, one in zip(steps, found, strict=True):
        lengths[numbers] = one.counts
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    columns, values = np.empty(starts[-1], np.int64), np.empty(starts[-1])
    for numbers, one in zip(steps, found, strict=True):
        before = np.cumsum(one.counts) - one.counts
        at = np.arange(len(one.papers)) + np.repeat(starts[numbers] - before, one.counts)
        columns[at], values[at] = one.papers, one.scores
    return Rows(starts=starts, columns=columns, values=values)


def _by_parts(
    points: Rows, wanted: Rows, papers: int, excluded: Rows | None, ask: Callable[..., Rows]
) -> Rows:
    """The same for some readers after others, each time with the points of their interests alone."""
    most = _TABLE // papers
    found, first = [], 0
    while first < len(wanted):
        end = max(int(np.searchsorted(wanted.starts, wanted.starts[first] + most, "right")) - 1, first + 1)
        part = wanted.part(first, end)
        asked, columns = np.unique(part.columns, return_inverse=True)
        part = Rows(starts=part.starts, columns=columns, values=part.values)
        out = None if excluded is None else excluded.part(first, end)
        found.append(ask(points.chosen(asked).dense(papers), part, excluded=out))
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
    *,
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
    if wanted.values.size and not (wanted.values.min() > 0 and wanted.values.max() <= _GREATEST):
        raise ValueError(f"wanted: all weights must be above 0 and at most {_GREATEST:,}")
    if order is not None and not np.array_equal(np.sort(order), np.arange(papers)):
        raise ValueError(f"order: want each of 0 to {papers - 1} once")
    if excluded is not None and (len(excluded) != len(wanted) or excluded.width > papers):
        raise ValueError(f"excluded: want {len(wanted)} rows of papers below {papers}")
    if limit is not None and limit < 0:
        raise ValueError(f"limit: {limit} is below 0")
