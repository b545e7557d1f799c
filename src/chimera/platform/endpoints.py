"""`/api/v1/models` and `/api/v1/providers`: what can be asked, and how those who answer are doing."""

from collections.abc import Callable

from fastapi import APIRouter

from chimera.gateway.catalogue import CatalogueKeeper
from chimera.platform.schemas import ModelList, ProviderList, model_read, provider_read
from chimera.tenancy.permissions import MODELS_READ, require
from chimera.web.caller import Caller


def router(keeper: CatalogueKeeper, *, default_model: Callable[[], str | None]) -> APIRouter:
    api = APIRouter(prefix="/api/v1", tags=["models"])

    @api.get("/models")
    async def list_models(caller: Caller) -> ModelList:
        """Every model that can be asked now, in the order of configuration, and the one that new chats use."""
        require(caller, MODELS_READ)
        catalogue = keeper.current
        listed = [model_read(target, target.card) for target in catalogue.targets() if target.card]
        return ModelList(data=listed, default_model=default_model())

    @api.get("/providers")
    async def list_providers(caller: Caller) -> ProviderList:
        """Last known state of every configured provider. Asks nobody."""
        require(caller, MODELS_READ)
        return ProviderList(data=[provider_read(status) for status in keeper.statuses()])

    return api
