"""Another issuer of tokens, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerTerms:
    """Whose tokens are believed, and whom they speak for.

    Attributes:
        jwks_url: `None`: found by discovery.
        subject_claim: `sub`, known by a sign-in at an identity provider of the same issuer; or `email`, verified.
        default_role: Of users made just in time; `None`: nobody is made.
        roles_by_group: What tokens of a group may do at most, and the role of users that they make; empty: all that
            the user may.
        enabled: Whether its tokens are believed.
    """

    name: str
    issuer: str
    audience: str
    jwks_url: str | None
    algorithms: Sequence[str]
    subject_claim: str
    default_role: str | None
    group_claim: str
    roles_by_group: Mapping[str, str]
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerInfo:
    id: UUID
    terms: IssuerTerms
    created_at: datetime
