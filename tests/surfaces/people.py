"""Other callers of the same server, each with a key that may do everything."""

from collections.abc import Sequence
from uuid import UUID

from tests.serving import Running

from chimera.kit.ids import new_id
from chimera.tenancy.credentials import hashed, new_api_key, shown_prefix
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import ALL, OWNER
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.tables import TenantRow, UserRow


async def stranger_to(chimera: Running) -> str:
    """The key of another organisation's owner."""
    tenant = new_id()
    async with chimera.house.database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=tenant, name="Others"))
    return await _somebody(chimera, tenant)


async def colleague_of(chimera: Running) -> str:
    """The key of somebody else in the owner's organisation."""
    async with chimera.house.database.system_transaction() as tx:
        (owner,) = await tx.scalars(AllUsers(tx).every().where(UserRow.email == "owner@example.com"))
    return await _somebody(chimera, owner.tenant_id)


async def bound_key(chimera: Running, models: Sequence[str]) -> str:
    """A further key of the owner's, which may ask these models only."""
    secret = new_api_key()
    async with chimera.house.database.system_transaction() as tx:
        (owner,) = await tx.scalars(AllUsers(tx).every().where(UserRow.email == "owner@example.com"))
        row = ApiKeyRow(
            tenant_id=owner.tenant_id,
            user_id=owner.id,
            name="bound",
            prefix=shown_prefix(secret),
            secret_hash=hashed(secret.encode()),
            permissions=sorted(ALL),
            models=list(models),
        )
        await AllApiKeys(tx).add(row)
    return secret


async def _somebody(chimera: Running, tenant: UUID) -> str:
    user, secret = new_id(), new_api_key()
    async with chimera.house.database.system_transaction() as tx:
        row = UserRow(tenant_id=tenant, id=user, email=f"{user}@example.com", name="other", role=OWNER)
        await AllUsers(tx).add(row)
        await AllApiKeys(tx).add(
            ApiKeyRow(
                tenant_id=tenant,
                user_id=user,
                name="other",
                prefix=shown_prefix(secret),
                secret_hash=hashed(secret.encode()),
                permissions=sorted(ALL),
            )
        )
    return secret
