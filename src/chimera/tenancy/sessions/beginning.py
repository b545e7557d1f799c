"""How a session begins, whatever proved who it is: the one place that makes them, and their cookie."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Trail
from chimera.store import Transaction
from chimera.tenancy.channels import COOKIE
from chimera.tenancy.credentials import hashed, new_session_token
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.sessions.identity import Person, SignedIn
from chimera.tenancy.sessions.repository import AllSessions
from chimera.tenancy.sessions.rules import HOUSE, LONGEST, SignInRules
from chimera.tenancy.sessions.tables import SessionRow
from chimera.tenancy.standing import held_by
from chimera.tenancy.tables import UserRow

_LONGEST_NAME: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """From where somebody comes.

    Attributes:
        address: Of the client, as the server saw it; `serve` decides which proxies it believes.
    """

    address: str
    user_agent: str = ""


def visitor_of(request: Request) -> Visitor:
    address = request.client.host if request.client else "unknown"
    return Visitor(address=address, user_agent=request.headers.get("user-agent", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How somebody proved who they are, and from where.

    Attributes:
        method: `password`, `passkey`, `oidc`, …, with `+totp` where a second factor was asked.
        provider_id: The identity provider that vouched. Such a session is good in its organisation alone: it may not be
            exchanged for one in another.
        provider_session: The provider's `sid`, for logout over the back channel.
    """

    method: str
    address: str
    user_agent: str = ""
    provider_id: UUID | None = None
    provider_session: str | None = None


async def begin(tx: Transaction, user: UserRow, proof: Proof, *, now: datetime, rules: SignInRules = HOUSE) -> str:
    """Keep a new session in a system transaction, and return its token, which is kept nowhere.

    `rules` of the user's organisation say how long it lasts, from then on: a later change holds for later sessions.
    """
    token, sessions = new_session_token(), AllSessions(tx)
    await sessions.forget_expired(now)
    await sessions.add(
        SessionRow(
            tenant_id=user.tenant_id,
            user_id=user.id,
            token_hash=hashed(token.encode()),
            created_at=now,
            last_seen_at=now,
            expires_at=min(now + rules.idle, now + rules.longest),
            idle_s=int(rules.idle.total_seconds()),
            ends_at=now + rules.longest,
            method=proof.method,
            address=proof.address,
            user_agent=proof.user_agent[:_LONGEST_NAME].replace("\x00", ""),
            provider_id=proof.provider_id,
            provider_session=proof.provider_session,
        )
    )
    return token


async def welcome(
    tx: Transaction, user: UserRow, proof: Proof, *, now: datetime, rules: SignInRules = HOUSE
) -> SignedIn:
    """Begin a session, and say to whom it belongs."""
    token = await begin(tx, user, proof, now=now, rules=rules)
    tenant = await AllTenants(tx).get(user.tenant_id)
    assert tenant is not None, "a user's tenant is a foreign key"
    held = held_by(user, await AllUsers(tx).bonds_of(user))
    return SignedIn(person=shown(user, tenant.name, held.permissions), token=token)


def note_begun(trail: Trail, signed_in: SignedIn, proof: Proof) -> None:
    """Tell the trail that somebody came in, and how."""
    person = signed_in.person
    act = Act(
        name="session.begun",
        target_kind="user",
        target_id=str(person.user_id),
        address=proof.address,
        details={"method": proof.method},
    )
    trail.note(Scope(tenant_id=person.tenant_id, actor_id=person.user_id, permissions=frozenset()), act)


def note_refused(trail: Trail, users: Iterable[UserRow], error: AppError, visitor: Visitor) -> None:
    """Tell the trails of everybody whom it concerns that somebody was taken for them and could not prove it."""
    for user in users:
        act = Act(
            name="session.refused",
            outcome=error.code,
            target_kind="user",
            target_id=str(user.id),
            address=visitor.address,
        )
        trail.note(Scope(tenant_id=user.tenant_id, actor_id=user.id, permissions=frozenset()), act)


def shown(user: UserRow, tenant_name: str, permissions: frozenset[str]) -> Person:
    """A user, as they are shown to themselves."""
    return Person(
        user_id=user.id,
        email=user.email or "",
        name=user.name,
        tenant_id=user.tenant_id,
        tenant_name=tenant_name,
        permissions=permissions,
    )


def hand_over(token: str, request: Request, response: Response) -> None:
    """Set the cookie of a session."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    response.headers["cache-control"] = "no-store"
