"""What holds for a person: what their organisation admits, and what they chose within that."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from chimera.conversations.memory.fact import Learning
from chimera.conversations.remembering.errors import MemoryForbiddenError
from chimera.conversations.remembering.repository import KeptSettings
from chimera.conversations.remembering.tables import MemorySettingsRow
from chimera.kit.scope import Scope
from chimera.policies.policy import Policy
from chimera.policies.sections.memory import MemoryPolicy
from chimera.store import Transaction

PolicyOf: TypeAlias = Callable[[Scope], Awaitable[Policy]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What holds now.

    Attributes:
        allowed: Whether the organisation lets anything be remembered.
        enabled: Whether the person has memory, as they chose or by default.
        revision: Of what is remembered of them.
        readable: Whether there is still a key to it.
    """

    allowed: bool
    enabled: bool
    learning: Learning
    revision: int = 0
    readable: bool = True

    @property
    def learns(self) -> bool:
        return self.enabled and self.learning is not Learning.NOTHING

    def demand(self) -> None:
        """Raises MemoryForbiddenError."""
        if not self.allowed:
            raise MemoryForbiddenError("Your organisation lets nothing be remembered. Ask an owner of it.")


async def standing_of(tx: Transaction, scope: Scope, policy: MemoryPolicy) -> Standing:
    return standing(await KeptSettings(tx, scope).own(), policy)


def standing(row: MemorySettingsRow | None, policy: MemoryPolicy) -> Standing:
    allowed, by_default = policy.mode != "off", policy.mode == "on"
    if row is None:
        return Standing(allowed=allowed, enabled=by_default, learning=Learning.ALL)
    return Standing(
        allowed=allowed,
        enabled=allowed and (by_default if row.enabled is None else row.enabled),
        learning=Learning(row.learning),
        revision=row.revision,
        readable=row.mark is not None,
    )
