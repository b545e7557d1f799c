"""Users, groups and what is recorded of them, over the small house, with people to send and hand out keys to."""

from dataclasses import dataclass, field
from uuid import UUID

import httpx2
from tests.tenancy.house import KEY, House

from chimera.kit.mail import Mail
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.privacy.holding import check_nothing_is_held
from chimera.store import Transaction
from chimera.tenancy.credentials import hashed, new_api_key, shown_prefix
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.organisations import endpoints as organisations
from chimera.tenancy.organisations.service import Organisations
from chimera.tenancy.organisations.switching import Switching
from chimera.tenancy.people.accepting import Accepting
from chimera.tenancy.people.directory import Directory
from chimera.tenancy.people.endpoints import groups, invitations, users
from chimera.tenancy.people.invitations import Inviting
from chimera.tenancy.people.posting import posting
from chimera.tenancy.people.provisioning import Newcomer, provision
from chimera.tenancy.people.teams import Teams
from chimera.tenancy.permissions import KNOWN
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.sessions.rules import SignInRules
from chimera.tenancy.tables import TenantRow, UserRow
from chimera.web.routers import join


@dataclass
class Written:
    """The port `Recorder`, with a memory instead of a trail."""

    acts: list[tuple[UUID, Act]] = field(default_factory=list)

    async def record(self, tx: Transaction, scope: Scope, act: Act) -> None:
        self.acts.append((scope.actor_id, act))

    @property
    def names(self) -> list[str]:
        return [act.name for _, act in self.acts]


@dataclass
class Post:
    """The port `Mailer`: what would have been sent."""

    mails: list[Mail] = field(default_factory=list)

    async def send(self, mail: Mail) -> None:
        self.mails.append(mail)


@dataclass
class Somebody:
    """A user with a key that may do all that the user may, and its own client."""

    id: UUID
    tenant_id: UUID
    email: str | None
    http: httpx2.AsyncClient


@dataclass
class Town:
    house: House
    recorder: Written
    post: Post
    rules: dict[UUID, SignInRules]
    tenant: TenantRow
    owner: Somebody

    async def tenant_named(self, name: str) -> TenantRow:
        async with self.house.database.system_transaction() as tx:
            return await AllTenants(tx).add(TenantRow(name=name))

    async def somebody(self, role: str, *, name: str = "Ada", tenant: TenantRow | None = None) -> Somebody:
        """A new user of the organisation."""
        home, email = tenant or self.tenant, f"{name.lower()}@example.org"
        async with self.house.database.system_transaction() as tx:
            user = await provision(tx, home, Newcomer(email=email, name=name, role=role))
        return await self.with_key(user)

    async def with_key(self, user: UserRow, permissions: frozenset[str] = KNOWN) -> Somebody:
        secret = new_api_key()
        row = ApiKeyRow(
            tenant_id=user.tenant_id,
            user_id=user.id,
            name="all",
            prefix=shown_prefix(secret),
            secret_hash=hashed(secret.encode()),
            permissions=sorted(permissions),
        )
        async with self.house.database.system_transaction() as tx:
            await AllApiKeys(tx).add(row)
        client = self.house.client(authorization=f"Bearer {secret}")
        return Somebody(id=user.id, tenant_id=user.tenant_id, email=user.email, http=client)

    async def user(self, id: UUID) -> UserRow | None:
        async with self.house.database.system_reading() as tx:
            return (await tx.scalars(AllUsers(tx).every().where(UserRow.id == id))).one_or_none()


async def settle(house: House) -> Town:
    recorder, post, forget = Written(), Post(), house.authenticator.forget
    database, now = house.database, house.clock.now
    directory = Directory(database=database, recorder=recorder, on_revoked=forget, now=now)
    teams = Teams(database=database, recorder=recorder, on_revoked=forget, now=now)
    rules: dict[UUID, SignInRules] = {}

    async def demanded(tenant_id: UUID) -> SignInRules:
        return rules.get(tenant_id, SignInRules())

    inviting = Inviting(
        database=database, recorder=recorder, link=lambda token: f"http://chimera.test/i#{token}", now=now
    )
    accepting = Accepting(
        database=database,
        passwords=house.passwords,
        rules=demanded,
        recorder=recorder,
        on_revoked=forget,
        now=now,
    )
    guests = invitations.router(inviting, accepting, posting(post))
    founding = Organisations(
        database=database,
        inviting=inviting,
        recorder=recorder,
        may_go=check_nothing_is_held,
        on_revoked=forget,
        now=now,
    )
    switching = Switching(database=database, rules=demanded, recorder=recorder, on_revoked=forget, now=now)
    tenants = organisations.router(founding, switching, posting(post))
    for router in (users.router(directory), groups.router(teams), guests, tenants):
        join(house.app.router, router)
    async with house.database.system_reading() as tx:
        (tenant,) = await tx.scalars(AllTenants(tx).every())
        (owner,) = await tx.scalars(AllUsers(tx).every())
    client = house.client(authorization=f"Bearer {KEY}")
    return Town(
        house=house,
        recorder=recorder,
        post=post,
        rules=rules,
        tenant=tenant,
        owner=Somebody(id=owner.id, tenant_id=tenant.id, email=owner.email, http=client),
    )
