"""Links that show a branch of a conversation to others."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0038"
down_revision = "0037"

TABLE = "conversation_shares"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("leaf_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("frozen", sa.LargeBinary(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("masked", sa.Boolean(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("last_viewed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{TABLE}"),
        sa.UniqueConstraint("token_hash", name=f"uq_{TABLE}_token_hash"),
        *(
            _belongs_to(column, table)
            for column, table in (("conversation_id", "conversations"), ("leaf_id", "messages"))
        ),
    )
    op.create_index(f"ix_{TABLE}_conversation", TABLE, ["tenant_id", "conversation_id"])
    op.create_index(f"ix_{TABLE}_leaf", TABLE, ["tenant_id", "leaf_id"])
    op.create_index(f"ix_{TABLE}_recent", TABLE, ["tenant_id", "created_at", "id"])
    protect(op, op.get_context().dialect, TABLE, system=True)


def downgrade() -> None:
    op.drop_table(TABLE)


def _belongs_to(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=f"fk_{TABLE}_tenant_id_{column}",
        ondelete="CASCADE",
    )
