"""An identity provider, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What may be changed of a provider at any time. Its issuer is not among it: who it vouched for depends on that."""

    name: str
    client_id: str
    scopes: Sequence[str]
    domains: Sequence[str]
    group_claim: str
    roles_by_group: Mapping[str, str]
    default_role: str | None
    just_in_time: bool
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be changed; what is not named stays.

    Attributes:
        values: Of `Terms`, by name.
        client_secret: `None` for a public client; not looked at unless `sets_secret`.
    """

    values: Mapping[str, object]
    client_secret: str | None = field(default=None, repr=False)
    sets_secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderInfo:
    """A provider without its secret.

    Attributes:
        proven_domains: Of its domains those that named the organisation.
    """

    id: UUID
    issuer: str
    has_secret: bool
    terms: Terms
    proven_domains: Sequence[str]
    created_at: datetime
    updated_at: datetime
