"""Papers know their project page, and from which source and day each of their facts comes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns to `paper`; what is stored already has no known provenance."""
    op.add_column("paper", sa.Column("project_url", sa.String(), nullable=True))
    op.add_column("paper", sa.Column("provenance", sa.JSON(), server_default="{}", nullable=False))
