"""Try the next target when one cannot answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from chimera.gateway.call import Call, Handler, Target
from chimera.gateway.errors import AllTargetsFailedError
from chimera.gateway.routes import Routes
from chimera.kit.errors import AppError, Kind
from chimera.llm import ProviderError, Stream


@dataclass(frozen=True, slots=True)
class Fallback:
    """Asks the targets of a call in order, until one delivers its first event.

    An error that another target would meet too (`elsewhere` is false) ends the call at once; so does any error after
    the first event. A call with a single target fails with that target's own error, and so does one that every target
    refuses for what it asks: that is the caller's to mend, and the first target's words say how.
    """

    routes: Routes

    async def __call__(self, call: Call, proceed: Handler) -> Stream:
        targets = self.routes.targets(call)
        failures: list[tuple[Target, ProviderError]] = []
        for target in targets:
            call.trail.answered_by = None
            stream = proceed(await call.fitted_to(target))
            try:
                try:
                    first = await anext(stream)
                except ProviderError as error:
                    if not error.elsewhere or len(targets) == 1:
                        raise
                    failures.append((target, error))
                    continue
                if call.trail.answered_by is None:  # else the hedge was quicker
                    call.trail.answered_by = target
                yield first
                async for event in stream:
                    yield event
                return
            finally:
                await stream.aclose()
        raise _summed_up(failures)


def _summed_up(failures: Sequence[tuple[Target, ProviderError]]) -> AppError:
    if all(error.kind is Kind.INVALID for _, error in failures):
        return failures[0][1]
    return AllTargetsFailedError(failures)
