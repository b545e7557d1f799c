"""The gateway put together: providers, catalogue and pipeline. Needs no database: the command line uses it alone."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from prometheus_client import CollectorRegistry

from chimera.adapters.http import open_http
from chimera.bootstrap.logging import teller
from chimera.bootstrap.model_settings import names_of, quality_of
from chimera.bootstrap.parts.backing import Backing
from chimera.bootstrap.parts.caching.opening import Caching, open_caching, with_caching
from chimera.bootstrap.parts.knowledge import library_of
from chimera.bootstrap.parts.limits import guarded
from chimera.bootstrap.parts.metering import tariffs_of, with_meter
from chimera.bootstrap.parts.resilience.flags import with_flags
from chimera.bootstrap.parts.resilience.opening import open_resilience
from chimera.bootstrap.parts.routing import Routing, open_routing
from chimera.bootstrap.providers import Connection, connections, open_providers
from chimera.bootstrap.settings import Settings
from chimera.gateway.access.admission import admitted, may_ask
from chimera.gateway.access.catalogues import Catalogues
from chimera.gateway.calibration import Calibration, Learning
from chimera.gateway.call import Handler, Target
from chimera.gateway.circuit import Breakers, CircuitRules
from chimera.gateway.dispatch import Dispatch
from chimera.gateway.experiments.tallies import Tallies
from chimera.gateway.keeper import CatalogueKeeper
from chimera.gateway.lanes import Lanes
from chimera.gateway.layout.meter import SavingsMeter
from chimera.gateway.limits.limits import Limits
from chimera.gateway.metering.tariffs import Tariffs
from chimera.gateway.metrics import GatewayMetrics
from chimera.gateway.pipeline import PipelineParts, pipeline
from chimera.gateway.resilience.balancing import Balancer
from chimera.gateway.resilience.levels import Levels
from chimera.gateway.resilience.load import Loads
from chimera.gateway.routes import Routes
from chimera.gateway.stages.retry import Backoff, RetryBudgets
from chimera.kit.scope import Scope
from chimera.llm import HealthStatus, ModelProvider

QUEUE_PER_PLACE = 2
QUEUE_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)  # likewise large beyond reading, as its stages are
class Gateway:
    """Models, ready to be asked.

    Attributes:
        handler: The pipeline.
        keeper: Knows the house's models; its `run` must be started by whoever holds the gateway.
        catalogues: Know which models there are for whom.
        providers: The opened connections by name, in the order of configuration.
        kinds: Which adapter each connection uses, by name.
        relays: Which operations of OpenAI's API each connection is passed unread, by name; OpenAI first.
        learning: What is learned of token counts; its `run` must be started likewise.
        tariffs: What each model costs here.
        breakers: Know which models are left alone after failures.
        levels: How much is offered to whom.
        tallies: What experiments with models have shown.
        prompts: What providers' prompt caches were worth.
        caching: Answers that are given again.
        routing: What chooses for `auto`.
        limits: Who may ask how often.
    """

    handler: Handler
    keeper: CatalogueKeeper
    catalogues: Catalogues
    providers: Mapping[str, ModelProvider]
    kinds: Mapping[str, str]
    relays: Mapping[str, Collection[str]]
    learning: Learning
    breakers: Breakers
    levels: Levels
    tallies: Tallies
    prompts: SavingsMeter
    caching: Caching
    routing: Routing
    tariffs: Tariffs
    limits: Limits

    def default_model(self, wanted: str | None, caller: Scope | None = None) -> str | None:
        """The configured default if it can be asked, else the first chat model of a provider that is well, if any.

        Of models that the caller's lists do not admit it is none.
        """
        catalogue = self.keeper.current if caller is None else self.catalogues.of(caller)
        lists = () if caller is None else caller.models
        if wanted and (found := catalogue.named(wanted)) and may_ask(catalogue, lists, wanted):
            return found
        known = admitted(catalogue, lists, catalogue.targets())
        chat = [target for target in known if target.card and target.card.capabilities.chat]
        well = (target for target in chat if self._is_well(target))
        chosen = next(well, next(iter(chat), None))
        return chosen.id if chosen else None

    def may_ask(self, caller: Scope, model: str) -> bool:
        """Whether no list of the caller speaks against a model, whoever serves it now."""
        return not caller.models or may_ask(self.catalogues.of(caller), caller.models, model)

    def _is_well(self, target: Target) -> bool:
        if target.account is not None:
            return target.account.is_well
        health = self.keeper.health(target.provider)
        return health is None or health.status is HealthStatus.OK


@asynccontextmanager
async def open_gateway(
    settings: Settings, variables: Mapping[str, str], registry: CollectorRegistry, backing: Backing | None = None
) -> AsyncGenerator[Gateway]:
    """Open a connection to every configured provider. Leaving closes them all.

    Args:
        settings: Of the server.
        variables: The environment of the providers.
        registry: Takes the gateway's metrics.
        backing: What it leans on beyond the providers; by default nothing.

    Raises:
        SettingsError: if a provider's settings cannot be used.
    """
    found, backing = connections(settings, variables), backing or Backing()
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http())
        providers = await open_providers(stack, found, http)
        resilience = open_resilience(settings, backing)
        keeper = keeper_of(settings, found, providers, backing, resilience.loads)
        catalogues = Catalogues(house=lambda: keeper.current, accounts=backing.accounts)
        learning = Learning(Calibration(), backing.memory)
        wires = {one.name: one.wires for one in found}
        parts = _parts(settings, catalogues, registry=registry, wires=wires, learning=learning)
        parts = await stack.enter_async_context(resilience.staged(parts, backing, catalogues))
        routed = open_routing(backing, keeper, catalogues, parts.breakers, quality_of(settings))
        routing = await stack.enter_async_context(routed)
        kept = open_caching(backing, catalogues.of, registry, memory_mb=settings.cache_memory_mb)
        caching = await stack.enter_async_context(kept)
        parts = with_caching(routing.staged(parts), caching)
        parts, limits = await stack.enter_async_context(guarded(parts, settings, backing, registry))
        tariffs = tariffs_of(settings, backing, found, keeper, catalogues)
        parts = replace(with_flags(with_meter(parts, tariffs, backing), settings), trail=backing.trail, tell=teller())
        yield Gateway(
            handler=pipeline(parts, terminal=Dispatch(providers, backing.accounts)),
            keeper=keeper,
            catalogues=catalogues,
            providers=providers,
            kinds={one.name: one.kind for one in found},
            relays=_relays(found),
            learning=learning,
            breakers=parts.breakers,
            levels=resilience.levels,
            tallies=resilience.tallies,
            prompts=resilience.prompts,
            caching=caching,
            routing=routing,
            tariffs=tariffs,
            limits=limits,
        )


def keeper_of(
    settings: Settings,
    found: Sequence[Connection],
    providers: Mapping[str, ModelProvider],
    backing: Backing | None = None,
    loads: Loads | None = None,
) -> CatalogueKeeper:
    """The keeper of what these connections offer."""
    return CatalogueKeeper(
        providers=providers,
        static={one.name: one.static_models for one in found},
        library=library_of(settings, found, backing.sources if backing else None),
        names=names_of(settings),
        balancer=Balancer(loads),
    )


def _relays(found: Sequence[Connection]) -> dict[str, Collection[str]]:
    """Bare names such as `tts-1` are OpenAI's, so it comes first."""
    return {one.name: one.relays for one in sorted(found, key=lambda one: one.kind != "openai")}


def _parts(
    settings: Settings,
    catalogues: Catalogues,
    *,
    registry: CollectorRegistry,
    wires: Mapping[str, Collection[str]],
    learning: Learning,
) -> PipelineParts:
    def lanes(limit: int) -> Lanes:
        return Lanes(limit=limit, queue=QUEUE_PER_PLACE * limit, patience_s=QUEUE_PATIENCE_S)

    return PipelineParts(
        metrics=GatewayMetrics(registry),
        routes=Routes(catalogue=catalogues.of, fallbacks=settings.fallbacks),
        tenant_lanes=lanes(settings.tenant_concurrency),
        provider_lanes=lanes(settings.provider_concurrency),
        breakers=Breakers(CircuitRules()),
        backoff=Backoff(first_token_s=settings.first_token_timeout_s, whole_s=settings.whole_answer_timeout_s),
        retry_budgets=RetryBudgets(),
        wires=wires,
        learning=learning,
    )
