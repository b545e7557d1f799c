"""Count, time and log every call, once, whatever becomes of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, TypeAlias
from uuid import UUID

import structlog
from msgspec import Struct
from msgspec.structs import asdict

from chimera.gateway.call import Call, Handler, Target
from chimera.gateway.metrics import GatewayMetrics
from chimera.kit.errors import AppError
from chimera.kit.trail import Act, Detail, Unwritten
from chimera.kit.trail import Trail as AuditTrail
from chimera.llm import Stream, Usage, UsageReported

log = structlog.get_logger()

CALL: Final = "gateway.call"
"""The event of a call in the log."""
WELL: Final = frozenset({"ok", "abandoned", "cancelled"})
"""Outcomes that nobody need look after."""


class CallLine(Struct, frozen=True, kw_only=True, gc=False):
    """What the log says of a call."""

    tenant: UUID
    target: str
    outcome: str
    attempts: int
    input_tokens: int
    output_tokens: int
    first_token_ms: float | None
    total_ms: float


Tell: TypeAlias = Callable[[CallLine], None]


def tell(line: CallLine) -> None:
    """Log it as everything is logged."""
    level = log.info if line.outcome in WELL else log.warning
    level(CALL, **asdict(line) | {"tenant": str(line.tenant)})


@dataclass(frozen=True, slots=True)
class Observe:
    """`on_answer` hears of every whole answer; it must be quick and must not raise.

    Attributes:
        trail: Is told who asked which model, and what came of it.
        tell: Writes the line of the log.
    """

    metrics: GatewayMetrics
    on_answer: Callable[[Call, Usage], None] = lambda _call, _usage: None
    trail: AuditTrail = field(default_factory=Unwritten)
    tell: Tell = tell

    async def __call__(self, call: Call, proceed: Handler) -> Stream:
        begun = perf_counter()
        first_s: float | None = None
        usage = Usage()
        outcome = "abandoned"
        self.metrics.in_flight += 1
        try:
            stream = proceed(call)
            try:
                async for event in stream:
                    if first_s is None:
                        first_s = perf_counter() - begun
                    if isinstance(event, UsageReported):
                        usage = event.usage
                    yield event
            finally:
                await stream.aclose()
            outcome = "ok"
            self.on_answer(call, usage)
        except AppError as error:
            outcome = error.code
            raise
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        finally:
            self.metrics.in_flight -= 1
            self._record(call, outcome, usage, first_s=first_s, total_s=perf_counter() - begun)

    def _record(self, call: Call, outcome: str, usage: Usage, *, first_s: float | None, total_s: float) -> None:
        answered = call.trail.answered_by
        last = call.trail.steps[-1].target if call.trail.steps else None
        aimed = answered or last
        target = aimed.label if aimed else "none"
        metrics = self.metrics.of(target)
        self.metrics.calls[target, outcome] += 1
        metrics.duration.observe(total_s)
        if first_s is not None:
            metrics.first_token.observe(first_s)
        metrics.input_tokens += usage.input_tokens
        metrics.output_tokens += usage.output_tokens
        self.trail.note(call.scope, _act(call, aimed, outcome, usage))
        for step in call.trail.steps:
            self.metrics.attempts[step.target.provider_label, step.outcome] += 1
        self.tell(
            CallLine(
                tenant=call.scope.tenant_id,
                target=target,
                outcome=outcome,
                attempts=len(call.trail.steps),
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                first_token_ms=None if first_s is None else round(first_s * 1000, 1),
                total_ms=round(total_s * 1000, 1),
            )
        )


def _act(call: Call, target: Target | None, outcome: str, usage: Usage) -> Act:
    return Act(
        name="model.called",
        outcome=outcome,
        target_kind="model",
        target_id=target.id if target else call.request.model,
        request_id=call.origin.request_id,
        details=_details(call, target, usage),
    )


def _details(call: Call, target: Target | None, usage: Usage) -> dict[str, Detail]:
    details: dict[str, Detail] = {
        "asked": call.request.model,
        "feature": call.origin.feature,
        "attempts": len(call.trail.steps),
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cost_nusd": call.trail.told.cost_nusd,
    }
    if target is not None and target.account is not None:
        details["connection"] = target.account.id
    return details
