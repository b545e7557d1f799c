"""An organisation's own account with a provider, and the port to whoever keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import UUID

from msgspec import Struct

from chimera.gateway.knowledge import Knowledge
from chimera.llm import ModelCard, ModelProvider

OWN: Final = "own:"
"""What begins with it is kept apart for an account of an organisation: no provider's name holds a colon."""
LABEL: Final = "own_account"
"""Of all of them in metrics, whose labels are bounded by what operators configure."""


class Account(Struct, frozen=True, kw_only=True):
    """Whose address and credential a call goes to, instead of the house's.

    Attributes:
        id: Of the connection.
        kind: Of provider.
        wires: Whose requests the provider gets as they are.
        relays: Operations that it is passed unread.
        house_follows: Whether the house's accounts may be asked when this one cannot answer.
        is_well: Whether it told its models when it was last asked for them, if it ever was.
    """

    id: str
    kind: str
    wires: tuple[str, ...] = ()
    relays: tuple[str, ...] = ()
    house_follows: bool = False
    is_well: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What one organisation's accounts offer at a moment. Never changed: what changes becomes another one.

    Attributes:
        accounts: By the provider's name in ids of models.
        cards: Models by provider.
        knowledge: What is known of them, by id.
    """

    accounts: Mapping[str, Account]
    cards: Mapping[str, Sequence[ModelCard]]
    knowledge: Mapping[str, Knowledge] = field(default_factory=dict[str, Knowledge])


class Accounts(Protocol):
    """The enabled accounts of all organisations. No method waits for anybody."""

    def of(self, tenant_id: UUID) -> Own | None:
        """What an organisation has; `None` for most, told as quickly as a dictionary tells it."""
        ...

    def provider(self, account: Account) -> ModelProvider:
        """Who answers for an account.

        Raises:
            ProviderPermissionError: if it was switched off or removed meanwhile.
        """
        ...


class NoAccounts:
    """Of a house without organisations: the command line."""

    def of(self, tenant_id: UUID) -> Own | None:
        return None

    def provider(self, account: Account) -> ModelProvider:
        raise AssertionError("nobody has an account of their own here")
