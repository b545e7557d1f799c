"""Proof of trails for operators: of a database beside its servers, or of a file without either."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from chimera.audit.chain import Entry
from chimera.audit.checkpoints import Checkpoint, checkpoint_of
from chimera.audit.repository import AllChains, AllEntries, Chains, Checkpoints, Cuts, Entries
from chimera.audit.tables import AuditCheckpointRow, AuditCutRow
from chimera.audit.verifying import Evidence, Verdict, verify
from chimera.kit.scope import Scope
from chimera.store import Database

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What is known from outside of the database.

    Attributes:
        checkpoints: That were kept elsewhere.
        keys: Public keys that are the house's; with none, those of the checkpoints are believed.
    """

    checkpoints: Sequence[Checkpoint] = ()
    keys: Collection[str] = ()


async def prove(database: Database, outside: Outside, tenant_id: UUID | None = None) -> Sequence[Verdict]:
    """Verify one organisation's chain, or those of all that have, or had, one.

    Raises:
        DatabaseUnavailableError: if it cannot be read now.
    """
    if tenant_id is not None:
        return [await _proven(database, tenant_id, outside)]
    async with database.system_reading() as tx:
        known = {tenant for tenant, _ in await AllChains(tx).ends()} | set(await AllEntries(tx).tenants())
    known |= {one.tenant_id for one in outside.checkpoints}
    return [await _proven(database, one, outside) for one in sorted(known)]


async def prove_export(
    entries: Sequence[Entry], checkpoints: Sequence[Checkpoint], outside: Outside
) -> Sequence[Verdict]:
    """Verify what stands in a file, whole chains of one or more organisations."""
    by_tenant: dict[UUID, list[Entry]] = {one.tenant_id: [] for one in (*checkpoints, *outside.checkpoints)}
    for entry in entries:
        by_tenant.setdefault(entry.tenant_id, []).append(entry)
    evidence = Evidence(checkpoints=checkpoints, outside=outside.checkpoints, keys=outside.keys)
    return [await verify(tenant_id, _each(found), evidence) for tenant_id, found in sorted(by_tenant.items())]


async def _proven(database: Database, tenant_id: UUID, outside: Outside) -> Verdict:
    scope = Scope(tenant_id=tenant_id, actor_id=_NOBODY, permissions=frozenset())
    async with database.reading(scope) as tx:
        rows: list[AuditCheckpointRow | AuditCutRow] = [
            *await Checkpoints(tx, scope).all(),
            *await Cuts(tx, scope).all(),
        ]
        evidence = Evidence(
            head=await Chains(tx, scope).end(),
            checkpoints=[one for row in rows if (one := checkpoint_of(row)) is not None],
            outside=outside.checkpoints,
            keys=outside.keys,
        )
        return await verify(tenant_id, Entries(tx, scope).all_after(0), evidence)


async def _each(entries: Sequence[Entry]) -> AsyncIterator[Entry]:
    for entry in entries:
        yield entry
