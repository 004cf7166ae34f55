"""Messages that wait are found by channel, however many are answered.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_inbox_channel_state", "inbox", ["channel", "state", "received_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_inbox_channel_state", table_name="inbox")
