"""Identity providers, signed tokens, keys that seal, the audit trail and requests about one's data."""

import sqlalchemy as sa
from alembic import op

from chimera.store.row_security import protect, protect_system_table

revision = "0016"
down_revision = "0015"

MOMENT = sa.DateTime(timezone=True)
OF_TENANTS = (
    "identity_providers",
    "identities",
    "scim_tokens",
    "token_families",
    "refresh_tokens",
    "token_issuers",
    "data_keys",
    "tenant_secrets",
    "provider_connections",
    "audit_chains",
    "audit_entries",
    "audit_checkpoints",
    "data_requests",
    "legal_holds",
)
OF_THE_HOUSE = ("signing_keys", "spent_tokens", "root_keys")


def upgrade() -> None:
    dialect = op.get_context().dialect
    create_sso()
    create_signing()
    create_tokens()
    create_encryption()
    create_audit()
    create_privacy()
    for table in OF_TENANTS:
        protect(op, dialect, table, system=True)
    for table in OF_THE_HOUSE:
        protect_system_table(op, dialect, table)


def create_sso() -> None:
    op.create_table(
        "identity_providers",
        *_head(),
        *_columns(sa.String(), "name", "issuer", "client_id"),
        *_columns(sa.LargeBinary(), "client_secret", nullable=True),
        *_columns(sa.JSON(), "scopes", "domains"),
        *_columns(sa.String(), "group_claim"),
        *_columns(sa.JSON(), "roles_by_group"),
        *_columns(sa.String(), "default_role", nullable=True),
        *_columns(sa.Boolean(), "just_in_time", "enabled"),
        *_columns(sa.JSON(), "ceiling"),
        *_columns(MOMENT, "updated_at"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_identity_providers"),
        _unique("identity_providers", "tenant_id", "name"),
        _to_tenant("identity_providers"),
    )
    op.create_index("ix_identity_providers_issuer", "identity_providers", ["issuer"])
    op.create_table(
        "identities",
        *_head(),
        *_columns(sa.Uuid(), "provider_id"),
        *_columns(sa.String(), "subject"),
        *_columns(sa.Uuid(), "user_id"),
        *_columns(sa.String(), "email", nullable=True),
        *_columns(MOMENT, "last_used_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_identities"),
        _unique("identities", "tenant_id", "provider_id", "subject"),
        _to("identities", "provider_id", "identity_providers"),
        _to("identities", "user_id", "users"),
    )
    op.create_index("ix_identities_user_id", "identities", ["user_id"])
    op.create_table(
        "scim_tokens",
        *_head(),
        *_columns(sa.String(), "name", "prefix", "token_hash"),
        *_columns(sa.Uuid(), "created_by"),
        *_columns(MOMENT, "last_used_at", "expires_at", "revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_scim_tokens"),
        _unique("scim_tokens", "token_hash"),
        _to_tenant("scim_tokens"),
    )


def create_signing() -> None:
    op.create_table(
        "signing_keys",
        *_columns(sa.Uuid(), "id"),
        *_columns(MOMENT, "created_at"),
        *_columns(sa.String(), "kid", "algorithm"),
        *_columns(sa.LargeBinary(), "private_key"),
        *_columns(sa.JSON(), "public_key"),
        *_columns(MOMENT, "signs_from"),
        *_columns(MOMENT, "signs_until", "removed_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_signing_keys"),
        _unique("signing_keys", "kid"),
    )
    op.create_table(
        "spent_tokens",
        *_columns(sa.String(), "key"),
        *_columns(MOMENT, "expires_at"),
        sa.PrimaryKeyConstraint("key", name="pk_spent_tokens"),
    )
    op.create_index("ix_spent_tokens_expires_at", "spent_tokens", ["expires_at"])


def create_tokens() -> None:
    op.create_table(
        "token_families",
        *_head(),
        *_columns(sa.Uuid(), "user_id"),
        *_columns(sa.JSON(), "permissions", nullable=True),
        *_columns(sa.String(), "client"),
        *_columns(MOMENT, "expires_at"),
        *_columns(MOMENT, "revoked_at", nullable=True),
        *_columns(sa.String(), "revoked_as", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_token_families"),
        _to("token_families", "user_id", "users"),
    )
    op.create_index("ix_token_families_expires_at", "token_families", ["expires_at"])
    op.create_index("ix_token_families_user_id", "token_families", ["user_id"])
    op.create_table(
        "refresh_tokens",
        *_head(),
        *_columns(sa.Uuid(), "family_id"),
        *_columns(sa.String(), "token_hash"),
        *_columns(MOMENT, "expires_at"),
        *_columns(MOMENT, "used_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_refresh_tokens"),
        _unique("refresh_tokens", "token_hash"),
        _to("refresh_tokens", "family_id", "token_families"),
    )
    op.create_index("ix_refresh_tokens_family_id", "refresh_tokens", ["family_id"])
    op.create_table(
        "token_issuers",
        *_head(),
        *_columns(sa.String(), "name", "issuer", "audience"),
        *_columns(sa.String(), "jwks_url", nullable=True),
        *_columns(sa.JSON(), "algorithms"),
        *_columns(sa.String(), "subject_claim"),
        *_columns(sa.String(), "group_claim", nullable=True),
        *_columns(sa.JSON(), "roles_by_group"),
        *_columns(sa.String(), "default_role", nullable=True),
        *_columns(sa.Boolean(), "just_in_time", "enabled"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_token_issuers"),
        _unique("token_issuers", "issuer", "audience"),
        _to_tenant("token_issuers"),
    )


def create_encryption() -> None:
    op.create_table(
        "root_keys",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *_columns(MOMENT, "created_at"),
        *_columns(sa.String(), "name", "receipt_key"),
        *_columns(MOMENT, "retired_at", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_root_keys"),
        _unique("root_keys", "name"),
    )
    op.create_table(
        "data_keys",
        *_head(),
        *_columns(sa.Integer(), "version"),
        *_columns(sa.String(), "root_key"),
        *_columns(sa.LargeBinary(), "wrapped", nullable=True),
        *_columns(MOMENT, "retired_at", "destroyed_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_data_keys"),
        _unique("data_keys", "tenant_id", "version"),
        _to_tenant("data_keys"),
    )
    op.create_table(
        "tenant_secrets",
        *_head(),
        *_columns(sa.String(), "name"),
        *_columns(sa.LargeBinary(), "sealed"),
        *_columns(MOMENT, "updated_at"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_tenant_secrets"),
        _unique("tenant_secrets", "tenant_id", "name"),
        _to_tenant("tenant_secrets"),
    )
    op.create_table(
        "provider_connections",
        *_head(),
        *_columns(sa.String(), "name", "kind"),
        *_columns(sa.JSON(), "settings"),
        *_columns(sa.String(), "secret_name"),
        *_columns(sa.Boolean(), "enabled"),
        *_columns(sa.Uuid(), "created_by"),
        *_columns(MOMENT, "updated_at"),
        *_columns(sa.String(), "former_secret_name", nullable=True),
        *_columns(MOMENT, "former_until", "last_used_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_provider_connections"),
        _unique("provider_connections", "tenant_id", "name"),
        _to_tenant("provider_connections"),
    )


def create_audit() -> None:
    op.create_table(
        "audit_chains",
        *_head(),
        *_columns(sa.BigInteger(), "number"),
        *_columns(sa.String(), "hash"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_audit_chains"),
    )
    op.create_table(
        "audit_entries",
        *_head(),
        *_columns(sa.BigInteger(), "number"),
        *_columns(sa.Uuid(), "actor_id", "key_id", nullable=True),
        *_columns(sa.String(), "act", "outcome", "target_kind", "target_id", "address", "request_id"),
        *_columns(sa.Text(), "details"),
        *_columns(sa.String(), "previous_hash", "hash"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_audit_entries"),
        _unique("audit_entries", "tenant_id", "number"),
    )
    op.create_index("ix_audit_entries_actor", "audit_entries", ["tenant_id", "actor_id", "created_at"])
    op.create_index("ix_audit_entries_recent", "audit_entries", ["tenant_id", "created_at", "id"])
    op.create_table(
        "audit_checkpoints",
        *_head(),
        *_columns(sa.BigInteger(), "number"),
        *_columns(sa.Text(), "text"),
        *_columns(sa.String(), "key_name"),
        *_columns(sa.Text(), "signature"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_audit_checkpoints"),
        _unique("audit_checkpoints", "tenant_id", "number"),
    )


def create_privacy() -> None:
    op.create_table(
        "data_requests",
        *_head(),
        *_columns(sa.String(), "kind"),
        *_columns(sa.Uuid(), "user_id", "requested_by"),
        *_columns(sa.String(), "state"),
        *_columns(MOMENT, "due_at"),
        *_columns(sa.JSON(), "counts"),
        *_columns(sa.Text(), "receipt"),
        *_columns(sa.String(), "key_name"),
        *_columns(sa.Text(), "signature"),
        *_columns(MOMENT, "done_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_data_requests"),
        _to_tenant("data_requests"),
    )
    op.create_index("ix_data_requests_due_at", "data_requests", ["due_at"])
    op.create_table(
        "legal_holds",
        *_head(),
        *_columns(sa.Uuid(), "user_id", nullable=True),
        *_columns(sa.Text(), "reason"),
        *_columns(sa.Uuid(), "created_by"),
        *_columns(MOMENT, "released_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_legal_holds"),
        _to_tenant("legal_holds"),
    )


def downgrade() -> None:
    for table in reversed(OF_TENANTS + OF_THE_HOUSE):
        op.drop_table(table)


def _head(id: str = "id") -> tuple[sa.Column, ...]:
    return (*_columns(sa.Uuid(), "tenant_id", id), *_columns(MOMENT, "created_at"))


def _columns(kind: sa.types.TypeEngine, *names: str, nullable: bool = False) -> tuple[sa.Column, ...]:
    return tuple(sa.Column(name, kind, nullable=nullable) for name in names)


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name="_".join(("uq", table, *columns)))


def _to_tenant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id", ondelete="CASCADE")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{other}.tenant_id", f"{other}.id"],
        name=f"fk_{table}_tenant_id_{column}",
        ondelete="CASCADE",
    )
