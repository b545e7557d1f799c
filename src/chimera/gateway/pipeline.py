"""The order of things.

Each stage wraps all that stand below it, so reading the tuple top-down is the way of a request, bottom-up the way of
its events.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial, reduce

from chimera.gateway.access.organisation import OfTheOrganisation
from chimera.gateway.access.stage import Allow
from chimera.gateway.calibration import Calibration, Learning
from chimera.gateway.call import Handler, Stage
from chimera.gateway.circuit import Breakers
from chimera.gateway.lanes import Lanes
from chimera.gateway.metrics import GatewayMetrics
from chimera.gateway.routes import Routes
from chimera.gateway.stages.breaker import Breaker
from chimera.gateway.stages.bulkhead import ProviderBulkhead, TenantBulkhead
from chimera.gateway.stages.context_window import ContextWindow
from chimera.gateway.stages.degrade import CachedOnly
from chimera.gateway.stages.fallback import Fallback
from chimera.gateway.stages.observe import Observe, Tell, tell
from chimera.gateway.stages.retry import Backoff, Retry, RetryBudgets
from chimera.gateway.stages.structured_output import StructuredOutput
from chimera.kit.trail import Trail, Unwritten


def compose(*stages: Stage | None, terminal: Handler) -> Handler:
    """Wrap `terminal` in the stages; the first one is outermost. `None` is a stage that is switched off."""

    def wrap(proceed: Handler, stage: Stage) -> Handler:
        return partial(stage, proceed=proceed)

    return reduce(wrap, reversed([stage for stage in stages if stage is not None]), terminal)


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineParts:
    """What the stages work with; opened and held by `bootstrap.house`.

    Attributes:
        admit: Rate limits. Like those that follow, a whole stage, or `None` where it is switched off.
        degrade: Offers less while not all is well.
        experiment: Tries another model beside the one that is asked for.
        admit_model: The organisation's own limits at single models.
        cache: Gives answers again.
        join: Makes identical calls in flight once.
        route: Chooses a model for `auto`.
        layout: Lays prompts out for prompt caches.
        hedge: Asks a second time when the first takes long.
        meter: Holds the worst case in every budget, and writes the ledger.
        watch: Sees how each attempt goes.
        trail: Is told of every call.
        tell: Writes the line that the log has of every call.
    """

    metrics: GatewayMetrics
    routes: Routes
    tenant_lanes: Lanes
    provider_lanes: Lanes
    breakers: Breakers
    backoff: Backoff
    retry_budgets: RetryBudgets
    wires: Mapping[str, Collection[str]]
    learning: Learning = field(default_factory=lambda: Learning(Calibration()))
    trail: Trail = field(default_factory=Unwritten)
    tell: Tell = tell
    admit: Stage | None = None
    admit_model: Stage | None = None
    degrade: Stage | None = None
    experiment: Stage | None = None
    cache: Stage | None = None
    join: Stage | None = None
    route: Stage | None = None
    layout: Stage | None = None
    hedge: Stage | None = None
    meter: Stage | None = None
    watch: Stage | None = None


def pipeline(parts: PipelineParts, *, terminal: Handler) -> Handler:
    return compose(
        Observe(parts.metrics, parts.learning.answered, parts.trail, parts.tell),
        parts.admit,
        OfTheOrganisation(),
        TenantBulkhead(parts.tenant_lanes),
        parts.degrade,
        parts.experiment,
        Allow(parts.routes.catalogue),
        parts.cache,
        parts.join,
        CachedOnly(),
        parts.route,
        Fallback(parts.routes),
        # below: once per target
        parts.layout,
        ContextWindow(parts.learning.calibration.factors),
        StructuredOutput(parts.retry_budgets),
        parts.hedge,
        parts.admit_model,
        Breaker(parts.breakers),
        ProviderBulkhead(parts.provider_lanes),
        Retry(parts.backoff, parts.retry_budgets, parts.wires),
        # below: once per attempt
        parts.meter,
        parts.watch,
        terminal=terminal,
    )
