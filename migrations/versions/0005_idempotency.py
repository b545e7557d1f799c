"""First results by Idempotency-Key."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    dialect = op.get_context().dialect
    op.create_table(
        "idempotency_keys",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_idempotency_keys"),
        sa.UniqueConstraint(
            "tenant_id", "owner_id", "key_hash", name="uq_idempotency_keys_tenant_id_owner_id_key_hash"
        ),
    )
    op.create_index("ix_idempotency_keys_expires_at", "idempotency_keys", ["expires_at"])
    # Leases are renewed and expired keys swept whoever they belong to; what was answered stays the tenant's.
    protect(op, dialect, "idempotency_keys", system=True)
    op.create_table(
        "idempotent_results",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "key_id"],
            ["idempotency_keys.tenant_id", "idempotency_keys.id"],
            name="fk_idempotent_results_tenant_id_key_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "key_id", name="pk_idempotent_results"),
    )
    protect(op, dialect, "idempotent_results")


def downgrade() -> None:
    op.drop_table("idempotent_results")
    op.drop_table("idempotency_keys")
