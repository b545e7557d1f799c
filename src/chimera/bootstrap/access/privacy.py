"""What people may ask of their data, put together."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from chimera.audit.cutting import Cutter
from chimera.bootstrap.access.encryption import Sealing
from chimera.kit.rounds import rounds
from chimera.policies.service import Policies
from chimera.privacy import endpoints
from chimera.privacy.erasing import Erasures
from chimera.privacy.exporting import Exports
from chimera.privacy.holding import LegalHolds
from chimera.privacy.retaining import Retention
from chimera.tenancy.people.directory import Directory
from chimera.tenancy.personal import Departure

_EVERY_S: Final = 5.0
_RETAINED_EVERY_S: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Exports, erasures, legal holds, and how long anything is kept."""

    exports: Exports
    erasures: Erasures
    holds: LegalHolds
    retention: Retention


def open_privacy(
    directory: Directory,
    sealing: Sealing,
    policies: Policies,
    trail: Cutter,
    spawn: Callable[[Coroutine[None, None, None]], object],
) -> Privacy:
    """Begin to lead erasures on, and to erase what is too old."""
    database, recorder = directory.database, directory.recorder
    departure = Departure(database=database, remove=directory.remove)
    signer = sealing.keyring.roots.current
    erasures = Erasures(database=database, departure=departure, recorder=recorder, signer=signer)

    async def lead_on() -> None:
        await rounds(erasures.lead_on, every_s=_EVERY_S, named="erasures")

    retention = Retention(database=database, trail=trail, policy=policies.of)

    async def retain() -> None:
        await rounds(retention.round, every_s=_RETAINED_EVERY_S, named="retention")

    spawn(lead_on())
    spawn(retain())
    return Privacy(
        exports=Exports(database=database, departure=departure, recorder=recorder),
        erasures=erasures,
        holds=LegalHolds(database=database, departure=departure, recorder=recorder),
        retention=retention,
    )


def routers(privacy: Privacy) -> tuple[APIRouter, ...]:
    """What the web application includes of this part."""
    return (endpoints.router(privacy.exports, privacy.erasures, privacy.holds, privacy.retention),)
