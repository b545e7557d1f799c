"""Leave a failing target alone for a while."""

from contextlib import aclosing
from dataclasses import dataclass

from chimera.gateway.call import Call, Handler
from chimera.gateway.circuit import Breakers, Circuit, CircuitState
from chimera.gateway.errors import CircuitOpenError
from chimera.llm import (
    ProviderAnswerError,
    ProviderConnectionError,
    ProviderOverloadError,
    ProviderTimeoutError,
    Stream,
)

# A rate limit, a wrong key or a refused request says nothing against the health of the target.
ILL = (ProviderAnswerError, ProviderConnectionError, ProviderOverloadError, ProviderTimeoutError)


@dataclass(frozen=True, slots=True)
class Breaker:
    """Refuses with `CircuitOpenError` while the target's circuit is open; reports what becomes of each call.

    A stream that fails after its first event counts as a failure too; a caller that leaves counts as nothing.
    """

    breakers: Breakers

    async def __call__(self, call: Call, proceed: Handler) -> Stream:
        circuit = self.breakers.of(call.aim.key)
        if not circuit.permit(self.breakers.clock()):
            raise self._resting(call, circuit)
        probing = circuit.state is CircuitState.HALF_OPEN
        settled = False
        try:
            if probing:
                await self._ask_for_the_probe(call, circuit)
            async with aclosing(proceed(call)) as stream:
                async for event in stream:
                    if probing:  # the first event is proof enough: others need not wait for the end of a long answer
                        probing = False
                        self._well(call, circuit)
                    yield event
            settled = True
            if probing or circuit.state is CircuitState.CLOSED:  # not one from before it opened, that only ends now
                self._well(call, circuit)
        except ILL:
            settled = True
            if probing or circuit.state is CircuitState.CLOSED:
                circuit.failed(self.breakers.clock())
                if circuit.state is CircuitState.OPEN:
                    self.breakers.on_change(call.aim.key)
            raise
        finally:
            if not settled and probing and circuit.state is CircuitState.HALF_OPEN:
                circuit.abandoned(self.breakers.clock())
                self.breakers.on_change(call.aim.key)

    async def _ask_for_the_probe(self, call: Call, circuit: Circuit) -> None:
        wait_s = await self.breakers.may_probe(call.aim.key)
        if wait_s > 0:  # another replica probes, or found the target ill again
            circuit.abandoned(self.breakers.clock() + wait_s)
            raise self._resting(call, circuit)

    def _well(self, call: Call, circuit: Circuit) -> None:
        was_closed = circuit.state is CircuitState.CLOSED
        circuit.succeeded(self.breakers.clock())
        if not was_closed:
            self.breakers.on_change(call.aim.key)

    def _resting(self, call: Call, circuit: Circuit) -> CircuitOpenError:
        wait_s = max(0.0, circuit.open_until - self.breakers.clock())
        return CircuitOpenError(
            f"{call.aim.id} failed repeatedly and is left alone for another {wait_s:.0f} s.",
            provider=call.aim.provider,
            retry_after_s=wait_s,
        )
