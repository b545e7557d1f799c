"""A sign-in under way: its first proof was good and another is awaited. Its token is kept only as a hash."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from chimera.store import Transaction
from chimera.tenancy.credentials import hashed, new_session_token
from chimera.tenancy.errors import SignInStepError
from chimera.tenancy.sessions.repository import SignInSteps
from chimera.tenancy.sessions.tables import SignInStepRow
from chimera.tenancy.tables import UserRow

GOOD_FOR: Final = timedelta(minutes=5)
TRIES: Final = 5
SECOND_FACTOR: Final = "second_factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNeeded:
    """Instead of a session: what else must be proved.

    Attributes:
        token: Names the sign-in to the next request; `None` where it must begin in another way.
        methods: What would do: `totp`, `recovery_code`, `passkey`, or `enrol` for who has no second factor yet.
    """

    token: str | None = field(repr=False)
    methods: tuple[str, ...]


async def expect(tx: Transaction, user: UserRow, *, method: str, methods: tuple[str, ...], now: datetime) -> str:
    """Keep that the user's first proof was good, and return the token that the second comes with."""
    steps, token = SignInSteps(tx), new_session_token()
    await steps.forget_expired(now)
    await steps.add(
        SignInStepRow(
            token_hash=hashed(token.encode()),
            kind=SECOND_FACTOR,
            person_id=user.person_id,
            tenant_id_wanted=user.tenant_id,
            data={"method": method, "methods": list(methods), "tries": 0},
            created_at=now,
            expires_at=now + GOOD_FOR,
        )
    )
    return token


async def tried(tx: Transaction, token: str, *, now: datetime) -> SignInStepRow:
    """The step of this token, with one try fewer once the transaction is committed.

    Raises:
        SignInStepError: if there is none, it is too old, or it was tried too often.
    """
    step = await SignInSteps(tx).locked(hashed(token.encode("utf-8", "replace")), kind=SECOND_FACTOR)
    tries = 0 if step is None else int(str(step.data["tries"]))
    if step is None or step.expires_at <= now or tries >= TRIES:
        raise SignInStepError("This sign-in is over. Begin again.")
    step.data = step.data | {"tries": tries + 1}
    return step


async def finish(tx: Transaction, step: SignInStepRow) -> None:
    """Let it be used once.

    Raises:
        SignInStepError: if it was, meanwhile.
    """
    if not await SignInSteps(tx).remove(step.id):
        raise SignInStepError("This sign-in is over. Begin again.")
