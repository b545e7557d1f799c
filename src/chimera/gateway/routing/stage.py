"""The stage that chooses for `auto`: above `Fallback`, which asks the models that it names."""

from contextlib import aclosing
from dataclasses import dataclass

from msgspec.structs import replace

from chimera.gateway.call import Call, Handler
from chimera.gateway.routing.experience import ANSWERED, ASKED_AGAIN, FAILED, OFF_SCHEMA, RouteKey
from chimera.gateway.routing.explaining import header
from chimera.gateway.routing.learning import RouteLearning
from chimera.gateway.routing.router import Routed, Router
from chimera.gateway.routing.samples import Sample
from chimera.kit.errors import AppError
from chimera.llm import Request, Stream

_ITS_FAULT = frozenset(
    {"provider_unavailable", "provider_timeout", "provider_unreachable", "provider_answer_malformed", "provider_error"}
)


@dataclass(frozen=True, slots=True)
class Route:
    """Chooses, tells why, and learns from what becomes of the call. Other calls pass it untouched."""

    router: Router
    learning: RouteLearning

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        request = call.request
        if isinstance(request, Request) and self.router.candidates.catalogue(call.scope).is_automatic(request.model):
            return self._routed(call, request, proceed)
        return proceed(call)

    async def _routed(self, call: Call, request: Request, proceed: Handler) -> Stream:
        routed = await self.router.decide(call, request)
        told = call.trail.told
        told.decision = routed.decision
        told.headers["route"] = header(routed.decision)
        told.headers["call-id"] = str(call.id)
        outcome = "abandoned"
        try:
            async with aclosing(proceed(replace(call, routed=routed.targets))) as stream:
                async for event in stream:
                    yield event
            outcome = "ok"
        except AppError as error:
            outcome = error.code
            raise
        finally:
            self._ended(call, routed, outcome)

    def _ended(self, call: Call, routed: Routed, outcome: str) -> None:
        """Quick, and without waiting for anybody: it also runs while a caller leaves."""
        scope, task = call.scope, routed.task
        if routed.again is not None:
            self.learning.hear(scope, RouteKey(task, routed.again), ASKED_AGAIN)
        answered = call.trail.answered_by
        for step in call.trail.steps:
            if step.outcome in _ITS_FAULT:
                self.learning.hear(scope, RouteKey(task, step.target.id), FAILED)
            elif step.outcome == "ok" and step.target != answered:  # it answered, and nobody could use it
                self.learning.hear(scope, RouteKey(task, step.target.id), OFF_SCHEMA)
        if answered is not None and outcome == "ok":
            self.learning.hear(scope, RouteKey(task, answered.id), ANSWERED)
            self.router.stays.note(routed.key, replace(routed.stay, model=answered.id))
        chosen = answered.id if answered is not None else routed.decision.chosen
        if any(option.model == chosen for option in routed.options):
            self.learning.note(
                scope,
                Sample(
                    call_id=call.id,
                    at=self.learning.clock(),
                    task=task,
                    dial=routed.dial,
                    chosen=chosen,
                    options=routed.options,
                    outcome=outcome,
                ),
            )
