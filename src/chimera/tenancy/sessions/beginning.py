"""How a session begins, whatever proved who it is: the one place that makes them, and their cookie."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from chimera.store import Transaction
from chimera.tenancy.channels import COOKIE
from chimera.tenancy.credentials import hashed, new_session_token
from chimera.tenancy.sessions.repository import AllSessions
from chimera.tenancy.sessions.tables import SessionRow
from chimera.tenancy.tables import UserRow

# A session ends two weeks after it was last used, and three months after the sign-in in any case.
IDLE: Final = timedelta(days=14)
LONGEST: Final = timedelta(days=90)
_LONGEST_NAME: Final = 300


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


async def begin(tx: Transaction, user: UserRow, proof: Proof, *, now: datetime) -> str:
    """Keep a new session in a system transaction, and return its token, which is kept nowhere."""
    token, sessions = new_session_token(), AllSessions(tx)
    await sessions.forget_expired(now)
    await sessions.add(
        SessionRow(
            tenant_id=user.tenant_id,
            user_id=user.id,
            token_hash=hashed(token.encode()),
            created_at=now,
            last_seen_at=now,
            expires_at=now + IDLE,
            method=proof.method,
            address=proof.address,
            user_agent=proof.user_agent[:_LONGEST_NAME].replace("\x00", ""),
            provider_id=proof.provider_id,
            provider_session=proof.provider_session,
        )
    )
    return token


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
