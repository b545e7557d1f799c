"""Feature flags: a provider of OpenFeature's kind, and the stages that it switches."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import structlog

from chimera.bootstrap.settings import Settings
from chimera.gateway.call import Stage
from chimera.gateway.pipeline import PipelineParts
from chimera.gateway.resilience.flags import Flag, Flagged, Flags
from chimera.kit.loading import load

log = structlog.get_logger()

_OWN = "settings"


def with_flags(parts: PipelineParts, settings: Settings) -> PipelineParts:
    """The parts with their optional stages behind flags; untouched where none is configured."""
    chosen = settings.flags
    if chosen.provider == _OWN and not chosen.rollouts:
        return parts
    flags = Flags(evaluate=_evaluating(settings))

    def flagged(flag: Flag, stage: Stage | None) -> Stage | None:
        return Flagged(flag, flags, stage) if stage is not None else None

    return replace(
        parts,
        cache=flagged("cache", parts.cache),
        join=flagged("join", parts.join),
        experiment=flagged("experiments", parts.experiment),
        route=flagged("auto", parts.route),
        hedge=flagged("hedge", parts.hedge),
    )


def _evaluating(settings: Settings) -> Callable[[Flag, UUID], bool]:
    # Not at the top: OpenFeature takes 60 ms to import, which a server without flags need not spend.
    adapter = load("flags", settings.flags.provider)
    context_of = load("flags", _OWN).EvaluationContext
    options = {"flags": settings.flags.rollouts} if settings.flags.provider == _OWN else settings.flags.options
    provider = adapter.connect(adapter.Settings(**options))
    provider.initialize(context_of())

    def evaluate(flag: Flag, tenant_id: UUID) -> bool:
        try:
            context = context_of(targeting_key=str(tenant_id))
            found = provider.resolve_boolean_details(flag, default_value=True, evaluation_context=context)
        except Exception as error:  # noqa: BLE001 (a vendor's code: calls go on as if there were no flag)
            log.debug("flags.not_evaluated", flag=flag, error=type(error).__name__)
            return True
        return bool(found.value)

    return evaluate
