"""Search over sealed words: keyed marks of word stems; indexes for the staff site's filters.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and indexes."""
    op.create_table(
        "search_words",
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_search_words_message_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mark", "conversation_id", "message_id", name="pk_search_words"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_words_message_id", "search_words", ["message_id"])
    op.create_table(
        "search_place",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_place"),
    )
    op.create_index("ix_conversations_channel_last_seen", "conversations", ["channel", "last_seen", "id"])
    op.create_index("ix_conversations_lowest_confidence", "conversations", ["lowest_confidence"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_conversations_lowest_confidence", table_name="conversations")
    op.drop_index("ix_conversations_channel_last_seen", table_name="conversations")
    op.drop_table("search_place")
    op.drop_index("ix_search_words_message_id", table_name="search_words")
    op.drop_table("search_words")
