"""Invitations: made, listed, taken back, and accepted by whoever reads the address that they were sent to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.mail import Mail
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.credentials import hashed, new_session_token
from chimera.tenancy.errors import (
    AlreadyMemberError,
    GroupNotFoundError,
    InvitationNotFoundError,
    TooManyInvitationsError,
)
from chimera.tenancy.identity import normalised
from chimera.tenancy.people.member import Invitation, Paging
from chimera.tenancy.people.ranks import check_giving
from chimera.tenancy.people.repository import Groups, Invitations, Members
from chimera.tenancy.permissions import USERS_MANAGE, require
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import InvitationRow, TenantRow

LASTS: Final = timedelta(days=7)
MOST_OPEN: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who is to be invited, and as what."""

    email: str
    role: str
    group_ids: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A new invitation, and the message that carries its secret.

    Attributes:
        link: Opens the web app; it is the secret, too.
    """

    invitation: Invitation
    mail: Mail
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviting:
    """Invitations to the caller's organisation.

    The secret is in the message alone, not even shown to whoever invites: whoever knows it counts as reader of the
    address, which may be known to other organisations, too.

    Attributes:
        link: The address in the web app where a token is accepted.
    """

    database: Database
    recorder: Recorder
    link: Callable[[str], str]
    now: Callable[[], datetime] = utc_now

    async def page(self, scope: Scope, paging: Paging) -> tuple[Sequence[Invitation], str | None]:
        """Those that nobody accepted or took back, the newest first, and where the next page begins."""
        async with self.database.reading(scope) as tx:
            kept = Invitations(tx, scope)
            page = await kept.page(kept.open(), by=InvitationRow.created_at, cursor=paging.cursor, limit=paging.limit)
        return [told(row) for row in page.rows], page.next_cursor

    async def invite(self, scope: Scope, guest: Guest) -> Sent:
        """Invite an address; an open invitation of it is replaced.

        Raises:
            InvalidEmailError: if it cannot be an address.
            RoleNotFoundError: if there is no such role.
            GroupNotFoundError: if there is no such group.
            PermissionDeniedError: if the role, or a group's, may do more than the caller's credential.
            AlreadyMemberError: if whoever has the address is a user.
            TooManyInvitationsError: if too many wait to be accepted.
        """
        require(scope, USERS_MANAGE)
        guest = Guest(email=normalised(guest.email), role=guest.role, group_ids=sorted(set(guest.group_ids)))
        async with self.database.system_transaction() as tx:
            await self._check(tx, scope, guest)
            tenant = await AllTenants(tx).get(scope.tenant_id)
            assert tenant is not None, "a credential's tenant is a foreign key"
            sent = await self.make(tx, scope, tenant, guest)
            act = Act(name="invitation.created", target_kind="invitation", target_id=str(sent.invitation.id))
            await self.recorder.record(tx, scope, act)
        return sent

    async def make(self, tx: Transaction, scope: Scope, tenant: TenantRow, guest: Guest) -> Sent:
        """Keep an invitation to any organisation in a system transaction, whose caller has checked that it may be."""
        token, now = new_session_token(), self.now()
        kept = Invitations(tx, scope)
        await kept.revoke(now, email=guest.email)
        row = InvitationRow(
            email=guest.email,
            role=guest.role,
            group_ids=[str(one) for one in guest.group_ids],
            token_hash=hashed(token.encode()),
            invited_by=scope.actor_id,
            created_at=now,
            expires_at=now + LASTS,
        )
        await kept.add(row)
        link = self.link(token)
        return Sent(invitation=told(row), link=link, mail=_mail(guest.email, tenant.name, link))

    async def revoke(self, scope: Scope, id: UUID) -> None:
        """Take an invitation back. Raises InvitationNotFoundError if there is none, or it is none any more."""
        require(scope, USERS_MANAGE)
        async with self.database.transaction(scope) as tx:
            if not await Invitations(tx, scope).revoke(self.now(), id=id):
                raise InvitationNotFoundError("There is no such invitation.")
            act = Act(name="invitation.revoked", target_kind="invitation", target_id=str(id))
            await self.recorder.record(tx, scope, act)

    async def _check(self, tx: Transaction, scope: Scope, guest: Guest) -> None:
        await check_giving(tx, scope, guest.role)
        groups = await Groups(tx, scope).among(guest.group_ids)
        if len(groups) < len(guest.group_ids):
            raise GroupNotFoundError("There is no such group.")
        for group in groups:
            if group.role is not None:
                await check_giving(tx, scope, group.role)
        if await Members(tx, scope).by_email(guest.email) is not None:
            raise AlreadyMemberError("Whoever has this address is a user of the organisation already.")
        kept = Invitations(tx, scope)
        if await kept.count(kept.open()) >= MOST_OPEN:
            raise TooManyInvitationsError(f"At most {MOST_OPEN} invitations may wait to be accepted.")


def told(row: InvitationRow) -> Invitation:
    return Invitation(
        id=row.id,
        email=row.email,
        role=row.role,
        group_ids=[UUID(one) for one in row.group_ids],
        invited_by=row.invited_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _mail(email: str, tenant_name: str, link: str) -> Mail:
    return Mail(
        to=email,
        subject="An invitation to Chimera",
        text=f"You are invited to the organisation \N{LEFT DOUBLE QUOTATION MARK}{tenant_name}"
        f"\N{RIGHT DOUBLE QUOTATION MARK} on Chimera. Accept within {LASTS.days} days:\n\n{link}\n\n"
        "If you expect no invitation, leave it: nothing happens then.\n",
    )
