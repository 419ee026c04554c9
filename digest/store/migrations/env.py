"""Alembic runs this with the connection that `schema.upgrade` hands over; there is no offline mode."""

from alembic import context

from digest.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite cannot alter a column in place: Alembic copies the table instead
    render_as_batch=True,
)
context.run_migrations()
