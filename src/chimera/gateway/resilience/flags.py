"""Which optional stages are on for whom: answers of a flag provider, remembered for half a minute."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal, TypeAlias, get_args
from uuid import UUID

from chimera.gateway.call import Call, Handler, Stage
from chimera.llm import Stream

Flag: TypeAlias = Literal["cache", "join", "experiments", "auto", "hedge"]
FLAGS: tuple[Flag, ...] = get_args(Flag)

_RECHECK_S = 30.0
_MOST_KNOWN = 50_000


@dataclass(slots=True, kw_only=True)
class Flags:
    """Answers, remembered.

    Attributes:
        evaluate: Whether a flag is on for an organisation; asked at most once in `recheck_s` for each pair.
    """

    evaluate: Callable[[Flag, UUID], bool]
    clock: Callable[[], float] = monotonic
    recheck_s: float = _RECHECK_S
    _known: OrderedDict[tuple[Flag, UUID], tuple[bool, float]] = field(
        default_factory=OrderedDict[tuple[Flag, UUID], tuple[bool, float]]
    )

    def is_on(self, flag: Flag, tenant_id: UUID) -> bool:
        now = self.clock()
        known = self._known.get((flag, tenant_id))
        if known is not None and now < known[1]:
            return known[0]
        found = self.evaluate(flag, tenant_id)
        self._known[flag, tenant_id] = (found, now + self.recheck_s)
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True)
class Flagged:
    """A stage that is passed by where its flag is off."""

    flag: Flag
    flags: Flags
    stage: Stage

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        if self.flags.is_on(self.flag, call.scope.tenant_id):
            return self.stage(call, proceed)
        return proceed(call)
