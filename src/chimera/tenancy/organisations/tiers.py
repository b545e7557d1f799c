"""Which tier whoever operates the installation gave an organisation."""

from typing import cast

from chimera.kit.scope import Scope
from chimera.store import Transaction
from chimera.tenancy.organisations.organisation import Tier
from chimera.tenancy.organisations.repository import own_tier


async def tier_of(tx: Transaction, scope: Scope) -> Tier | None:
    """That of the caller's organisation, in its own transaction; `None`: the server's default."""
    return cast("Tier | None", await own_tier(tx, scope))
