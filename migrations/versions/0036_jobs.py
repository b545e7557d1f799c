"""Jobs: work that outlives the process that began it."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect, protect_system_table

revision = "0036"
down_revision = "0035"

MOMENT = sa.DateTime(timezone=True)
ALIVE = sa.literal_column("state <> 'dead'")


def upgrade() -> None:
    dialect = op.get_context().dialect
    create_jobs()
    op.create_table(
        "job_steps",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "job_id", "name", name="pk_job_steps"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"], ["jobs.tenant_id", "jobs.id"], name="fk_job_steps_tenant_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "job_schedules",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_job_schedules"),
    )
    protect(op, dialect, "jobs", system=True)
    protect(op, dialect, "job_steps")
    protect_system_table(op, dialect, "job_schedules")


def create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("replica", sa.Text(), nullable=True),
        sa.Column("again_at", MOMENT, nullable=True),
        sa.Column("again", sa.JSON(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_jobs"),
    )
    op.create_index(
        "uq_jobs_key", "jobs", ["tenant_id", "kind", "key"], unique=True, sqlite_where=ALIVE, postgresql_where=ALIVE
    )
    op.create_index("ix_jobs_due", "jobs", ["due_at"], sqlite_where=ALIVE, postgresql_where=ALIVE)
    op.create_index("ix_jobs_recent", "jobs", ["tenant_id", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("job_schedules")
    op.drop_table("job_steps")
    op.drop_table("jobs")
