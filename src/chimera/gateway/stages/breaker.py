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
        circuit = self.breakers.of(call.aim.id)
        if not circuit.permit(self.breakers.clock()):
            raise self._resting(call, circuit)
        probing = circuit.state is CircuitState.HALF_OPEN
        settled = False
        try:
            async with aclosing(proceed(call)) as stream:
                async for event in stream:
                    if probing:  # the first event is proof enough: others need not wait for the end of a long answer
                        probing = False
                        circuit.succeeded(self.breakers.clock())
                    yield event
            settled = True
            circuit.succeeded(self.breakers.clock())
        except ILL:
            settled = True
            circuit.failed(self.breakers.clock())
            raise
        finally:
            if not settled:
                circuit.abandoned(self.breakers.clock())

    def _resting(self, call: Call, circuit: Circuit) -> CircuitOpenError:
        wait_s = max(0.0, circuit.open_until - self.breakers.clock())
        return CircuitOpenError(
            f"{call.aim.id} failed repeatedly and is left alone for another {wait_s:.0f} s.",
            provider=call.aim.provider,
            retry_after_s=wait_s,
        )
