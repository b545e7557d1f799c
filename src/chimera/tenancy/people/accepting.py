"""Accepting an invitation: its token proves that the address is read, a password who the person is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.credentials import hashed
from chimera.tenancy.errors import InvalidCredentialsError, InvitationNotFoundError
from chimera.tenancy.people.by_hand import is_by_hand
from chimera.tenancy.people.provisioning import Newcomer, provision
from chimera.tenancy.people.ranks import gives
from chimera.tenancy.people.repository import AllInvitations, Groups, Memberships, Persons
from chimera.tenancy.permissions import OPERATE, USERS_MANAGE
from chimera.tenancy.repository import AllPeople, AllTenants, AllUsers
from chimera.tenancy.sessions import attempts
from chimera.tenancy.sessions.attempts import Attempt
from chimera.tenancy.sessions.passwords import Passwords, check_strength
from chimera.tenancy.sessions.rules import Rules
from chimera.tenancy.standing import held_by
from chimera.tenancy.tables import InvitationRow, PersonRow, TenantRow, UserRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What whoever was invited sends.

    Attributes:
        password: Their present one, or a new one if they have none.
        name: What they want to be called; the name of the address otherwise.
    """

    token: str = field(repr=False)
    password: str = field(repr=False)
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """They are a user now. No session begins: that is for signing in, with every factor that it asks."""

    tenant_id: UUID
    tenant_name: str
    user_id: UUID
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepting:
    """Turns invitations into users, each once."""

    database: Database
    passwords: Passwords
    rules: Rules
    recorder: Recorder
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def accept(self, acceptance: Acceptance, *, address: str) -> Joined:
        """Make the user that was invited.

        Raises:
            InvitationNotFoundError: if the token is none, or none any more: used, taken back or expired, or whoever
                invited may not do so now.
            InvalidCredentialsError: if they have a password, and it is another.
            WeakPasswordError: if the new one is.
            TooManyAttemptsError: after repeated failures.
            SignInBusyError: when too many sign in at once.
        """
        digest = hashed(acceptance.token.encode())
        async with self.database.system_reading() as tx:
            invitation, tenant = await self._good(tx, digest)
            attempt = Attempt(email=invitation.email, address=address)
            await attempts.check(tx, attempt, self.now())
            person = await AllPeople(tx).by_email(invitation.email)
        if person is not None and person.disabled_at is not None:
            raise _none()
        if person is not None and person.password_hash is not None:
            await self._prove(person, acceptance.password, attempt)
            fresh = None
        else:
            shortest = (await self.rules(tenant.id)).shortest_password
            check_strength(acceptance.password, email=invitation.email, shortest=shortest, words={tenant.name})
            fresh = await self.passwords.hash(acceptance.password)
        async with self.database.system_transaction() as tx:
            user = await self._join(tx, digest, acceptance.name, fresh)
        self.on_revoked()
        return Joined(tenant_id=tenant.id, tenant_name=tenant.name, user_id=user.id, email=invitation.email)

    async def _good(self, tx: Transaction, digest: str) -> tuple[InvitationRow, TenantRow]:
        invitation = await AllInvitations(tx).by_token(digest)
        if invitation is None or invitation.accepted_at or invitation.revoked_at:
            raise _none()
        tenant = await AllTenants(tx).get(invitation.tenant_id)
        if invitation.expires_at <= self.now() or tenant is None or tenant.suspended_at is not None:
            raise _none()
        if not await _still_may(tx, invitation):
            raise _none()
        return invitation, tenant

    async def _prove(self, person: PersonRow, password: str, attempt: Attempt) -> None:
        is_right = await self.passwords.matches(person.password_hash, password)
        async with self.database.system_transaction() as tx:
            await (attempts.succeeded if is_right else attempts.failed)(tx, attempt, self.now())
        if not is_right:
            raise InvalidCredentialsError("This address has an account, and it has another password.")

    async def _join(self, tx: Transaction, digest: str, name: str | None, fresh: str | None) -> UserRow:
        invitation, tenant = await self._good(tx, digest)
        if not await AllInvitations(tx).take(digest, self.now()):
            raise _none()
        known = name or invitation.email.partition("@")[0]
        user = await provision(tx, tenant, Newcomer(email=invitation.email, name=known, role=invitation.role))
        if user.disabled_at is not None:
            raise _none()
        assert user.person_id is not None, "whoever has an address is a person"
        user.accepted_at = user.accepted_at or self.now()
        if fresh is not None and not await Persons(tx).set_first_password(user.person_id, fresh, self.now()):
            raise InvalidCredentialsError("This address has an account by now. Accept with its password.")
        scope = Scope(tenant_id=tenant.id, actor_id=user.id, permissions=frozenset())
        for group in await Groups(tx, scope).among(UUID(one) for one in invitation.group_ids):
            await Memberships(tx, scope).join(group.id, user.id, self.now())
        act = Act(name="invitation.accepted", target_kind="invitation", target_id=str(invitation.id))
        await self.recorder.record(tx, scope, act)
        return user


async def _still_may(tx: Transaction, invitation: InvitationRow) -> bool:
    """Whether whoever invited could do so now: what a lost account invited dies with it."""
    if is_by_hand(invitation.tenant_id, invitation.invited_by):
        return True
    inviter = await AllUsers(tx).anywhere(invitation.invited_by)
    if inviter is None:
        return False
    holds = held_by(inviter, await AllUsers(tx).bonds_of(inviter)).permissions
    if inviter.tenant_id != invitation.tenant_id:
        return OPERATE in holds
    scope = Scope(tenant_id=invitation.tenant_id, actor_id=inviter.id, permissions=holds)
    groups = await Groups(tx, scope).among(UUID(one) for one in invitation.group_ids)
    roles = {invitation.role, *(group.role for group in groups if group.role is not None)}
    return USERS_MANAGE in holds and all([await gives(tx, scope, role) <= holds for role in sorted(roles)])


def _none() -> InvitationNotFoundError:
    return InvitationNotFoundError("There is no such invitation, or it was used, taken back or has expired.")
