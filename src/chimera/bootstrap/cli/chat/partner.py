"""Whom a chat in the terminal talks to: the providers themselves, or a Chimera that runs elsewhere."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from prometheus_client import CollectorRegistry
from pydantic import SecretStr, ValidationError

from chimera.adapters.http import open_http
from chimera.adapters.providers.local.model_file import DEMONSTRATION
from chimera.bootstrap.gateway import Gateway, open_gateway
from chimera.bootstrap.settings import Settings, SettingsError
from chimera.gateway.call import Call, new_call
from chimera.gateway.errors import UnknownModelError
from chimera.kit.errors import AppError
from chimera.kit.loading import load
from chimera.kit.scope import Scope
from chimera.llm import ModelProvider, Request, Stream

# A person at the terminal belongs to no organisation: nothing is stored, and nothing is counted for anybody.
_NOBODY = Scope(tenant_id=UUID(int=0), actor_id=UUID(int=0), permissions=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A chat model by the id under which it is asked for."""

    id: str
    demonstration: bool


class Partner(Protocol):
    """Who answers."""

    async def choose(self, wanted: str | None) -> Offer:
        """Find the model that is wanted, or the default.

        Raises:
            AppError: if there is none, or nobody can be asked for it.
        """
        ...

    async def offers(self) -> Sequence[Offer]:
        """Every chat model that can be asked."""
        ...

    def stream(self, request: Request) -> Stream: ...

    def answered_by(self) -> str | None:
        """Id of the model that gave the last answer, where it is known better than by its own word."""
        ...

    def advice(self, error: AppError) -> str:
        """What to do about a failure; empty where its message says it."""
        ...


_DOCTOR = "`chimera doctor` says what to do."
_INSIDE: Mapping[str, str] = {
    "provider_unauthenticated": _DOCTOR,
    "provider_forbidden": _DOCTOR,
    "provider_unreachable": _DOCTOR,
    "provider_timeout": _DOCTOR,
    "provider_quota_exhausted": "Top the account up, or choose another model: `chimera models` lists them.",
    "all_targets_failed": _DOCTOR,
    "model_not_found": "`chimera models` lists what there is.",
    "context_too_long": "/new begins a new conversation.",
}
_OUTSIDE: Mapping[str, str] = {
    "provider_unauthenticated": "Give one of its API keys with --key.",
    "provider_unreachable": "Is it running? `chimera serve` starts it; otherwise correct --url.",
    "provider_timeout": "Is it running, and is --url right?",
    "provider_answer_malformed": "Is --url the address of a Chimera?",
    "model_not_found": "/models lists what it has.",
    "context_too_long": "/new begins a new conversation.",
}


@dataclass(slots=True, kw_only=True)
class Inside:
    """The providers, through a gateway in this process. Needs no database and no server."""

    gateway: Gateway
    settings: Settings
    _asked: Call | None = None
    _fresh: bool = False

    async def choose(self, wanted: str | None) -> Offer:
        wanted = wanted or self.settings.default_model
        if wanted is None or self.gateway.keeper.current.resolve(wanted) is None:
            await self._refresh()
        wanted = wanted or self.gateway.default_model(None)
        if wanted is None:
            raise UnknownModelError(f"No provider has a chat model. {_DOCTOR}")
        catalogue = self.gateway.keeper.current
        target = catalogue.resolve(wanted)
        if target is None:
            meant = " or ".join(catalogue.similar(wanted))
            raise UnknownModelError(f"There is no model {wanted!r}." + (f" Did you mean {meant}?" if meant else ""))
        return Offer(
            id=catalogue.named(wanted) or target.id, demonstration=bool(target.card and target.card.demonstration)
        )

    async def offers(self) -> Sequence[Offer]:
        await self._refresh()
        return [
            Offer(id=entry.id, demonstration=entry.card.demonstration)
            for entry in self.gateway.keeper.current.listed()
            if entry.card.capabilities.chat
        ]

    def stream(self, request: Request) -> Stream:
        self._asked = new_call(_NOBODY, request, patience_s=self.settings.request_timeout_s)
        return self.gateway.handler(self._asked)

    def answered_by(self) -> str | None:
        answered = self._asked.trail.answered_by if self._asked else None
        return answered.id if answered else None

    def advice(self, error: AppError) -> str:
        return _INSIDE.get(error.code, "")

    async def _refresh(self) -> None:
        if not self._fresh:
            await self.gateway.keeper.refresh()
            self._fresh = True


@dataclass(slots=True, kw_only=True)
class Outside:
    """A Chimera, or any other server that speaks OpenAI's wire."""

    provider: ModelProvider

    async def choose(self, wanted: str | None) -> Offer:
        if wanted is not None:
            return _offer(wanted)
        offers = await self.offers()
        if not offers:
            raise UnknownModelError("It has no chat model; `chimera doctor` on its machine says what to do.")
        return offers[0]

    async def offers(self) -> Sequence[Offer]:
        return [_offer(card.name) for card in await self.provider.models() if card.capabilities.chat]

    def stream(self, request: Request) -> Stream:
        return self.provider.stream(request)

    def answered_by(self) -> str | None:
        return None

    def advice(self, error: AppError) -> str:
        return _OUTSIDE.get(error.code, "")


def _offer(model: str) -> Offer:
    # Lists in OpenAI's form cannot tell what a model is for.
    return Offer(id=model, demonstration=model.endswith(DEMONSTRATION))


@asynccontextmanager
async def inside(settings: Settings, variables: Mapping[str, str]) -> AsyncGenerator[Partner]:
    """Open every configured provider.

    Raises:
        SettingsError: if one's settings cannot be used.
    """
    async with open_gateway(settings, variables, CollectorRegistry()) as gateway:
        yield Inside(gateway=gateway, settings=settings)


@asynccontextmanager
async def outside(url: str, key: str | None) -> AsyncGenerator[Partner]:
    """Open a connection to the server at `url`; `/v1` may be left out.

    Raises:
        SettingsError: if the address or the key cannot be used.
    """
    adapter = load("providers", "openai_compatible")
    address = url.rstrip("/")
    values = {
        "name": "chimera",
        "base_url": address if address.endswith("/v1") else f"{address}/v1",
        "api_key": SecretStr(key or ""),
    }
    try:
        chosen = adapter.Settings.model_validate(values)
    except ValidationError as error:
        flags = {"base_url": "--url", "api_key": "--key"}
        faults = [f"{flags[str(one['loc'][0])]} {one['msg'].removeprefix('Value error, ')}." for one in error.errors()]
        raise SettingsError(*faults) from None
    async with open_http() as http, adapter.connect(chosen, http) as provider:
        yield Outside(provider=provider)
