"""What a key stands for, and the values that the parts of this package hand each other."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from chimera.kit.scope import Scope

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]


class KeyState(StrEnum):
    """Running; or carried out, and its answer is kept or is not."""

    RUNNING = "running"
    KEPT = "kept"
    UNKEPT = "unkept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """A request with a key.

    Attributes:
        key_hash: SHA-256 of the key.
        fingerprint: SHA-256 of everything that makes it this request and no other.
    """

    scope: Scope
    key_hash: str
    fingerprint: str

    @property
    def name(self) -> str:
        """The same for the same key of the same person, and for nothing else."""
        return f"{self.scope.tenant_id} {self.scope.actor_id} {self.key_hash}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A complete answer."""

    status: int
    headers: Headers
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """The right to carry a request out, for as long as its lease is renewed."""

    id: UUID
    fence: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another process carries the request out."""
