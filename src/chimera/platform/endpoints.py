"""`/api/v1/models` and `/api/v1/providers`: what can be asked, and how those who answer are doing."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeAlias

from fastapi import APIRouter

from chimera.gateway.access.admission import visible
from chimera.gateway.access.catalogues import Catalogues
from chimera.gateway.circuit import Breakers, CircuitState
from chimera.gateway.keeper import CatalogueKeeper
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.platform.schemas import ModelList, ProviderList, model_read, provider_read
from chimera.tenancy.permissions import MODELS_READ
from chimera.web.caller import needs
from chimera.web.routers import LateRouter

Reader: TypeAlias = Annotated[Scope, needs(MODELS_READ)]


def router(
    keeper: CatalogueKeeper,
    catalogues: Catalogues,
    within: Callable[[Scope], Awaitable[Scope]],
    *,
    breakers: Breakers,
    default_model: Callable[[Scope], str | None],
) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["models"])

    @api.get("/models")
    async def list_models(caller: Reader) -> ModelList:
        """Every model that the caller can ask now, in the order of configuration, then aliases and deployments.

        With them the one that new chats use, and who said each fact: the provider, Chimera's own list, a library with
        its version, or the configuration.
        """
        caller = await within(caller)
        found = visible(catalogues.of(caller), caller.models)
        listed = [model_read(entry, utc_now(), breakers.seen) for entry in found]
        return ModelList(data=listed, default_model=default_model(caller))

    @api.get("/providers")
    async def list_providers(caller: Reader) -> ProviderList:
        """Last known state of every configured provider. Asks nobody."""
        # Of the listed ones only: callers may name any model, and what one asked for is nobody else's to see.
        targets = keeper.current.targets()
        resting = Counter(one.provider for one in targets if breakers.seen(one.key) is not CircuitState.CLOSED)
        return ProviderList(data=[provider_read(status, resting[status.name]) for status in keeper.statuses()])

    return api
