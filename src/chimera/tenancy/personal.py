"""What is kept here of people: their accounts, credentials and memberships; and how somebody leaves for good."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from chimera.kit.scope import Scope
from chimera.store import Database, SystemRepository, Table
from chimera.store.personal import Personal
from chimera.tenancy.errors import UserNotFoundError
from chimera.tenancy.factors.tables import PasskeyRow, RecoveryCodeRow, TotpRow
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.mailing.tables import MailTokenRow
from chimera.tenancy.people.repository import Invitations, Members
from chimera.tenancy.scim.tables import ScimTokenRow
from chimera.tenancy.sessions.proving import speaks_for_person
from chimera.tenancy.sessions.tables import SessionRow, SignInStepRow
from chimera.tenancy.sso.tables import IdentityRow
from chimera.tenancy.tables import GroupMemberRow, InvitationRow, PersonRow, UserRow
from chimera.tenancy.tokens.tables import TokenFamilyRow

_THEIRS: Final = "It is the organisation's."

PERSONAL: Final = (
    Personal(table=UserRow, person="id"),
    Personal(table=UserRow, person="created_by", fate="kept", why=_THEIRS, shown=False),
    Personal(table=ApiKeyRow, person="user_id", hidden=frozenset({"secret_hash", "former_hash"})),
    Personal(table=SessionRow, person="user_id", hidden=frozenset({"token_hash"})),
    Personal(table=TokenFamilyRow, person="user_id"),
    Personal(table=IdentityRow, person="user_id"),
    Personal(table=GroupMemberRow, person="user_id"),
    Personal(table=InvitationRow, person="invited_by", fate="kept", why=_THEIRS, shown=False),
    Personal(table=ScimTokenRow, person="created_by", fate="kept", why=_THEIRS, shown=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPerson:
    """A table about people themselves, who belong to no organisation: it is told to nobody but them.

    Attributes:
        person: Attribute that holds the person's id.
        hidden: Attributes that nobody is told: secrets, and hashes of them.
    """

    table: type[Table]
    person: str = "person_id"
    hidden: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)


OF_PERSONS: Final = (
    OfPerson(table=PersonRow, person="id", hidden=frozenset({"password_hash"})),
    OfPerson(table=PasskeyRow),
    OfPerson(table=TotpRow, hidden=frozenset({"secret", "last_step"})),
    OfPerson(table=RecoveryCodeRow, hidden=frozenset({"code_hash"})),
    OfPerson(table=MailTokenRow, hidden=frozenset({"token_hash"})),
    OfPerson(table=SignInStepRow, hidden=frozenset({"token_hash", "data"})),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """How somebody leaves an organisation before what they wrote is erased, and what is theirs in none.

    Attributes:
        remove: Removes a user with keys, sessions and memberships, if the caller may.
    """

    database: Database
    remove: Callable[[Scope, UUID], Awaitable[None]]

    async def is_here(self, scope: Scope, user_id: UUID) -> bool:
        async with self.database.reading(scope) as tx:
            return await Members(tx, scope).get(user_id) is not None

    async def of_themselves(self, scope: Scope) -> Mapping[OfPerson, Sequence[Any]]:
        """What is kept of the caller as a person, whatever their organisations.

        Nothing for a service account, and for who does not speak for the person: see `speaks_for_person`.
        """
        async with self.database.reading(scope) as tx:
            user = await Members(tx, scope).get(scope.actor_id)
        if user is None or user.person_id is None:
            return {}
        async with self.database.system_reading() as tx:
            if not await speaks_for_person(tx, scope, user.person_id):
                return {}
            found = dict[OfPerson, Sequence[Any]]()
            for one in OF_PERSONS:
                # One class for each table, as for those that belong to organisations.
                bound = type(f"OfPerson{one.table.__name__}", (SystemRepository,), {"table": one.table})
                query = cast("type[SystemRepository[Any]]", bound)(tx).every()
                found[one] = list(await tx.scalars(query.where(getattr(one.table, one.person) == user.person_id)))
        return found

    async def leave(self, scope: Scope, user_id: UUID) -> bool:
        """Remove the user, and their address from invitations; false if the user was removed before.

        Raises:
            PermissionDeniedError: if the caller may not, or they may do more than the caller.
            LastOwnerError: if nobody else is an owner.
        """
        async with self.database.reading(scope) as tx:
            row = await Members(tx, scope).get(user_id)
        if row is None:
            return False
        try:
            await self.remove(scope, user_id)
        except UserNotFoundError:
            return False
        if row.email is not None:
            async with self.database.transaction(scope) as tx:
                invitations = Invitations(tx, scope)
                await invitations.run(invitations.removing().where(InvitationRow.email == row.email))
        return True
