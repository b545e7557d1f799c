"""Signing in and out, who one is, and changing one's password."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.tenancy.credentials import hashed
from chimera.tenancy.errors import InvalidCredentialsError, UnauthenticatedError
from chimera.tenancy.identity import normalised
from chimera.tenancy.permissions import held
from chimera.tenancy.repository import AllPeople, AllTenants, AllUsers, Users
from chimera.tenancy.sessions import attempts
from chimera.tenancy.sessions.attempts import Attempt
from chimera.tenancy.sessions.beginning import Proof, begin
from chimera.tenancy.sessions.identity import PasswordChange, Person, SignedIn
from chimera.tenancy.sessions.passwords import Passwords, check_strength
from chimera.tenancy.sessions.repository import AllSessions
from chimera.tenancy.tables import PersonRow, UserRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What people do with their own account.

    Attributes:
        on_revoked: Called when a session ended before its time, so that this replica forgets it at once.
    """

    database: Database
    passwords: Passwords
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def sign_in(self, email: str, password: str, *, address: str) -> SignedIn:
        """Begin a session.

        Args:
            email: In any spelling.
            password: As typed.
            address: Of the client, for counting failures.

        Raises:
            InvalidEmailError: if it cannot be an address.
            InvalidCredentialsError: if there is no such account or it has another password; both take the same time.
            TooManyAttemptsError: after repeated failures, also for the right password.
            SignInBusyError: when too many sign in at once.
        """
        attempt = Attempt(email=normalised(email), address=address)
        async with self.database.system_reading() as tx:
            await attempts.check(tx, attempt, self.now())
            person = await AllPeople(tx).by_email(attempt.email)
            users = [] if person is None or person.disabled_at else await AllUsers(tx).of_person(person.id)
        await self._prove(person if users else None, password, attempt)
        assert person is not None
        outdated = person.password_hash is not None and self.passwords.is_outdated(person.password_hash)
        fresh_hash = await self.passwords.hash(password) if outdated else person.password_hash
        return await self._begin(person, users[0], attempt, fresh_hash)

    async def sign_out(self, token: str) -> None:
        """End the session of this token, if there is one."""
        async with self.database.system_transaction() as tx:
            await AllSessions(tx).end(hashed(token.encode()))
        self.on_revoked()

    async def who(self, scope: Scope) -> Person:
        """Raises UnauthenticatedError if the account was removed meanwhile."""
        async with self.database.system_reading() as tx:
            user = await Users(tx, scope).get(scope.actor_id)
            tenant = await AllTenants(tx).get(scope.tenant_id)
        if user is None or tenant is None:
            raise UnauthenticatedError("This account does not exist any more.")
        return _person(user, tenant.name, scope.permissions)

    async def exists(self, scope: Scope, id: UUID) -> bool:
        """Whether somebody of the organisation has this id."""
        async with self.database.system_reading() as tx:
            return await Users(tx, scope).get(id) is not None

    async def change_password(self, scope: Scope, change: PasswordChange, *, session: str | None, address: str) -> None:
        """Change the caller's password, and end all their sessions but the one of the token `session`.

        Raises:
            InvalidCredentialsError: if the old password is wrong.
            TooManyAttemptsError: after repeated failures.
            WeakPasswordError: if the new one is.
            SignInBusyError: when too many sign in at once.
        """
        async with self.database.system_reading() as tx:
            user = await Users(tx, scope).get(scope.actor_id)
            person = await AllPeople(tx).get(user.person_id) if user and user.person_id else None
            if user is None or person is None:
                raise UnauthenticatedError("Only a person has a password, and this is none, or none any more.")
            attempt = Attempt(email=person.email, address=address)
            await attempts.check(tx, attempt, self.now())
        check_strength(change.new, email=person.email, field="new_password")
        await self._prove(person, change.old, attempt)
        new_hash, now = await self.passwords.hash(change.new), self.now()
        async with self.database.system_transaction() as tx:
            await attempts.succeeded(tx, attempt, now)
            people, sessions = AllPeople(tx), AllSessions(tx)
            mine = people.changing().where(PersonRow.id == person.id)
            await people.run(mine.values(password_hash=new_hash, password_changed_at=now))
            await sessions.end_of_person(person.id, but=None if session is None else hashed(session.encode()))
        self.on_revoked()

    async def _prove(self, person: PersonRow | None, password: str, attempt: Attempt) -> None:
        may_sign_in = person is not None and person.disabled_at is None
        if await self.passwords.matches(person.password_hash if person else None, password) and may_sign_in:
            return
        async with self.database.system_transaction() as tx:
            await attempts.failed(tx, attempt, self.now())
        raise InvalidCredentialsError("The e-mail address or the password is wrong.")

    async def _begin(self, person: PersonRow, user: UserRow, attempt: Attempt, password_hash: str | None) -> SignedIn:
        now = self.now()
        async with self.database.system_transaction() as tx:
            await attempts.succeeded(tx, attempt, now)
            token = await begin(tx, user, Proof(method="password", address=attempt.address), now=now)
            if password_hash != person.password_hash:
                people = AllPeople(tx)
                unchanged = (PersonRow.id == person.id, PersonRow.password_hash == person.password_hash)
                await people.run(people.changing().where(*unchanged).values(password_hash=password_hash))
            tenant = await AllTenants(tx).get(user.tenant_id)
        assert tenant is not None, "a user's tenant is a foreign key"
        return SignedIn(person=_person(user, tenant.name, held(user.role, operator=user.operator)), token=token)


def _person(user: UserRow, tenant_name: str, permissions: frozenset[str]) -> Person:
    return Person(
        user_id=user.id,
        email=user.email or "",
        name=user.name,
        tenant_id=user.tenant_id,
        tenant_name=tenant_name,
        permissions=permissions,
    )
