"""What came of one call, seen from above: time, cost, failure, words."""

from collections.abc import Collection
from contextlib import aclosing
from dataclasses import dataclass, field
from time import perf_counter

from chimera.gateway.call import Call, Handler
from chimera.gateway.experiments.tally import Outcome
from chimera.kit.errors import AppError, Kind
from chimera.llm import Event, Started, Stream, TextDelta, Usage, UsageReported

# What a caller asked wrongly, or may not spend, says nothing of the model.
_NOT_THE_MODEL_S = frozenset(
    {Kind.INVALID, Kind.UNAUTHENTICATED, Kind.FORBIDDEN, Kind.CONFLICT, Kind.EXHAUSTED, Kind.RATE_LIMITED}
)


@dataclass(slots=True)
class Measured:
    """Passes a call's events on; `outcome` is there once they ended.

    Attributes:
        served_by: Ids of the models that the arm stands for; empty where it is not known.
        outcome: `None` where the call says nothing of the model: its caller left, asked wrongly, or got a cached one.
    """

    call: Call
    served_by: Collection[str] = ()
    outcome: Outcome | None = None
    text: list[str] = field(default_factory=list[str])
    _first_s: float | None = None
    _usage: Usage = field(default_factory=Usage)

    async def events(self, proceed: Handler) -> Stream:
        begun = perf_counter()
        try:
            async with aclosing(proceed(self.call)) as stream:
                async for event in stream:
                    self._hear(event, begun)
                    yield event
        except AppError as error:
            if error.kind not in _NOT_THE_MODEL_S:
                self.outcome = Outcome(failed=True, cost_nusd=self._cost_nusd())
            raise
        if self.call.trail.told.cache is None:
            self.outcome = Outcome(
                failed=self._stood_in(),
                first_s=self._first_s,
                cost_nusd=self._cost_nusd(),
                output_tokens=self._usage.output_tokens,
            )

    def _hear(self, event: Event, begun: float) -> None:
        if isinstance(event, TextDelta):
            self.text.append(event.text)
        elif isinstance(event, UsageReported):
            self._usage = event.usage
        if self._first_s is None and not isinstance(event, Started | UsageReported):
            self._first_s = perf_counter() - begun

    def _stood_in(self) -> bool:
        """Whether somebody else answered, because the arm's model failed or is left alone after failures."""
        answered = self.call.trail.answered_by
        return bool(self.served_by) and answered is not None and answered.id not in self.served_by

    def _cost_nusd(self) -> int | None:
        costs = [charge.cost_nusd for charge in self.call.trail.told.charges]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if known and len(known) == len(costs) else None
