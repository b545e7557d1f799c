"""Schedules tell when they were done last, and what went wrong then."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column("job_schedules", sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("job_schedules", sa.Column("trouble", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("job_schedules", "trouble")
    op.drop_column("job_schedules", "done_at")
