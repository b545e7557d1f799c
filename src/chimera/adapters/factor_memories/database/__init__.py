"""Factors in the database, where all replicas add to the same rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

from chimera.adapters.factor_memories.database.repository import KeptFactors
from chimera.adapters.factor_memories.database.tables import TokenFactorRow
from chimera.gateway.calibration import FactorKey, LearnedFactor
from chimera.gateway.tokens import Script
from chimera.kit.clock import utc_now
from chimera.store import Database

# A model that nobody asked for so long counts anew.
_FORGOTTEN_AFTER = timedelta(days=90)
_SCRIPTS: frozenset[str] = frozenset(get_args(Script))


@dataclass(frozen=True, slots=True)
class DatabaseFactorMemory:
    """Raises `DatabaseUnavailableError` where the database cannot be asked."""

    database: Database

    async def recall(self) -> Mapping[FactorKey, LearnedFactor]:
        async with self.database.system_reading() as tx:
            return _known(await KeptFactors(tx).all())

    async def merge(self, learned: Mapping[FactorKey, LearnedFactor]) -> Mapping[FactorKey, LearnedFactor]:
        now = utc_now()
        async with self.database.system_transaction() as tx:
            kept = KeptFactors(tx)
            # In one order, so that two replicas that do this at once do not wait for each other.
            for key, factor in sorted(learned.items()):
                row = TokenFactorRow(
                    provider=key.provider,
                    family=key.family,
                    script=key.script,
                    log_factor=factor.log_factor,
                    weight=factor.weight,
                    updated_at=now,
                )
                if await kept.add_if_absent(row):
                    continue
                held = await kept.locked(key)
                merged = LearnedFactor(log_factor=held.log_factor, weight=held.weight).merged(factor)
                held.log_factor, held.weight, held.updated_at = merged.log_factor, merged.weight, now
            await kept.forget_before(now - _FORGOTTEN_AFTER)
            return _known(await kept.all())


def _known(rows: list[TokenFactorRow]) -> dict[FactorKey, LearnedFactor]:
    """Rows of scripts that this version tells apart; a newer one may know more."""
    found: dict[FactorKey, LearnedFactor] = {}
    for row in rows:
        if row.script in _SCRIPTS:
            key = FactorKey(row.provider, row.family, row.script)  # type: ignore[arg-type]  # just looked at
            found[key] = LearnedFactor(log_factor=row.log_factor, weight=row.weight)
    return found
