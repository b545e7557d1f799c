"""On whose behalf something happens."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRates:
    """A key, and what it may ask a minute; `None`: as the policy says of every key."""

    key_id: UUID
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Proof that a request was authenticated, and for whom.

    Every repository and every gateway call takes one; there is no default and no global, and only
    `tenancy` makes them.

    Attributes:
        key_id: The API key that was shown; `None` for a session, and for work in nobody's presence.
        team_ids: The groups of the actor, whose budgets and limits bind it.
        session_id: The session that was shown, if it was one.
        family_id: The family of the signed token that was shown, if it was one of ours.
        models: Lists of patterns of models: of the roles together, and of the key. Each must admit the model that is
            asked; none is here that admits all.
        requests_per_minute: Of this key alone; `None`: as the policy says of every key.
        tokens_per_minute: Likewise.
        makers: The key with which this key was made, the key with which that was made, and so on: what is asked with a
            key counts for all of these, or it would have more by making others.
    """

    tenant_id: UUID
    actor_id: UUID
    permissions: frozenset[str]
    key_id: UUID | None = None
    team_ids: tuple[UUID, ...] = ()
    session_id: UUID | None = None
    family_id: UUID | None = None
    models: tuple[tuple[str, ...], ...] = ()
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    makers: tuple[KeyRates, ...] = ()
