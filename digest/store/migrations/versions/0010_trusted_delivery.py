"""Deliveries remember more of their way; what comes back has a place; a copy of the file is noticed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_DELIVERY = (
    ("code", sa.Integer()),
    ("transmitted_at", sa.DateTime()),
    ("accepted_at", sa.DateTime()),
    ("settled_by", sa.String()),
)


def upgrade() -> None:
    """Add the columns and the tables; what was frozen so far is counted once."""
    for name, kind in _DELIVERY:
        op.add_column("delivery", sa.Column(name, kind, nullable=True))
    op.create_index("ix_delivery_transmitted_at", "delivery", ["transmitted_at"])
    op.execute("UPDATE delivery SET accepted_at = updated_at WHERE state = 'accepted'")
    op.add_column("message", sa.Column("dropped_at", sa.DateTime(), nullable=True))
    still_there = sa.text("dropped_at IS NULL")
    op.create_index("ix_message_kept", "message", ["delivery_id"], sqlite_where=still_there)
    op.add_column("subscriber", sa.Column("status_reason", sa.String(), nullable=True))
    op.add_column("subscriber", sa.Column("status_changed_at", sa.DateTime(), nullable=True))
    op.add_column("instance", sa.Column("generation", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "recipients",
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("frozen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("edition"),
    )
    op.execute("INSERT INTO recipients SELECT edition, count(*) FROM delivery GROUP BY edition")
    op.create_table(
        "returned",
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=True),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"]),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"]),
        sa.PrimaryKeyConstraint("fingerprint"),
    )
    op.create_index("ix_returned_subscriber_id", "returned", ["subscriber_id"])
