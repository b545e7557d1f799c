"""The port to whoever knows what must be kept: nothing under a hold is deleted, by whomever."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from chimera.conversations.errors import ConversationHeldError
from chimera.conversations.keeping.rests import Rests
from chimera.conversations.tables import ConversationRow
from chimera.kit.scope import Scope
from chimera.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What is held in an organisation.

    Attributes:
        everything: Whether all of it is.
        people: Whose conversations are.
        conversations: Which are besides.
    """

    everything: bool = False
    people: Collection[UUID] = ()
    conversations: Collection[UUID] = ()

    def binds(self, row: ConversationRow) -> bool:
        return self.everything or row.owner_id in self.people or row.id in self.conversations


class Holds(Protocol):
    async def bound(self, tx: Transaction, scope: Scope) -> Bound:
        """What is held now; whoever places another waits until the transaction of `checked` ends."""
        ...


class NoHolds:
    """Holds nothing, for small houses in tests."""

    async def bound(self, tx: Transaction, scope: Scope) -> Bound:
        """Nothing."""
        return Bound()


async def checked(tx: Transaction, scope: Scope, holds: Holds) -> Bound:
    """What is held, and stays all that is until the transaction ends. Call it before anything is locked."""
    await Rests(tx, scope).let_nobody_hold()
    return await holds.bound(tx, scope)


def check_free(bound: Bound, row: ConversationRow) -> None:
    """Raises ConversationHeldError if nothing of the conversation may be deleted."""
    if bound.binds(row):
        raise ConversationHeldError("A legal hold keeps this conversation: nothing of it can be deleted.")
