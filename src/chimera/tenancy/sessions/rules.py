"""What an organisation demands of signing in, and how long it lets a session last."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from chimera.tenancy.errors import ProviderOnlyError
from chimera.tenancy.permissions import OWNER
from chimera.tenancy.sessions.passwords import SHORTEST
from chimera.tenancy.sessions.tables import SessionRow
from chimera.tenancy.tables import UserRow

# A session ends two weeks after it was last used, and three months after the sign-in in any case.
IDLE: Final = timedelta(days=14)
LONGEST: Final = timedelta(days=90)
_NOTED_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRules:
    """The decisions of one organisation.

    Attributes:
        second_factor: Whether who signs in with a password proves a second factor, too.
        provider_only: Whether people come in by the organisation's identity provider alone. Owners always may by other
            ways, or nobody could mend a provider that fails.
    """

    second_factor: bool = False
    provider_only: bool = False
    shortest_password: int = SHORTEST
    idle: timedelta = IDLE
    longest: timedelta = LONGEST

    def admit(self, user: UserRow) -> bool:
        """Whether the user may come in by proofs of our own."""
        return not self.provider_only or user.role == OWNER


Rules: TypeAlias = Callable[[UUID], Awaitable[SignInRules]]
HOUSE: Final = SignInRules()


async def house_rules(tenant_id: UUID) -> SignInRules:
    """What holds where nobody decided anything; for small houses in tests."""
    return HOUSE


async def admitted(users: Sequence[UserRow], rules: Rules) -> tuple[UserRow, SignInRules]:
    """As whom somebody comes in by proofs of our own, and by which rules: the first of theirs that admits them.

    Raises:
        ProviderOnlyError: if none does.
    """
    for user in users:
        those = await rules(user.tenant_id)
        if those.admit(user):
            return user, those
    raise ProviderOnlyError("Your organisation signs people in by its identity provider alone.")


def prolonged(session: SessionRow, now: datetime) -> datetime | None:
    """Until when a session lasts that is used now; `None` while what was noted last is near enough."""
    idle = IDLE if session.idle_s is None else timedelta(seconds=session.idle_s)
    # Written seldom, but often enough that a session which is used does not end for being idle.
    if now - session.last_seen_at < min(_NOTED_EVERY, idle / 10):
        return None
    return min(now + idle, session.ends_at or session.created_at + LONGEST)
