"""Deleting everything of one organisation, from every table that there is: a new table is in it at once."""

from collections.abc import Awaitable, Callable, Collection
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import delete

from chimera.kit.scope import Scope
from chimera.store.database import Transaction, tenant_of
from chimera.store.errors import ScopeMismatchError
from chimera.store.tables import Table

MayGo: TypeAlias = Callable[[Transaction, Scope], Awaitable[None]]
"""Raises if anything of an organisation must be kept, in the transaction that would destroy it; until that ends nobody
decides otherwise. Called before anything is locked."""

OwnerMayGo: TypeAlias = Callable[[Transaction, Scope, UUID], Awaitable[None]]
"""The same for what one user owns: raises UnderLegalHoldError."""


async def erase_tenant(tx: Transaction, scope: Scope, *, but: Collection[str] = ()) -> int:
    """Delete all rows of the scope's tenant in a transaction of its own, and return how many these were.

    Args:
        tx: The tenant's transaction.
        scope: Whose rows.
        but: Names of tables that keep theirs.

    Raises:
        ScopeMismatchError: if the transaction is another tenant's.
    """
    if tenant_of(tx) != scope.tenant_id:
        raise ScopeMismatchError("the scope's tenant is not the transaction's")
    count = 0
    # What refers to another table comes before it.
    for table in reversed(Table.metadata.sorted_tables):
        if "tenant_id" in table.columns and table.name not in but:
            result = await tx.execute(delete(table).where(table.columns["tenant_id"] == scope.tenant_id))
            count += result.rowcount  # type: ignore[attr-defined]  # of a DELETE it is a CursorResult
    return count
