"""Base classes of all tables."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.store.columns.plain import UtcDateTime

# Named constraints, so that a migration can drop them on both engines.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


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
