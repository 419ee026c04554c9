"""Keep the schema at its newest version, by Alembic migrations in `migrations/versions`.

An empty database gets the newest schema at once, from the tables; a test holds both ways against
each other. Alembic is imported only when there is something to migrate: it costs a cold start a third.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from digest.errors import StoreError
from digest.store.tables import METADATA

#: the newest migration's revision; a test holds it against the folder
HEAD = "0011"
#: as Alembic creates it
_VERSION_TABLE = """
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)"""


def is_current(connection: Connection) -> bool:
    """Whether the schema is at `HEAD`; a database from a newer digest is refused."""
    found = revision(connection)
    if found is not None and found > HEAD:
        raise StoreError(
            f"the database is at schema {found}, this digest knows up to {HEAD}; install the newer digest"
        )
    return found == HEAD


def revision(connection: Connection) -> str | None:
    """The schema's revision, or `None` for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection) -> None:
    """Bring the schema to `HEAD`, in the transaction of `connection`."""
    if inspect(connection).get_table_names():
        migrate(connection)
    else:
        METADATA.create_all(connection, checkfirst=False)
        connection.execute(text(_VERSION_TABLE))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def migrate(connection: Connection) -> None:
    """Run the missing migrations, all of them in an empty database."""
    from alembic import command  # noqa: PLC0415 - see the module's docstring
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "digest.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
