"""What the driver is given: the same as SQLAlchemy would give it."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, Column, Date, Integer, MetaData, Table, bindparam, create_engine, text, update
from sqlalchemy.dialects import sqlite

from digest.store.bulk import insertion
from digest.store.prepared import Prepared
from digest.store.tables import UtcDateTime

DIALECT = sqlite.dialect()
THINGS = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("day", Date),
    Column("moment", UtcDateTime),
    Column("facts", JSON),
    Column("count", Integer),
)
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
ROWS = [(1, date(2026, 11, 26), NOON, [1, "a"], 5), (2, None, None, [], 6)]
NAMES = ("id", "day", "moment", "facts", "count")


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        THINGS.create(connection)
        yield connection
    engine.dispose()


def stored(connection):
    return [tuple(row) for row in connection.execute(THINGS.select().order_by(THINGS.c.id))]


@given(st.datetimes())
def test_a_moment_is_written_as_sqlalchemy_writes_it(naive):
    theirs = sqlite.DATETIME().bind_processor(DIALECT)
    ours = UtcDateTime().bind_processor(DIALECT)
    assert ours(naive.replace(tzinfo=UTC)) == theirs(naive)


@pytest.mark.parametrize("rows", [ROWS, ROWS[:1]], ids=["many", "one"])
def test_rows_come_back(connection, rows):
    insertion(THINGS, *NAMES).run(connection, *rows)
    assert stored(connection) == rows


def test_rows_may_hold_their_values_in_another_order(connection):
    turned = Prepared(THINGS.insert().values({n: bindparam(n) for n in NAMES}), *reversed(NAMES))
    turned.run(connection, *[row[::-1] for row in ROWS])
    assert stored(connection) == ROWS


def test_columns_that_are_not_named_are_null(connection):
    insertion(THINGS, "moment", "id").run(connection, (NOON, 1))
    assert stored(connection) == [(1, None, NOON, None, None)]


def test_text_that_is_json_already_is_taken_as_it_is(connection):
    insertion(THINGS, "id", "facts", packed=["facts"]).run(connection, (1, '{"a":1}'))
    assert connection.scalar(text("SELECT facts FROM things")) == '{"a":1}'


def test_a_statement_brings_values_along(connection):
    insertion(THINGS, *NAMES).run(connection, *ROWS)
    more = update(THINGS).where(THINGS.c.id == bindparam("row")).values(count=THINGS.c.count + 10)
    Prepared(more, "row").run(connection, (1,), (2,))
    assert [row[4] for row in stored(connection)] == [15, 16]


def test_a_statement_may_have_no_values(connection):
    insertion(THINGS, *NAMES).run(connection, *ROWS)
    assert Prepared(text("SELECT count(*) FROM things")).run(connection, ()).scalar() == 2


def test_a_row_with_a_value_too_few_is_refused(connection):
    with pytest.raises(ValueError, match="shorter"):
        insertion(THINGS, *NAMES).run(connection, ROWS[0], ROWS[1][:-1])
