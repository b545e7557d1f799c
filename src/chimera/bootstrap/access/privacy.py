"""What people may ask of their data, put together."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from chimera.bootstrap.access.encryption import Sealing
from chimera.kit.rounds import rounds
from chimera.privacy import endpoints
from chimera.privacy.erasing import Erasures
from chimera.privacy.exporting import Exports
from chimera.privacy.holding import LegalHolds
from chimera.tenancy.people.directory import Directory
from chimera.tenancy.personal import Departure

_EVERY_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Exports, erasures and legal holds."""

    exports: Exports
    erasures: Erasures
    holds: LegalHolds


def open_privacy(
    directory: Directory, sealing: Sealing, spawn: Callable[[Coroutine[None, None, None]], object]
) -> Privacy:
    """Begin to lead erasures on."""
    database, recorder = directory.database, directory.recorder
    departure = Departure(database=database, remove=directory.remove)
    signer = sealing.keyring.roots.current
    erasures = Erasures(database=database, departure=departure, recorder=recorder, signer=signer)

    async def lead_on() -> None:
        await rounds(erasures.lead_on, every_s=_EVERY_S, named="erasures")

    spawn(lead_on())
    return Privacy(
        exports=Exports(database=database, departure=departure, recorder=recorder),
        erasures=erasures,
        holds=LegalHolds(database=database, departure=departure, recorder=recorder),
    )


def routers(privacy: Privacy) -> tuple[APIRouter, ...]:
    """What the web application includes of this part."""
    return (endpoints.router(privacy.exports, privacy.erasures, privacy.holds),)
