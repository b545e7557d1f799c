"""A role, as plain values."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTerms:
    """What a role of an organisation's own lets its holders do.

    Attributes:
        models: Patterns of models that they may ask; `None`: all.
    """

    description: str
    permissions: frozenset[str]
    models: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role and what it gives.

    Attributes:
        id: `None` for one that is built in.
    """

    id: UUID | None
    name: str
    terms: RoleTerms
