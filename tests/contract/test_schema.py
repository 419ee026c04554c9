"""The schema made at once from the tables, and the one that the migrations lead to, are the same."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from digest.errors import StoreError
from digest.store import Database, schema
from digest.store.tables import METADATA


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def parts_of(sql):
    """The columns and constraints of a definition, in any order, with what stands around them."""
    head, _, rest = " ".join(sql.split()).partition("(")
    body, _, tail = rest.rpartition(")")
    parts, depth = [""], 0
    for letter in body:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    parts = [each for part in parts for each in apart(part.strip())]
    return [f"{head.strip()} () {tail.strip()}", *sorted(parts)]


def apart(part):
    """A column, and the foreign key where it stands at the column: only there one can be added."""
    column, references, target = part.partition(" REFERENCES ")
    if not references or part.startswith("FOREIGN KEY"):
        return [part]
    return [column, f"FOREIGN KEY({column.split()[0]}) REFERENCES {target}"]


def schema_of(connection):
    """Each table and index with the parts of its definition."""
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    return {name: parts_of(sql) for name, sql in rows}


def made_by(make):
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        make(connection)
        found = schema_of(connection), schema.revision(connection)
    engine.dispose()
    return found


def test_an_empty_database_gets_the_schema_that_the_migrations_lead_to():
    assert made_by(schema.upgrade) == made_by(schema.migrate)


def test_columns_of_both_ways_stand_in_the_same_order(connection):
    schema.migrate(connection)
    for table in METADATA.sorted_tables:
        columns = connection.execute(text(f"SELECT name FROM pragma_table_info('{table.name}')"))
        assert list(columns.scalars()) == table.columns.keys()


def test_the_migrations_leave_nothing_out_of_the_tables(connection):
    schema.migrate(connection)
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    assert compare_metadata(context, METADATA) == []


def test_the_newest_migration_is_the_head_that_the_store_asks_for():
    script = ScriptDirectory(str(Path(schema.__file__).with_name("migrations")))
    assert script.get_heads() == [schema.HEAD]


def test_a_database_of_a_newer_digest_is_refused(tmp_path):
    database = Database(tmp_path / "digest.db")
    database.prepare()
    with database._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="install the newer digest"):
        database.prepare()
    database.close()


def test_preparing_twice_changes_nothing(tmp_path):
    database = Database(tmp_path / "digest.db")
    database.prepare()
    before = database.path.read_bytes()
    database.prepare()
    assert database.path.read_bytes() == before
    database.close()
