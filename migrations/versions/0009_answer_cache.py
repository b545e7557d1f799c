"""Answers that may be given again, and what they saved."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    _cached_answers()
    _cache_tallies()


def _cached_answers() -> None:
    op.create_table(
        "cached_answers",
        *_owned(),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_cached_answers"),
        sa.UniqueConstraint("tenant_id", "key", name="uq_cached_answers_tenant_id_key"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_cached_answers_tenant_id", ondelete="CASCADE"),
    )
    op.create_index("ix_cached_answers_expires_at", "cached_answers", ["expires_at"])
    protect(op, op.get_context().dialect, "cached_answers", system=True)


def _cache_tallies() -> None:
    op.create_table(
        "cache_tallies",
        *_owned(),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("saved_nusd", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_cache_tallies"),
        sa.UniqueConstraint("tenant_id", "day", "kind", name="uq_cache_tallies_tenant_id_day_kind"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_cache_tallies_tenant_id", ondelete="CASCADE"),
    )
    protect(op, op.get_context().dialect, "cache_tallies", system=True)


def _owned() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("cache_tallies")
    op.drop_table("cached_answers")
