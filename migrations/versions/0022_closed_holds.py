"""No system transaction ever looks at legal holds: what is erased in rounds asks for each organisation by itself."""

from alembic import op

from chimera.store.row_security import close_to_system, open_to_system

revision = "0022"
down_revision = "0021"

TABLE = "legal_holds"


def upgrade() -> None:
    close_to_system(op, op.get_context().dialect, TABLE)


def downgrade() -> None:
    open_to_system(op, op.get_context().dialect, TABLE)
