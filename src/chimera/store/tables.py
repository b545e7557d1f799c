"""Base classes of all tables, and column types that behave the same on SQLite and PostgreSQL."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import JSON, DateTime, Dialect, MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id

# Named constraints, so that a migration can drop them on both engines.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Not JSONB: it reorders keys and refuses \u0000 and lone surrogates, which do occur in what models and people write.
JsonText = JSON(none_as_null=True)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept to the microsecond and always given back in UTC.

    Raises:
        ValueError: on binding a naive moment.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive moment cannot be kept: ask kit.clock for an aware one")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """Base of everything that is kept. Its columns are annotated with plain Python types.

    Attributes:
        sealed_columns: Which of them hold what a `crypto.sealing.Sealer` sealed, and for which purpose: so that it is
            sealed again after a key was rotated. Rows without a tenant are sealed for none.
    """

    sealed_columns: ClassVar[Mapping[str, str]] = MappingProxyType({})
    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar = {datetime: UtcDateTime(), UUID: Uuid()}


class TenantTable(Table):
    """A table whose rows belong to one tenant: `(tenant_id, id)` is the key, so references cannot cross tenants.

    A foreign key to such a table names both columns: `ForeignKeyConstraint(["tenant_id", "conversation_id"],
    ["conversations.tenant_id", "conversations.id"])`. Its migration calls `store.row_security.protect`.

    Attributes:
        system_access: Whether a system transaction may see the rows of every tenant, as sign-in must. Off unless the
            rows cannot be found otherwise; the row-level security policy of the migration must say the same.
        append_only: Whether the database refuses to change or remove a row, by whomever: the migration must call
            `store.row_security.protect_append_only`.
    """

    __abstract__ = True
    system_access: ClassVar[bool] = False
    append_only: ClassVar[bool] = False

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-3)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(default=utc_now, sort_order=-1)
