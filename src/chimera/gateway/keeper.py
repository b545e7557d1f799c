"""The keeper of the catalogue: asks providers for their models, again and again, and renews the snapshot."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from chimera.gateway.catalogue import Catalogue
from chimera.gateway.knowledge import Knowledge, Library, Said
from chimera.gateway.names import Names
from chimera.gateway.resilience.balancing import Balancer
from chimera.llm import Health, HealthStatus, ModelCard, ModelProvider, ProviderAnswerError, ProviderError

log = structlog.get_logger()

_FAILURES_BEFORE_FORGETTING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderStatus:
    """Last known state of a provider; `health` is `None` until the first discovery ended."""

    name: str
    health: Health | None
    models: int


@dataclass(slots=True, kw_only=True)
class CatalogueKeeper:
    """Asks every provider for its models, again and again; what is known stands until something better is.

    Until a provider has answered, its static list stands. What it listed stands while it fails for a short time.

    Attributes:
        static: Models by provider that are known without asking.
        library: Knows more about models than their providers tell.
        names: The operator's own.
        balancer: Orders the models of the operator's deployments.
        every_s: Pause after an answer.
        retry_s: Pause after a failure; longer after each further one, but for a provider that nobody listens for:
            it may be a local server that is about to be started.
    """

    providers: Mapping[str, ModelProvider]
    static: Mapping[str, Sequence[ModelCard]]
    library: Library = field(default_factory=Library)
    names: Names = field(default_factory=Names)
    balancer: Balancer = field(default_factory=Balancer)
    every_s: float = 300.0
    retry_s: float = 15.0
    patience_s: float = 15.0
    current: Catalogue = field(init=False)
    _cards: dict[str, Sequence[ModelCard]] = field(default_factory=dict[str, Sequence[ModelCard]])
    _knowledge: dict[str, Mapping[str, Knowledge]] = field(default_factory=dict[str, Mapping[str, Knowledge]])
    _told: dict[str, Mapping[str, ModelCard]] = field(default_factory=dict[str, Mapping[str, ModelCard]])
    _health: dict[str, Health] = field(default_factory=dict[str, Health])
    _failures: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        for name in self.providers:
            self._take(name, self._weighed(name, ()))
        self._renew()

    async def refresh(self) -> None:
        """Ask all providers at once; a slow or dead one delays nobody else for longer than `patience_s`."""
        await self._open()
        await asyncio.gather(*(self._discover(name, provider) for name, provider in self.providers.items()))

    async def run(self) -> None:
        """Keep asking each provider at its own pace, for ever; cancel to stop."""
        await self._open()
        async with asyncio.TaskGroup() as tasks:
            for name, provider in self.providers.items():
                tasks.create_task(self._watch(name, provider))

    def health(self, provider: str) -> Health | None:
        """How a provider answered last; `None` before it did."""
        return self._health.get(provider)

    def statuses(self) -> Sequence[ProviderStatus]:
        return tuple(
            ProviderStatus(name=name, health=self._health.get(name), models=len(cards))
            for name, cards in self._cards.items()
        )

    def said(self, provider: str, model: str) -> Sequence[Said]:
        """What everybody who knows a model says of it, for comparison: provider, our own list, libraries."""
        told = self._told.get(provider, {}).get(model)
        listed = next((card for card in self.static.get(provider, ()) if card.name == model), None)
        return self.library.everything(provider, model, found=told, listed=listed)

    async def known_of(self, provider: str, model: str) -> Knowledge:
        """What is known of a model that no list holds: what the operator and the libraries say."""

        def weighed() -> Knowledge:
            self.library.open()
            return self.library.knowledge(provider, found=None, listed=ModelCard(name=model))

        return await asyncio.to_thread(weighed)

    async def _open(self) -> None:
        # Off the loop, as is the weighing: some milliseconds for the libraries, a millisecond a model.
        await asyncio.to_thread(self.library.open)

    async def _watch(self, name: str, provider: ModelProvider) -> None:
        while True:
            await self._discover(name, provider)
            await asyncio.sleep(self._pause_s(name))

    def _pause_s(self, name: str) -> float:
        failures = self._failures[name]
        if failures == 0:
            return self.every_s
        if self._health[name].status is HealthStatus.UNREACHABLE:
            return self.retry_s
        return min(self.every_s, self.retry_s * 2.0 ** (failures - 1))

    async def _discover(self, name: str, provider: ModelProvider) -> None:
        try:
            await self._ask(name, provider)
        except Exception:  # what one provider says, in whatever way nobody thought of, must not end the house
            log.exception("catalogue.discovery_broke", provider=name)
            self._failed(name, ProviderAnswerError("Its list of models cannot be understood.", provider=name))

    async def _ask(self, name: str, provider: ModelProvider) -> None:
        found: Sequence[ModelCard] | None = ()
        try:
            async with asyncio.timeout(self.patience_s):
                found = await provider.models()
        except (ProviderError, TimeoutError) as error:
            found = self._failed(name, error)
        else:
            self._failures[name] = 0
            self._health[name] = Health(status=HealthStatus.OK)
        if found is not None:
            self._take(name, await asyncio.to_thread(self._weighed, name, found))
        self._renew()

    def _weighed(self, name: str, found: Sequence[ModelCard]) -> dict[str, tuple[ModelCard, Knowledge]]:
        """What the provider listed, or our own list where it listed nothing, and what the operator added to either."""
        listed = {card.name: card for card in self.static.get(name, ())}
        told = self._told[name] = {card.name: card for card in found}
        added = {model: ModelCard(name=model) for model in self.library.configured_of(name)}
        shown = told or listed
        weighed: dict[str, tuple[ModelCard, Knowledge]] = {}
        for model, card in {**shown, **{model: card for model, card in added.items() if model not in shown}}.items():
            known = self.library.knowledge(name, found=told.get(model), listed=listed.get(model) or added.get(model))
            weighed[model] = (known.completing(card), known)
        return weighed

    def _take(self, name: str, weighed: Mapping[str, tuple[ModelCard, Knowledge]]) -> None:
        self._cards[name] = tuple(card for card, _ in weighed.values())
        self._knowledge[name] = {f"{name}/{model}": known for model, (_, known) in weighed.items()}

    def _renew(self) -> None:
        knowledge = dict(item for provider in self._knowledge.values() for item in provider.items())
        self.current = Catalogue(dict(self._cards), knowledge, self.names, self.balancer)

    def _failed(self, name: str, error: ProviderError | TimeoutError) -> Sequence[ModelCard] | None:
        """Note it; return what to list from now on, or `None` to leave the list as it is."""
        health = Health(status=_status_of(error), detail=str(error) or f"{name} did not answer in time.")
        before, self._health[name] = self._health.get(name), health
        failures = self._failures[name] = self._failures.get(name, 0) + 1
        if before is None or before.status is not health.status:
            # A provider without any known model that nobody listens for is most likely a local one that is not in use.
            say = log.warning if self._cards[name] else log.debug
            say("catalogue.discovery_failed", provider=name, status=health.status.value, detail=health.detail)
        return () if before is None or failures >= _FAILURES_BEFORE_FORGETTING else None


def _status_of(error: Exception) -> HealthStatus:
    match getattr(error, "code", "provider_timeout"):
        case "provider_unauthenticated":
            return HealthStatus.UNAUTHENTICATED
        case "provider_forbidden":
            return HealthStatus.FORBIDDEN
        case "provider_rate_limited":
            return HealthStatus.RATE_LIMITED
        case "provider_unreachable" | "provider_timeout":
            return HealthStatus.UNREACHABLE
        case "model_not_found" | "provider_answer_malformed":
            return HealthStatus.MISADDRESSED
        case _:
            return HealthStatus.UNAVAILABLE
