"""The deadline of a call, armed once, in the task that consumes its stream (a timer per event would cost 8 us each)."""

import asyncio
from types import TracebackType

from chimera.gateway.call import Call
from chimera.gateway.errors import DeadlineExceededError


class armed:  # noqa: N801  # a context manager, named as a function like `asyncio.timeout`
    """Consume the call's stream inside; at its deadline everything below is cancelled and closed.

    Must not be held open in a generator over a `yield` (PEP 789).

    Raises:
        DeadlineExceededError: when the deadline passed first.
    """

    __slots__ = ("_limit",)

    def __init__(self, call: Call) -> None:
        self._limit = asyncio.timeout_at(call.deadline)

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._limit.__aexit__(kind, error, trace)
        except TimeoutError as late:
            raise DeadlineExceededError(
                "The answer was not complete within the time allowed for this request. "
                "Ask for a shorter answer, or raise CHIMERA_REQUEST_TIMEOUT_S."
            ) from late
