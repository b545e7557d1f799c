"""The meter put together: prices, discounts, and what becomes of models whose price nobody knows."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from chimera.bootstrap.parts.backing import Backing
from chimera.bootstrap.providers import Connection
from chimera.bootstrap.settings import Settings
from chimera.gateway.access.catalogues import Catalogues
from chimera.gateway.keeper import CatalogueKeeper
from chimera.gateway.metering.tariffs import Tariffs, Unpriced
from chimera.gateway.pipeline import PipelineParts
from chimera.gateway.stages.meter import Meter
from chimera.kit.money import NUSD
from chimera.kit.scope import Scope

_BASIS_POINTS = Decimal(100)


def tariffs_of(
    settings: Settings, backing: Backing, found: Sequence[Connection], keeper: CatalogueKeeper, catalogues: Catalogues
) -> Tariffs:
    """What the models of these connections cost here, and those of organisations' own accounts."""

    async def unpriced(scope: Scope) -> Unpriced:
        wanted = (await backing.policy(scope)).spend.unpriced
        return settings.unpriced if wanted == "default" else wanted

    return Tariffs(
        knowledge=catalogues.knowledge,
        unlisted=keeper.known_of,
        discounts={one.name: int(one.settings.discount_percent * _BASIS_POINTS) for one in found},
        unpriced=unpriced,
        ceiling_nusd=int(settings.ceiling_usd_per_mtok * NUSD),
    )


def with_meter(parts: PipelineParts, tariffs: Tariffs, backing: Backing) -> PipelineParts:
    """Meter every attempt, if there are books to write it into."""
    if backing.books is None:
        return parts
    return replace(parts, meter=Meter(backing.books, tariffs, parts.learning.calibration.factors))
