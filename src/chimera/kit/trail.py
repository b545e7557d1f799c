"""What is told to the audit trail, by whoever does something; who keeps it is no concern of theirs."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final, NamedTuple, Protocol, TypeAlias

from msgspec import Struct, field

from chimera.kit.scope import Scope

Detail: TypeAlias = str | int | bool | None


class Act(Struct, frozen=True, kw_only=True):
    """Something that somebody did, or tried to do.

    Attributes:
        name: Dotted, constant: `user.suspended`, `key.used`, `model.called`.
        outcome: `ok`, or the code of the error.
        target_kind: What it was done to: `user`, `key`, `model`, ….
        target_id: Which one; never a secret.
        address: Of the client, where known.
        details: What else there is to know: never a secret, a prompt or an answer.
    """

    name: str
    outcome: str = "ok"
    target_kind: str = ""
    target_id: str = ""
    address: str = ""
    request_id: str = ""
    details: Mapping[str, Detail] = field(default_factory=dict)


class Whence(NamedTuple):
    """The request during which something is done."""

    address: str
    request_id: str


whence: Final[ContextVar[Whence | None]] = ContextVar("whence", default=None)
"""Set for each request to our own API, so that acts of administration tell where they came from."""


class Trail(Protocol):
    """Takes notes of what happens all the time: credentials used, models called, data read."""

    def note(self, scope: Scope, act: Act) -> None:
        """Remember it; it is written with others, within a second. Costs a few microseconds and never raises."""
        ...


class Unwritten:
    """A trail that leads nowhere, for whoever has none: small houses in tests."""

    def note(self, scope: Scope, act: Act) -> None:
        """Forget it."""
