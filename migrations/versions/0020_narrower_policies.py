"""Tables that no system transaction ever needs are closed to it: webhooks' attempts, and the records of a meter."""

from alembic import op

from chimera.store.row_security import close_to_system, open_to_system

revision = "0020"
down_revision = "0019"

TABLES = ("webhook_attempts", "usage_meter_records")


def upgrade() -> None:
    for table in TABLES:
        close_to_system(op, op.get_context().dialect, table)


def downgrade() -> None:
    for table in TABLES:
        open_to_system(op, op.get_context().dialect, table)
