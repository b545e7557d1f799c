"""What experiments with models have shown."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0012"
down_revision = "0011"

_COUNTS = ("calls", "errors", "timed", "priced", "cost_nusd", "output_tokens", "compared")
_SUMS = ("log_first", "log_first_squares", "similarity")


def upgrade() -> None:
    op.create_table(
        "experiment_tallies",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTS),
        *(sa.Column(name, sa.Double(), nullable=False) for name in _SUMS),
        sa.Column("ended", sa.String(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_experiment_tallies"),
        sa.UniqueConstraint(
            "tenant_id", "name", "edition", "day", "arm", name="uq_experiment_tallies_tenant_id_name_edition_day_arm"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_experiment_tallies_tenant_id", ondelete="CASCADE"
        ),
    )
    protect(op, op.get_context().dialect, "experiment_tallies", system=True)


def downgrade() -> None:
    op.drop_table("experiment_tallies")
