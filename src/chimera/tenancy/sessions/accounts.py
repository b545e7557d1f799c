"""Signing in and out, who one is, and changing one's password."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Trail
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.credentials import hashed
from chimera.tenancy.errors import InvalidCredentialsError, UnauthenticatedError
from chimera.tenancy.identity import normalised
from chimera.tenancy.repository import AllPeople, AllTenants, AllUsers, Users
from chimera.tenancy.sessions import attempts, steps
from chimera.tenancy.sessions.attempts import Attempt
from chimera.tenancy.sessions.beginning import Proof, Visitor, note_begun, note_refused, shown, welcome
from chimera.tenancy.sessions.identity import PasswordChange, Person, SignedIn
from chimera.tenancy.sessions.passwords import Passwords
from chimera.tenancy.sessions.repository import AllSessions, SignInSteps
from chimera.tenancy.sessions.rules import Rules, SignInRules, admitted
from chimera.tenancy.sessions.steps import StepNeeded
from chimera.tenancy.sessions.strength import Strength
from chimera.tenancy.tables import PersonRow, UserRow

TOTP: Final = "totp"
RECOVERY_CODE: Final = "recovery_code"
PASSKEY: Final = "passkey"
# For who has no second factor, and needs one from now on.
ENROL: Final = "enrol"

SecondFactors: TypeAlias = Callable[[Transaction, UUID], Awaitable[Collection[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What people do with their own account.

    Attributes:
        rules: What an organisation demands; asked outside of transactions.
        second_factors: What a person could prove beside the password.
        on_revoked: Called when a session ended before its time, so that this replica forgets it at once.
    """

    database: Database
    passwords: Passwords
    rules: Rules
    second_factors: SecondFactors
    recorder: Recorder
    trail: Trail
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def sign_in(
        self, email: str, password: str, *, visitor: Visitor, tenant_id: UUID | None = None
    ) -> SignedIn | StepNeeded:
        """Begin a session, or the step before it where a second factor is needed.

        Args:
            email: In any spelling.
            password: As typed.
            visitor: Whose failures are counted by address, too.
            tenant_id: The organisation to act in; the first that lets them in, otherwise.

        Raises:
            InvalidEmailError: if it cannot be an address.
            InvalidCredentialsError: if there is no such account or it has another password; both take the same time.
            ProviderOnlyError: if the organisation admits no passwords.
            TooManyAttemptsError: after repeated failures, also for the right password.
            SignInBusyError: when too many sign in at once.
        """
        attempt = Attempt(email=normalised(email), address=visitor.address)
        async with self.database.system_reading() as tx:
            await attempts.check(tx, attempt, self.now())
            person = await AllPeople(tx).by_email(attempt.email)
            users = [] if person is None or person.disabled_at else await AllUsers(tx).of_person(person.id)
            had = await self.second_factors(tx, person.id) if person else ()
        users = [user for user in users if tenant_id is None or user.tenant_id == tenant_id]
        try:
            await self._prove(person if users else None, password, attempt)
        except AppError as error:
            note_refused(self.trail, users, error, visitor)
            raise
        assert person is not None
        user, rules = await admitted(users, self.rules)
        methods = _awaited(had, rules)
        if methods:
            return await self._expect(user, methods, attempt)
        outdated = person.password_hash is not None and self.passwords.is_outdated(person.password_hash)
        fresh_hash = await self.passwords.hash(password) if outdated else person.password_hash
        async with self.database.system_transaction() as tx:
            await attempts.succeeded(tx, attempt, self.now())
            await _rehash(tx, person, fresh_hash)
            proof = Proof(method="password", address=visitor.address, user_agent=visitor.user_agent)
            signed_in = await welcome(tx, user, proof, now=self.now(), rules=rules)
        note_begun(self.trail, signed_in, proof)
        return signed_in

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
        return shown(user, tenant.name, scope.permissions)

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
        await Strength(database=self.database, rules=self.rules).check(person, change.new, field="new_password")
        await self._prove(person, change.old, attempt)
        new_hash, now = await self.passwords.hash(change.new), self.now()
        async with self.database.system_transaction() as tx:
            await attempts.succeeded(tx, attempt, now)
            people, sessions = AllPeople(tx), AllSessions(tx)
            mine = people.changing().where(PersonRow.id == person.id)
            await people.run(mine.values(password_hash=new_hash, password_changed_at=now))
            await SignInSteps(tx).end_of_person(person.id)
            await sessions.end_of_person(person.id, but=None if session is None else hashed(session.encode()))
            act = Act(name="password.changed", target_kind="user", target_id=str(user.id), address=address)
            await self.recorder.record(tx, scope, act)
        self.on_revoked()

    async def _prove(self, person: PersonRow | None, password: str, attempt: Attempt) -> None:
        may_sign_in = person is not None and person.disabled_at is None
        if await self.passwords.matches(person.password_hash if person else None, password) and may_sign_in:
            return
        async with self.database.system_transaction() as tx:
            await attempts.failed(tx, attempt, self.now())
        raise InvalidCredentialsError("The e-mail address or the password is wrong.")

    async def _expect(self, user: UserRow, methods: tuple[str, ...], attempt: Attempt) -> StepNeeded:
        now = self.now()
        async with self.database.system_transaction() as tx:
            await attempts.still_admitted(tx, attempt, now)
            if methods == (PASSKEY,):
                return StepNeeded(token=None, methods=methods)
            token = await steps.expect(tx, user, method="password", methods=methods, now=now)
        return StepNeeded(token=token, methods=methods)


def _awaited(had: Collection[str], rules: SignInRules) -> tuple[str, ...]:
    """What else a password needs. Who has a passkey signs in with it, rather than let a thief of the password enrol."""
    if TOTP in had:
        return tuple(sorted(set(had) - {PASSKEY}, reverse=True))
    if not rules.second_factor:
        return ()
    return (PASSKEY,) if PASSKEY in had else (ENROL,)


async def _rehash(tx: Transaction, person: PersonRow, fresh_hash: str | None) -> None:
    if fresh_hash == person.password_hash:
        return
    people = AllPeople(tx)
    unchanged = (PersonRow.id == person.id, PersonRow.password_hash == person.password_hash)
    await people.run(people.changing().where(*unchanged).values(password_hash=fresh_hash))
