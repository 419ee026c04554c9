"""Messages may be packed with a dictionary of what they have in common; those that there are were not."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column: empty, which is how everything so far was packed."""
    op.create_table(
        "message_dictionary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    # Alembic would copy the whole table for the sake of the key, and it is most of the database
    op.execute("ALTER TABLE message ADD COLUMN dictionary_id INTEGER REFERENCES message_dictionary (id)")
    packed_with_one = sa.text("dictionary_id IS NOT NULL")
    op.create_index("ix_message_dictionary_id", "message", ["dictionary_id"], sqlite_where=packed_with_one)
