"""The port to the audit trail for what must not happen unrecorded: acts of administration."""

from typing import Protocol

from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store.database import Transaction


class Recorder(Protocol):
    async def record(self, tx: Transaction, scope: Scope, act: Act) -> None:
        """Add the act to the tenant's chain in the transaction that does it: both are kept, or neither.

        Call it last in the transaction: it locks the end of the chain until the commit.
        """
        ...


class Unrecorded:
    """Records nothing, for whoever has no trail: small houses in tests."""

    async def record(self, tx: Transaction, scope: Scope, act: Act) -> None:
        """Do nothing."""
