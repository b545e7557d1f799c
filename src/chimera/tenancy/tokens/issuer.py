"""Another issuer of tokens, as plain values."""

from collections.abc import Sequence
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
    """

    name: str
    issuer: str
    audience: str
    jwks_url: str | None
    algorithms: Sequence[str]
    subject_claim: str
    default_role: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerInfo:
    id: UUID
    terms: IssuerTerms
    enabled: bool
    created_at: datetime
