"""Which models there are: an immutable snapshot that the hot path reads, and the keeper that renews it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import structlog
from msgspec.structs import replace

from chimera.gateway.call import Target
from chimera.llm import Health, HealthStatus, ModelCard, ModelProvider, ProviderError

log = structlog.get_logger()

_FAILURES_BEFORE_FORGETTING = 3
_LONGEST_COMPARED = 200


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Models by id and by bare name. Providers in the order of configuration: the first one wins a bare name."""

    cards: Mapping[str, Sequence[ModelCard]]
    _by_id: Mapping[str, Target] = field(init=False)
    _by_name: Mapping[str, Target] = field(init=False)

    def __post_init__(self) -> None:
        by_id: dict[str, Target] = {}
        by_name: dict[str, Target] = {}
        for provider, cards in self.cards.items():
            for card in cards:
                target = Target(provider=provider, model=card.name, card=card)
                by_id[target.id] = target
                by_name.setdefault(card.name, target)
        object.__setattr__(self, "_by_id", by_id)
        object.__setattr__(self, "_by_name", by_name)

    def resolve(self, model: str) -> Target | None:
        """Find a model by id (`openai/gpt-5`) or bare name (`gpt-5`).

        An unlisted model of a configured provider is taken at its word: the provider may know it.
        """
        found = self._by_id.get(model) or self._by_name.get(model)
        if found is not None:
            return found
        provider, slash, name = model.partition("/")
        return Target(provider=provider, model=name) if slash and name and provider in self.cards else None

    def targets(self) -> Sequence[Target]:
        """Every listed model, in the order of configuration."""
        return tuple(self._by_id.values())

    def similar(self, model: str) -> Sequence[str]:
        """Up to three ids that the caller may have meant."""
        if len(model) > _LONGEST_COMPARED:
            return ()
        names = get_close_matches(model, [*self._by_id, *self._by_name], n=3, cutoff=0.5)
        known = (self._by_id.get(name) or self._by_name[name] for name in names)
        return tuple(dict.fromkeys(target.id for target in known))


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
        every_s: Pause after an answer.
        retry_s: Pause after a failure; longer after each further one, but for a provider that nobody listens for:
            it may be a local server that is about to be started.
    """

    providers: Mapping[str, ModelProvider]
    static: Mapping[str, Sequence[ModelCard]]
    every_s: float = 300.0
    retry_s: float = 15.0
    patience_s: float = 15.0
    current: Catalogue = field(init=False)
    _cards: dict[str, Sequence[ModelCard]] = field(init=False)
    _health: dict[str, Health] = field(default_factory=dict[str, Health])
    _failures: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        self._cards = {name: self.static.get(name, ()) for name in self.providers}
        self.current = Catalogue(dict(self._cards))

    async def refresh(self) -> None:
        """Ask all providers at once; a slow or dead one delays nobody else for longer than `patience_s`."""
        await asyncio.gather(*(self._discover(name, provider) for name, provider in self.providers.items()))

    async def run(self) -> None:
        """Keep asking each provider at its own pace, for ever; cancel to stop."""
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
            async with asyncio.timeout(self.patience_s):
                found = await provider.models()
        except (ProviderError, TimeoutError) as error:
            self._failed(name, error)
        else:
            self._failures[name] = 0
            self._health[name] = Health(status=HealthStatus.OK)
            known = {card.name: card for card in self.static.get(name, ())}
            self._cards[name] = [_completed(card, known.get(card.name)) for card in found] or tuple(known.values())
        self.current = Catalogue(dict(self._cards))

    def _failed(self, name: str, error: ProviderError | TimeoutError) -> None:
        health = Health(status=_status_of(error), detail=str(error) or f"{name} did not answer in time.")
        before, self._health[name] = self._health.get(name), health
        self._failures[name] = self._failures.get(name, 0) + 1
        if self._failures[name] >= _FAILURES_BEFORE_FORGETTING:
            self._cards[name] = self.static.get(name, ())
        if before is None or before.status is not health.status:
            # A provider without any known model that nobody listens for is most likely a local one that is not in use.
            say = log.warning if self._cards[name] else log.debug
            say("catalogue.discovery_failed", provider=name, status=health.status.value, detail=health.detail)


def _completed(found: ModelCard, known: ModelCard | None) -> ModelCard:
    """What the provider told, with what we know where it told nothing."""
    if known is None:
        return found
    return replace(
        found,
        context_tokens=found.context_tokens or known.context_tokens,
        output_tokens=found.output_tokens or known.output_tokens,
    )


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
