"""Records that were stored are known by all that they say, so that reading them again is quick."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; it is filled by what is read from now on."""
    op.create_table(
        "record",
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"],
            ["paper.id"],
        ),
        sa.PrimaryKeyConstraint("fingerprint"),
        sqlite_with_rowid=False,
    )
