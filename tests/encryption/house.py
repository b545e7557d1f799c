"""An organisation with keys of its own, and a clock that is set by hand."""

from dataclasses import dataclass, field
from datetime import datetime

from chimera.crypto.root import Roots, RootSealer
from chimera.encryption.keyring import Keyring
from chimera.encryption.resealing import Resealing
from chimera.encryption.service import Encryption
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.privacy.holding import check_nothing_is_held
from chimera.store import Database
from chimera.store.recording import Unrecorded
from chimera.tenancy.permissions import ALL
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow

NAME = "Somebody & Sons"
FIRST, SECOND = RootSealer(root=b"1" * 32), RootSealer(root=b"2" * 32)


@dataclass
class Replica:
    """One process with its own memory of keys."""

    database: Database
    roots: Roots = field(default_factory=lambda: Roots(current=FIRST))
    seconds: float = 0.0
    now: datetime = field(default_factory=utc_now)

    def __post_init__(self) -> None:
        self.keyring = Keyring(database=self.database, roots=self.roots, monotonic=lambda: self.seconds)
        self.content = self.database.sealed_by(self.keyring)
        self.resealing = Resealing(database=self.content, keyring=self.keyring, lot=2, now=self.clock)
        self.encryption = Encryption(
            database=self.database,
            keyring=self.keyring,
            resealing=self.resealing,
            recorder=Unrecorded(),
            may_be_lost=check_nothing_is_held,
            name_of=self.name_of,
            now=self.clock,
            pause=self.pause,
        )

    def clock(self) -> datetime:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.seconds += seconds

    async def name_of(self, _scope: Scope) -> str:
        return NAME


async def organisation(database: Database) -> Scope:
    tenant = new_id()
    async with database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=tenant, name=NAME))
    return Scope(tenant_id=tenant, actor_id=new_id(), permissions=frozenset(ALL))
