"""The library: prompts and personas, in versions, with labels, shared."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect

revision = "0030"
down_revision = "0029"

PARTS = ("library_versions", "library_labels", "library_shares")


def upgrade() -> None:
    op.create_table(
        "library_items",
        *_key("id"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("description", sa.LargeBinary(), nullable=False),
        sa.Column("tags", sa.LargeBinary(), nullable=False),
        sa.Column("command", sa.LargeBinary(), nullable=False),
        sa.Column("sharing", sa.Text(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_library_items"),
    )
    op.create_index("ix_library_items_recent", "library_items", ["tenant_id", "kind", "updated_at", "id"])
    _create_parts()
    dialect = op.get_context().dialect
    for table in ("library_items", *PARTS):
        protect(op, dialect, table)


def _create_parts() -> None:
    op.create_table(
        "library_versions",
        *_key("item_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "item_id", "number", name="pk_library_versions"),
        _of_item("library_versions"),
    )
    op.create_table(
        "library_labels",
        *_key("item_id"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("targets", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "item_id", "name", name="pk_library_labels"),
        _of_item("library_labels"),
    )
    op.create_table(
        "library_shares",
        *_key("item_id"),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "item_id", "group_id", name="pk_library_shares"),
        _of_item("library_shares"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["groups.tenant_id", "groups.id"],
            name="fk_library_shares_tenant_id_groups",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_library_shares_group_id", "library_shares", ["group_id"])


def downgrade() -> None:
    for table in (*reversed(PARTS), "library_items"):
        op.drop_table(table)


def _key(id: str) -> list[sa.Column]:
    return [
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column(id, sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _of_item(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "item_id"],
        ["library_items.tenant_id", "library_items.id"],
        name=f"fk_{table}_tenant_id",
        ondelete="CASCADE",
    )
