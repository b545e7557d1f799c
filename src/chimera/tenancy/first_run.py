"""The very first start: one organisation, its owner and a first key, made by exactly one of the replicas that start."""

from dataclasses import dataclass, field

from chimera.kit.clock import utc_now
from chimera.store import Database, Transaction
from chimera.tenancy.credentials import check_given_key, hashed, new_api_key, new_password, shown_prefix
from chimera.tenancy.identity import normalised
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.permissions import KNOWN, OWNER
from chimera.tenancy.repository import AllPeople, AllTenants, AllUsers, Installations
from chimera.tenancy.sessions.passwords import SHORTEST, Passwords, check_strength
from chimera.tenancy.tables import InstallationRow, PersonRow, TenantRow, UserRow

DEFAULT_EMAIL = "owner@chimera.local"
TENANT_NAME = "My organisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRun:
    """What was made, to be shown once: it is kept only as hashes.

    Attributes:
        email: The owner's.
        password: The owner's, if it was generated; `None` if it was given.
        api_key: The first key, if it was generated; `None` if it was given.
    """

    email: str
    password: str | None = field(repr=False)
    api_key: str | None = field(repr=False)


async def first_run(
    database: Database,
    passwords: Passwords,
    *,
    email: str | None = None,
    password: str | None = None,
    api_key: str | None = None,
    shortest_password: int = SHORTEST,
) -> FirstRun | None:
    """Set an empty database up. What is not given is generated.

    Returns `None` if that was done before, or is being done by another replica, whose values then hold.

    Raises:
        InvalidEmailError: if the given address is none.
        WeakPasswordError: if the given password is.
        InvalidApiKeyError: if the given key does not do.
    """
    async with database.system_reading() as tx:
        if await Installations(tx).exists():
            return None
    address = normalised(email or DEFAULT_EMAIL)
    if password is not None:
        check_strength(password, email=address, field="CHIMERA_OWNER_PASSWORD", shortest=shortest_password)
    if api_key is not None:
        check_given_key(api_key)
    made = FirstRun(
        email=address,
        password=new_password() if password is None else None,
        api_key=new_api_key() if api_key is None else None,
    )
    password_hash = await passwords.hash(password or made.password or "")
    async with database.system_transaction() as tx:
        # Whoever comes second waits here until the first has committed, and then finds the row taken.
        if not await Installations(tx).add_if_absent(InstallationRow(id=1)):
            return None
        await _found(tx, address, password_hash, api_key or made.api_key or "")
    return made


async def _found(tx: Transaction, email: str, password_hash: str, api_key: str) -> None:
    tenant = await AllTenants(tx).add(TenantRow(name=TENANT_NAME))
    name = email.partition("@")[0]
    person = await AllPeople(tx).add(PersonRow(email=email, name=name, password_hash=password_hash))
    owner = UserRow(
        tenant_id=tenant.id,
        person_id=person.id,
        email=email,
        name=name,
        role=OWNER,
        operator=True,
        accepted_at=utc_now(),
    )
    await AllUsers(tx).add(owner)
    await AllApiKeys(tx).add(
        ApiKeyRow(
            tenant_id=tenant.id,
            user_id=owner.id,
            name="First key",
            prefix=shown_prefix(api_key),
            secret_hash=hashed(api_key.encode()),
            permissions=sorted(KNOWN),
        )
    )
