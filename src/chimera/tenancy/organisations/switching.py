"""Going over to another of one's organisations: the session here ends, and one there begins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.errors import SwitchRefusedError, TenantNotFoundError
from chimera.tenancy.organisations.organisation import Place
from chimera.tenancy.organisations.repository import Places
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.sessions.beginning import Proof, Visitor, welcome
from chimera.tenancy.sessions.identity import SignedIn
from chimera.tenancy.sessions.proving import speaks_for_person
from chimera.tenancy.sessions.repository import Sessions
from chimera.tenancy.sessions.rules import Rules
from chimera.tenancy.sessions.tables import SessionRow

_PASSKEY = "passkey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switching:
    """Organisations of whoever is signed in.

    Attributes:
        rules: What an organisation demands of signing in; it demands no less of who comes over.
        on_revoked: Called when a session ended before its time, so that this replica forgets it at once.
    """

    database: Database
    rules: Rules
    recorder: Recorder
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    async def places(self, scope: Scope) -> Sequence[Place]:
        """Where one may act: all organisations of a person who signed in themselves, else that of the credential."""
        async with self.database.system_reading() as tx:
            user = await AllUsers(tx).let_in(scope.tenant_id, scope.actor_id)
            if user is None or user.person_id is None:
                return []
            places = await Places(tx).of_person(user.person_id)
            is_theirs = await speaks_for_person(tx, scope, user.person_id)
        found = [
            Place(tenant_id=tenant.id, tenant_name=tenant.name, user_id=user.id, role=user.role)
            for user, tenant in places
        ]
        return found if is_theirs else [place for place in found if place.tenant_id == scope.tenant_id]

    async def switch(self, scope: Scope, tenant_id: UUID, visitor: Visitor) -> SignedIn:
        """End the caller's session, and begin one as whom they are in another organisation.

        Raises:
            SwitchRefusedError: if the caller is not signed in, or another organisation's provider vouched for them, or
                the organisation demands more of who signs in than they proved.
            TenantNotFoundError: if they do not belong to such an organisation.
        """
        await self._check_theirs(scope)
        if not any(place.tenant_id == tenant_id for place in await self.places(scope)):
            raise _none()
        rules = await self.rules(tenant_id)
        async with self.database.system_transaction() as tx:
            session = await self._left(tx, scope)
            user = await AllUsers(tx).let_in(scope.tenant_id, scope.actor_id)
            there = await AllUsers(tx).of(tenant_id, user.person_id) if user and user.person_id else None
            if there is None:
                raise _none()
            if not rules.admit(there) or (rules.second_factor and not _is_strong(session.method)):
                raise SwitchRefusedError("This organisation demands more of who comes in. Sign in there.")
            there.accepted_at = there.accepted_at or self.now()
            proof = Proof(method=session.method, address=visitor.address, user_agent=visitor.user_agent)
            signed_in = await welcome(tx, there, proof, now=self.now(), rules=rules)
            there_scope = Scope(tenant_id=tenant_id, actor_id=there.id, permissions=signed_in.person.permissions)
            await self.recorder.record(tx, there_scope, Act(name="session.switched", target_kind="user"))
        self.on_revoked()
        return signed_in

    async def _check_theirs(self, scope: Scope) -> None:
        """Refuse whom a provider vouched for, wherever they would go: it is not told where they belong."""
        async with self.database.system_reading() as tx:
            session = await Sessions(tx, scope).get(scope.session_id) if scope.session_id else None
        if session is not None and session.provider_id is not None:
            raise _vouched_for()

    async def _left(self, tx: Transaction, scope: Scope) -> SessionRow:
        """The session that ends. It is gone before the next begins: of two who switch at once one finds none."""
        sessions = Sessions(tx, scope)
        session = await sessions.get(scope.session_id) if scope.session_id else None
        if session is None or session.provider_id is not None:
            raise _vouched_for()
        if not await sessions.delete(session.id):
            raise SwitchRefusedError("This session has ended.")
        return session


def _is_strong(method: str) -> bool:
    """Whether more than a password was proved."""
    return "+" in method or method.startswith(_PASSKEY)


def _vouched_for() -> SwitchRefusedError:
    return SwitchRefusedError("Only who signed in with proofs of their own goes over. Sign in there.")


def _none() -> TenantNotFoundError:
    return TenantNotFoundError("There is no such organisation.")
