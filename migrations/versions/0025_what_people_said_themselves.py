"""When people themselves came into an organisation, which domains it proved, and when a directory's things changed."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

KEPT = ("users", "groups")


def upgrade() -> None:
    op.add_column("users", sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
    for table in KEPT:
        op.add_column(table, sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        # Nobody knows when anything changed before.
        op.execute(f"UPDATE {table} SET changed_at = created_at")  # noqa: S608  # constants
    # Whoever was here before now is taken to have wanted it.
    op.execute("UPDATE users SET accepted_at = created_at WHERE person_id IS NOT NULL")
    op.add_column("identity_providers", sa.Column("proven_domains", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("identity_providers", "proven_domains")
    for table in reversed(KEPT):
        op.drop_column(table, "changed_at")
    op.drop_column("users", "accepted_at")
