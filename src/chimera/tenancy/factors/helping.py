"""What administrators do for people of theirs who lost a device: end sessions, reset factors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.errors import PermissionDeniedError, UserNotFoundError
from chimera.tenancy.factors.repository import Passkeys, RecoveryCodes, Totps
from chimera.tenancy.people.ranks import check_reach
from chimera.tenancy.permissions import OPERATE
from chimera.tenancy.repository import AllUsers, Users
from chimera.tenancy.sessions.devices import MOST_SHOWN, device
from chimera.tenancy.sessions.identity import Device
from chimera.tenancy.sessions.repository import AllSessions, Sessions, SignInSteps
from chimera.tenancy.tables import UserRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Helping:
    """Its callers may manage users, which the endpoints see to; nobody reaches who may do more than they."""

    database: Database
    recorder: Recorder
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def sessions_of(self, scope: Scope, user_id: UUID) -> Sequence[Device]:
        """Raises UserNotFoundError."""
        async with self.database.reading(scope) as tx:
            await _user(tx, scope, user_id)
            rows = await Sessions(tx, scope).live_of(user_id, self.now(), most=MOST_SHOWN)
        return [device(row, scope) for row in rows]

    async def end_sessions_of(self, scope: Scope, user_id: UUID) -> None:
        """End all sessions of a user of the organisation.

        Raises:
            UserNotFoundError: if there is none of this id.
            PermissionDeniedError: if they may do more than the caller.
        """
        async with self.database.system_transaction() as tx:
            user = await _user(tx, scope, user_id)
            await check_reach(tx, scope, user)
            await Sessions(tx, scope).end_of(user_id)
            await self.recorder.record(tx, scope, _act("user.sessions_ended", user_id))
        self.on_revoked()

    async def reset_factors_of(self, scope: Scope, user_id: UUID) -> None:
        """Take authenticator app, recovery codes and passkeys of a user away, and end their sessions.

        Raises:
            UserNotFoundError: if there is none of this id.
            PermissionDeniedError: if they may do more than the caller, or belong to other organisations as well, whose
                door this would open, too; then only an operator may.
        """
        async with self.database.system_transaction() as tx:
            user = await _user(tx, scope, user_id)
            await check_reach(tx, scope, user)
            if user.person_id is not None:
                memberships = await AllUsers(tx).of_person(user.person_id)
                if OPERATE not in scope.permissions and not _is_theirs(user, memberships):
                    raise PermissionDeniedError("Only an operator of the installation may reset this person's factors.")
                for table in (Totps(tx), RecoveryCodes(tx), Passkeys(tx)):
                    await table.drop(user.person_id)
                await SignInSteps(tx).end_of_person(user.person_id)
                await AllSessions(tx).end_of_person(user.person_id)
            await self.recorder.record(tx, scope, _act("user.factors_reset", user_id))
        self.on_revoked()


def _is_theirs(user: UserRow, memberships: Sequence[UserRow]) -> bool:
    """Whether a person is the organisation's alone; what others say of them, and they never did, changes nothing."""
    others = [one for one in memberships if one.tenant_id != user.tenant_id]
    return not others or (user.accepted_at is not None and all(one.accepted_at is None for one in others))


async def _user(tx: Transaction, scope: Scope, user_id: UUID) -> UserRow:
    user = await Users(tx, scope).get(user_id)
    if user is None:
        raise UserNotFoundError("There is no such user.")
    return user


def _act(name: str, user_id: UUID) -> Act:
    return Act(name=name, target_kind="user", target_id=str(user_id))
