"""Proving again who one is, before one's factors are changed: a stolen session must not become a stolen account."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.store import Database, Transaction
from chimera.tenancy.errors import InvalidCredentialsError, PermissionDeniedError, ProofNeededError
from chimera.tenancy.repository import AllPeople, AllUsers, Users
from chimera.tenancy.sessions import attempts
from chimera.tenancy.sessions.attempts import Attempt
from chimera.tenancy.sessions.beginning import Visitor
from chimera.tenancy.sessions.passwords import Passwords
from chimera.tenancy.sessions.repository import Sessions
from chimera.tenancy.sessions.tables import SessionRow
from chimera.tenancy.tables import PersonRow

FRESH: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proving:
    """Takes a person's password once more, for what is asked within the next ten minutes."""

    database: Database
    passwords: Passwords
    now: Callable[[], datetime] = utc_now

    async def prove(self, scope: Scope, password: str, *, visitor: Visitor) -> None:
        """Mark the caller's session as proved just now.

        Raises:
            PermissionDeniedError: if the caller is no person in a session.
            InvalidCredentialsError: if the password is wrong, or there is none.
            TooManyAttemptsError: after repeated failures.
            SignInBusyError: when too many sign in at once.
        """
        async with self.database.system_reading() as tx:
            person = await person_of(tx, scope)
            await _session_of(tx, scope)
            attempt = Attempt(email=person.email, address=visitor.address)
            await attempts.check(tx, attempt, self.now())
        right = await self.passwords.matches(person.password_hash, password)
        async with self.database.system_transaction() as tx:
            if right:
                await attempts.succeeded(tx, attempt, self.now())
                session = await _session_of(tx, scope)
                session.proven_at = self.now()
            else:
                await attempts.failed(tx, attempt, self.now())
        if not right:
            raise InvalidCredentialsError("The password is wrong.")


async def person_of(tx: Transaction, scope: Scope) -> PersonRow:
    """Whoever acts, as a person; in a system transaction.

    Raises:
        PermissionDeniedError: if it is a service account, or nobody any more.
    """
    user = await Users(tx, scope).get(scope.actor_id)
    person = await AllPeople(tx).get(user.person_id) if user and user.person_id else None
    if person is None:
        raise PermissionDeniedError("Only a person has a password and further factors.")
    return person


async def speaks_for_person(tx: Transaction, scope: Scope, person_id: UUID) -> bool:
    """Whether a credential speaks for a person, and not just for the user that they are in one organisation.

    It does in a session that they began with proofs of their own, and for who belongs to one organisation alone. Else
    an organisation whose provider, directory or issuer names somebody's address would be told of their others. Keys and
    tokens may have been made in such a session.
    """
    session = await Sessions(tx, scope).get(scope.session_id) if scope.session_id else None
    if session is not None and session.provider_id is None:
        return True
    return not await AllUsers(tx).belongs_elsewhere(person_id, scope.tenant_id)


async def proven_person(tx: Transaction, scope: Scope, now: datetime) -> PersonRow:
    """Whoever acts, if they proved within ten minutes who they are. Who has no password does so by signing in.

    But not at an organisation's provider: it says who somebody is in that organisation, and its word must not open the
    person's others.

    Raises:
        PermissionDeniedError: if the caller is no person in a session.
        ProofNeededError: if it is too long ago.
    """
    person = await person_of(tx, scope)
    session = await _session_of(tx, scope)
    by_signing_in = person.password_hash is None and session.provider_id is None
    proven_at = session.proven_at or (session.created_at if by_signing_in else None)
    if proven_at is None or now - proven_at > FRESH:
        raise ProofNeededError("Prove again who you are: send your password to POST /api/v1/session/proof.")
    return person


async def _session_of(tx: Transaction, scope: Scope) -> SessionRow:
    session = await Sessions(tx, scope).get(scope.session_id) if scope.session_id else None
    if session is None:
        raise PermissionDeniedError("This is for people who are signed in, and not for API keys or tokens.")
    return session
