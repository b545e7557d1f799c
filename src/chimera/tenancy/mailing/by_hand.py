"""A new password for somebody who cannot be mailed one, from whoever operates the server's own command line."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.tenancy.credentials import new_password
from chimera.tenancy.errors import UserNotFoundError
from chimera.tenancy.identity import normalised
from chimera.tenancy.mailing.repository import EveryTokenFamily
from chimera.tenancy.repository import AllPeople, AllUsers
from chimera.tenancy.sessions.passwords import Passwords
from chimera.tenancy.sessions.repository import AllSessions, SignInSteps
from chimera.tenancy.tables import PersonRow


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasswords:
    database: Database
    passwords: Passwords
    recorder: Recorder
    now: Callable[[], datetime] = utc_now

    async def make(self, email: str) -> str:
        """Give the person of an address a new password, and return it. Whatever they had begun ends, wherever.

        Raises:
            InvalidEmailError: if it cannot be an address.
            UserNotFoundError: if nobody has it.
        """
        address, made, now = normalised(email), new_password(), self.now()
        password_hash = await self.passwords.hash(made)
        async with self.database.system_transaction() as tx:
            people = AllPeople(tx)
            person = await people.by_email(address)
            if person is None:
                raise UserNotFoundError("Nobody has this address.")
            them = people.changing().where(PersonRow.id == person.id)
            await people.run(them.values(password_hash=password_hash, password_changed_at=now))
            await AllSessions(tx).end_of_person(person.id)
            await SignInSteps(tx).end_of_person(person.id)
            users = await AllUsers(tx).of_person(person.id)
            await EveryTokenFamily(tx).end_of_users([user.id for user in users], now, reason="password_reset")
            for user in users:
                # On nobody's behalf: the organisation's own id is no user's.
                scope = Scope(tenant_id=user.tenant_id, actor_id=user.tenant_id, permissions=frozenset())
                act = Act(name="password.reset", target_kind="user", target_id=str(user.id))
                await self.recorder.record(tx, scope, act)
        return made
