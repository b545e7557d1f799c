"""From whom a provider vouches for to a user of its organisation: found by `sub`, linked, or made; and their role."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.errors import InvalidEmailError, LastOwnerError, RoleNotFoundError
from chimera.tenancy.identity import normalised
from chimera.tenancy.people.provisioning import Newcomer, provision
from chimera.tenancy.people.ranks import check_an_owner_is_left, gives
from chimera.tenancy.people.repository import Members
from chimera.tenancy.permissions import OWNER
from chimera.tenancy.repository import AllPeople, AllTenants, AllUsers
from chimera.tenancy.sso.claims import Vouched, may_say
from chimera.tenancy.sso.errors import NotInvitedError
from chimera.tenancy.sso.repository import Identities
from chimera.tenancy.sso.tables import IdentityProviderRow, IdentityRow
from chimera.tenancy.standing import held_by
from chimera.tenancy.tables import UserRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Who came in.

    Attributes:
        narrowed: Whether they may do something else than before, so that credentials must be looked up again.
    """

    user: UserRow
    narrowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Lets people in on the word of one provider, in one system transaction."""

    tx: Transaction
    provider: IdentityProviderRow
    recorder: Recorder
    now: datetime

    async def admit(self, who: Vouched) -> Admitted:
        """Find, link or make the user of somebody.

        Raises:
            NotInvitedError: if the organisation's rules do not let them in.
        """
        acts: list[tuple[str, Mapping[str, str]]] = []
        user = await self._known(who)
        if user is None:
            user, act = await self._linked(who) or await self._made(who)
            await self._remember(who, user)
            acts.append((act, {}))
        if await AllUsers(self.tx).let_in(user.tenant_id, user.id) is None:
            raise _not_invited()
        before = user.role
        await self._give_role(user, who)
        if user.role != before:
            acts.append(("user.role_changed", {"before": before, "after": user.role}))
        await self.tx.flush()
        for name, details in acts:
            act_of_theirs = Act(name=name, target_kind="user", target_id=str(user.id), details=dict(details))
            await self.recorder.record(self.tx, self._scope(user), act_of_theirs)
        return Admitted(user=user, narrowed=user.role != before)

    async def _known(self, who: Vouched) -> UserRow | None:
        identities = Identities(self.tx, self._anybody)
        identity = await identities.of(self.provider.id, who.subject)
        if identity is None:
            return None
        identity.last_used_at, identity.email = self.now, who.email
        return await Members(self.tx, self._anybody).get(identity.user_id)

    async def _linked(self, who: Vouched) -> tuple[UserRow, str] | None:
        """Somebody who is a user already, by an address that the provider may speak for and says is theirs.

        Raises:
            NotInvitedError: if they hold more than whoever configured the provider: they link it themselves.
        """
        email = self._address(who)
        user = await Members(self.tx, self._anybody).by_email(email) if email else None
        if user is None:
            return None
        if who.verified is not True or not await self._holds(user) <= set(self.provider.ceiling):
            raise _not_invited()
        return user, "user.linked"

    async def _made(self, who: Vouched) -> tuple[UserRow, str]:
        email = self._address(who)
        if email is None or who.verified is False or not self.provider.just_in_time:
            raise _not_invited()
        role = await self._role_of(who) or self.provider.default_role
        tenant = await AllTenants(self.tx).get(self.provider.tenant_id)
        person = await AllPeople(self.tx).by_email(email)
        taken = person and await AllUsers(self.tx).of(self.provider.tenant_id, person.id)
        if role is None or tenant is None or taken or not await self._may_give(role):
            raise _not_invited()
        name = who.name or email.partition("@")[0]
        return await provision(self.tx, tenant, Newcomer(email=email, name=name, role=role)), "user.provisioned"

    async def _remember(self, who: Vouched, user: UserRow) -> None:
        identity = IdentityRow(
            provider_id=self.provider.id,
            subject=who.subject,
            user_id=user.id,
            email=who.email,
            created_at=self.now,
            last_used_at=self.now,
        )
        await Identities(self.tx, self._anybody).add(identity)

    async def _give_role(self, user: UserRow, who: Vouched) -> None:
        """Give the role of their groups. A role that the groups had given is taken when they are in none of them."""
        given = self.provider.roles_by_group
        if not given or not await self._holds(user) <= set(self.provider.ceiling):
            return
        role = await self._role_of(who)
        if role is None:
            if user.role not in given.values():
                return
            role = self.provider.default_role
            if role is None:
                raise _not_invited()
        if role == user.role or not await self._may_give(role):
            return
        if user.role == OWNER:
            try:
                await check_an_owner_is_left(self.tx, self._scope(user), user.id)
            except LastOwnerError:
                return
        user.role = role

    async def _role_of(self, who: Vouched) -> str | None:
        """The role that may do most among those of somebody's groups."""
        names = {self.provider.roles_by_group[group] for group in who.groups if group in self.provider.roles_by_group}
        ranked = [(len(permissions), name) for name in names if (permissions := await self._gives(name)) is not None]
        return max(ranked)[1] if ranked else None

    async def _may_give(self, role: str) -> bool:
        permissions = await self._gives(role)
        return permissions is not None and permissions <= set(self.provider.ceiling)

    async def _gives(self, role: str) -> frozenset[str] | None:
        try:
            return await gives(self.tx, self._anybody, role)
        except RoleNotFoundError:  # removed since it was configured
            return None

    async def _holds(self, user: UserRow) -> frozenset[str]:
        return held_by(user, await AllUsers(self.tx).bonds_of(user)).permissions

    def _address(self, who: Vouched) -> str | None:
        if who.email is None or not may_say(who, issuer=self.provider.issuer, domains=self.provider.domains):
            return None
        try:
            return normalised(who.email)
        except InvalidEmailError:
            return None

    def _scope(self, user: UserRow) -> Scope:
        return Scope(tenant_id=user.tenant_id, actor_id=user.id, permissions=frozenset())

    @property
    def _anybody(self) -> Scope:
        """Of the organisation, before it is known who."""
        return Scope(tenant_id=self.provider.tenant_id, actor_id=self.provider.id, permissions=frozenset())


def _not_invited() -> AppError:
    return NotInvitedError("You have no account here that this provider may open. Ask an owner of your organisation.")
