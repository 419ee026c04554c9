"""An interest may want its exact phrase, or its words close together."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column `within` to `interest`: empty, which is what all had meant before."""
    op.add_column("interest", sa.Column("within", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Remove it: every phrase is looked for by its words again."""
    with op.batch_alter_table("interest") as table:
        table.drop_column("within")
