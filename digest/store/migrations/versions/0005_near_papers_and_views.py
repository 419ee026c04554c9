"""Papers that may be the same under another title share a block; derived views have versions."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make two tables; both are filled by `views.refresh`, which finds that nothing was computed yet."""
    op.create_table(
        "paper_block",
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"],
            ["paper.id"],
        ),
        sa.PrimaryKeyConstraint("block", "paper_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "derived_view",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
