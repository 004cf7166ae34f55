"""At most one text of a number is with the provider unanswered: the database itself sees to it.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    only = sa.text("state = 'submitting'")
    op.create_index(
        "uq_outbox_in_flight", "outbox", ["phone_hash"], unique=True, sqlite_where=only, postgresql_where=only
    )


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("uq_outbox_in_flight", table_name="outbox")
