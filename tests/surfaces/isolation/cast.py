"""Who comes to the first organisation's server: strangers, colleagues, and those who are shut out, each as headers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tests.serving import OWNER_EMAIL, Running

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.tenancy.channels import COOKIE
from chimera.tenancy.credentials import hashed, new_api_key, shown_prefix
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import ALL, OWNER
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.sessions.beginning import Proof, begin
from chimera.tenancy.sessions.repository import AllSessions
from chimera.tenancy.sessions.tables import SessionRow
from chimera.tenancy.tables import TenantRow, UserRow

Headers = dict[str, str]

# Nobody lets them in, whatever they ask for.
SHUT_OUT = (
    "nobody",
    "a made-up key",
    "an expired key",
    "a revoked key",
    "an expired session",
    "a suspended user's key",
    "a suspended user's session",
    "a suspended organisation's key",
)
# They belong to the organisation and do not own what its owner made.
COLLEAGUES = (
    "a member",
    "a member's session",
    "a viewer",
    "a demoted owner's key",
    "a demoted owner's session",
    "a key that may do nothing",
)
OTHER_OWNER = "another owner"
STRANGERS = ("a stranger", "a stranger's session")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody's headers by name, and the two organisations.

    Attributes:
        users: Ids of those who have one, by the same names.
    """

    home: UUID
    elsewhere: UUID
    owner: UUID
    headers: dict[str, Headers]
    users: dict[str, UUID]


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes people with their credentials, in the ways that the program itself does not offer."""

    chimera: Running
    headers: dict[str, Headers]
    users: dict[str, UUID]

    async def user(self, name: str, tenant: UUID, role: str = OWNER) -> UserRow:
        row = UserRow(tenant_id=tenant, id=new_id(), email=f"{new_id()}@example.com", name=name, role=role)
        async with self.chimera.house.database.system_transaction() as tx:
            await AllUsers(tx).add(row)
        return row

    async def key(self, name: str, user: UserRow, **more: object) -> None:
        secret = new_api_key()
        values = {"permissions": sorted(ALL)} | more
        row = ApiKeyRow(
            tenant_id=user.tenant_id,
            user_id=user.id,
            name=name,
            prefix=shown_prefix(secret),
            secret_hash=hashed(secret.encode()),
            **values,
        )
        async with self.chimera.house.database.system_transaction() as tx:
            await AllApiKeys(tx).add(row)
        self.headers[name], self.users[name] = {"Authorization": f"Bearer {secret}"}, user.id

    async def session(self, name: str, user: UserRow, *, expires_at: datetime | None = None) -> None:
        async with self.chimera.house.database.system_transaction() as tx:
            token = await begin(tx, user, Proof(method="password", address="192.0.2.1"), now=utc_now())
            if expires_at is not None:
                sessions = AllSessions(tx)
                ended = sessions.changing().where(SessionRow.token_hash == hashed(token.encode()))
                await sessions.run(ended.values(expires_at=expires_at))
        self.headers[name] = {"Cookie": f"{COOKIE}={token}", "Origin": self.chimera.url}
        self.users[name] = user.id

    async def becomes(self, user: UserRow, **values: object) -> None:
        async with self.chimera.house.database.system_transaction() as tx:
            users = AllUsers(tx)
            theirs = users.changing().where(UserRow.tenant_id == user.tenant_id, UserRow.id == user.id)
            assert await users.run(theirs.values(**values)) == 1

    async def tenant(self, name: str, *, suspended_at: datetime | None = None) -> UUID:
        row = TenantRow(id=new_id(), name=name, suspended_at=suspended_at)
        async with self.chimera.house.database.system_transaction() as tx:
            await AllTenants(tx).add(row)
        return row.id


async def assemble(chimera: Running) -> Cast:
    """Bring everybody in, and let those be shut out or demoted who shall be."""
    async with chimera.house.database.system_transaction() as tx:
        (owner,) = await tx.scalars(AllUsers(tx).every().where(UserRow.email == OWNER_EMAIL))
    home = owner.tenant_id
    maker = _Maker(chimera, {}, {})
    elsewhere = await maker.tenant("Others")
    stranger = await maker.user("a stranger", elsewhere)
    await maker.key("a stranger", stranger)
    await maker.session("a stranger's session", stranger)
    await maker.key(OTHER_OWNER, await maker.user(OTHER_OWNER, home))
    await _colleagues(maker, home)
    await _shut_out(maker, home)
    chimera.house.people.authenticate.forget()
    return Cast(home=home, elsewhere=elsewhere, owner=owner.id, headers=maker.headers, users=maker.users)


async def _colleagues(maker: _Maker, home: UUID) -> None:
    # Each is another person: what one does with its own may end what another is known by.
    await maker.key("a member", await maker.user("a member", home, "member"))
    await maker.session("a member's session", await maker.user("another member", home, "member"))
    await maker.key("a viewer", await maker.user("a viewer", home, "viewer"))
    for make, name in ((maker.key, "a demoted owner's key"), (maker.session, "a demoted owner's session")):
        demoted = await maker.user("demoted", home)
        await make(name, demoted)
        await maker.becomes(demoted, role="viewer")
    await maker.key("a key that may do nothing", await maker.user("powerless", home), permissions=[])


async def _shut_out(maker: _Maker, home: UUID) -> None:
    past = utc_now() - timedelta(seconds=1)
    maker.headers["nobody"] = {}
    maker.headers["a made-up key"] = {"Authorization": f"Bearer {new_api_key()}"}
    former = await maker.user("former", home)
    await maker.key("an expired key", former, expires_at=past)
    await maker.key("a revoked key", former, revoked_at=past)
    await maker.session("an expired session", former, expires_at=past)
    suspended = await maker.user("suspended", home)
    await maker.key("a suspended user's key", suspended)
    await maker.session("a suspended user's session", suspended)
    await maker.becomes(suspended, disabled_at=past)
    closed = await maker.tenant("Closed", suspended_at=past)
    await maker.key("a suspended organisation's key", await maker.user("closed", closed))


async def add_roles(chimera: Running, roles: Sequence[str]) -> dict[str, str]:
    """A key of somebody in each role, in the first organisation."""
    async with chimera.house.database.system_transaction() as tx:
        (owner,) = await tx.scalars(AllUsers(tx).every().where(UserRow.email == OWNER_EMAIL))
    maker = _Maker(chimera, {}, {})
    for role in roles:
        await maker.key(role, await maker.user(role, owner.tenant_id, role))
    return {role: maker.headers[role]["Authorization"].removeprefix("Bearer ") for role in roles}
