"""Many readers at once get what the arithmetic for one reader and one paper says, for any numbers."""

import math
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rank.many import combining
from digest.rank.many import top as batch
from digest.rank.many.rows import Rows
from digest.rank.many.top import top_papers
from digest.rank.points import combine, contributions, least_strongest, weighted
from digest.rank.send_line import SEND_LINE

own = st.sampled_from([0.0] * 6 + [1.0, 20.0, 49.0, 50.0, 51.0, 75.0, 100.0]) | st.floats(0, 100, width=32)
weights = st.sampled_from([0.5, 1.0, 2.0]) | st.floats(0.01, 50)
lines = st.sampled_from([SEND_LINE, 0.0, 20.0, 45.0, 60.0, 100.0])


@st.composite
def tasks(draw, most_readers=6):
    interests, papers = draw(st.integers(1, 12)), draw(st.integers(1, 70))
    size = interests * papers
    points = np.array(draw(st.lists(own, min_size=size, max_size=size)), np.float32).reshape(
        interests, papers
    )
    asked = st.dictionaries(st.integers(0, interests - 1), weights, max_size=8)
    readers = draw(st.lists(asked, max_size=most_readers))
    out = draw(st.lists(st.sets(st.integers(0, papers - 1)), min_size=len(readers), max_size=len(readers)))
    order = draw(st.permutations(range(papers)))
    return points, readers, out, order


def alone(points, reader, out, order, *, line, limit):
    """Paper and score, best first, by `combine`."""
    found = []
    for paper in set(range(points.shape[1])) - out:
        counting = [weighted(float(points[interest, paper]), weight) for interest, weight in reader.items()]
        score = min(math.fsum(combine(counting)), 100.0)
        if score >= line and score > 0:
            found.append((-round(score, 9), order[paper], paper, score))
    return [(paper, score) for *_, paper, score in sorted(found)[:limit]]


@contextmanager
def settings_of(**values):
    """Other sizes of the steps; whatever they are, the answer is the same."""
    before = {name: (module, getattr(module, name)) for name, (module, _) in values.items()}
    for name, (module, value) in values.items():
        setattr(module, name, value)
    try:
        yield
    finally:
        for name, (module, value) in before.items():
            setattr(module, name, value)


steps = st.fixed_dictionaries(
    {
        "_MANY": st.tuples(st.just(combining), st.sampled_from([0.0, 0.1, 2.0])),
        "_LEVELS": st.tuples(st.just(combining), st.sampled_from([1, 2, 16])),
        "_FACTORS": st.tuples(st.just(combining), st.sampled_from([0, 1 << 25])),
        "_BLOCK": st.tuples(st.just(combining), st.sampled_from([1, 100, 1 << 15])),
        "_STEP": st.tuples(st.just(batch), st.sampled_from([1, 100, 1 << 18])),
        "_TABLE": st.tuples(st.just(batch), st.sampled_from([1, 200, 1 << 26])),
    }
)


@given(tasks(), lines, st.none() | st.integers(0, 12), st.booleans(), st.data())
def test_many_readers_get_what_combine_gives_each(task, line, limit, sparse, data):
    points, readers, out, order = task
    given_points = (
        Rows.of({c: float(v) for c, v in enumerate(row) if v} for row in points) if sparse else points
    )
    with settings_of(**data.draw(steps)):
        got = top_papers(
            given_points,
            Rows.of(readers),
            line=line,
            limit=limit,
            papers=points.shape[1],
            order=np.array(order),
            excluded=Rows.of(dict.fromkeys(each, 1.0) for each in out),
            threads=data.draw(st.integers(1, 2)),
        )
    assert len(got) == len(readers)
    for number, (reader, without) in enumerate(zip(readers, out, strict=True)):
        expected = alone(points, reader, without, order, line=line, limit=limit)
        assert list(got.row(number)) == [paper for paper, _ in expected]
        assert list(got.row(number).values()) == pytest.approx([score for _, score in expected], abs=1e-7)
        assert all(score >= line for score in got.row(number).values())


@given(st.integers(0, 9), st.data())
def test_many_papers_get_to_the_last_bit_what_combine_gives_each(interests, data):
    column = st.lists(st.floats(0, 100), min_size=interests, max_size=interests)
    columns = data.draw(st.lists(column, min_size=1, max_size=5))
    shape = (interests, len(columns))
    assert contributions(np.array(columns).T.reshape(shape)).T.tolist() == [combine(each) for each in columns]


@given(tasks(most_readers=1), st.integers(0, 11), weights)
def test_a_further_interest_lowers_no_paper(task, further, weight):
    points, readers, _, _ = task
    reader = readers[0] if readers else {}
    more = {further % len(points): weight} | reader
    found = top_papers(points, Rows.of([reader, more]), line=0.0)
    before, after = found.row(0), found.row(1)
    assert all(after[paper] >= score - 1e-9 for paper, score in before.items())


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8), st.floats(0.01, 100))
def test_no_score_reaches_a_line_with_a_strongest_below_the_least(counting, line):
    if max(counting) < least_strongest(line, len(counting)):
        assert math.fsum(combine(counting)) < line + 1e-9
