"""Uploaded files and batches."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    dialect = op.get_context().dialect
    create_files()
    # The sweeper looks for files whose time is over, whoever they belong to.
    protect(op, dialect, "files", system=True)
    op.create_table(
        "file_chunks",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        _to("files", "file_chunks", "file_id"),
        sa.PrimaryKeyConstraint("tenant_id", "file_id", "seq", name="pk_file_chunks"),
    )
    protect(op, dialect, "file_chunks")
    create_batches()
    # Every replica looks for batches that nobody leads on, whoever they belong to.
    protect(op, dialect, "batches", system=True)
    op.create_table(
        "batch_results",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        _to("batches", "batch_results", "batch_id"),
        sa.PrimaryKeyConstraint("tenant_id", "batch_id", "number", name="pk_batch_results"),
    )
    protect(op, dialect, "batch_results")


def create_files() -> None:
    op.create_table(
        "files",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_files"),
    )
    op.create_index("ix_files_recent", "files", ["tenant_id", "owner_id", "id"])
    op.create_index("ix_files_expires_at", "files", ["expires_at"])


def create_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("input_file_id", sa.Uuid(), nullable=False),
        sa.Column("output_file_id", sa.Uuid(), nullable=True),
        sa.Column("error_file_id", sa.Uuid(), nullable=True),
        sa.Column("output_lasts_s", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=True),
        sa.Column("faults", sa.JSON(), nullable=True),
        sa.Column("moments", sa.JSON(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("replica", sa.Text(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("heartbeat_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_batches"),
    )
    op.create_index("ix_batches_recent", "batches", ["tenant_id", "owner_id", "id"])
    active = sa.text("status IN ('validating', 'in_progress', 'finalizing', 'cancelling')")
    op.create_index("ix_batches_active", "batches", ["heartbeat_at"], sqlite_where=active, postgresql_where=active)


def _to(parent: str, table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{parent}.tenant_id", f"{parent}.id"],
        name=f"fk_{table}_tenant_id_{column}",
        ondelete="CASCADE",
    )


def downgrade() -> None:
    for table in ("batch_results", "batches", "file_chunks", "files"):
        op.drop_table(table)
