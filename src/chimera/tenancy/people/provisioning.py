"""How somebody becomes a user: by invitation, by an identity provider, a directory, or another issuer's token."""

from dataclasses import dataclass

from chimera.store import Transaction
from chimera.tenancy.identity import normalised
from chimera.tenancy.repository import AllPeople, AllUsers
from chimera.tenancy.tables import PersonRow, TenantRow, UserRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Who is to be a user. Whoever says so has checked that the organisation may say it of this address."""

    email: str
    name: str
    role: str
    external_id: str | None = None


async def provision(tx: Transaction, tenant: TenantRow, newcomer: Newcomer) -> UserRow:
    """Return the user of this address in the organisation, made in a system transaction if there is none.

    Somebody who belongs to another organisation is the same person here, and another user. Who is a user already stays
    as they are: neither role nor name changes, and who was shut out is not let in.

    Raises:
        InvalidEmailError: if it cannot be an address.
    """
    email = normalised(newcomer.email)
    people, users = AllPeople(tx), AllUsers(tx)
    await people.add_if_absent(PersonRow(email=email, name=newcomer.name))
    person = await people.by_email(email)
    assert person is not None, "it was there, or was made just now"
    row = UserRow(
        tenant_id=tenant.id,
        person_id=person.id,
        email=email,
        name=newcomer.name,
        role=newcomer.role,
        external_id=newcomer.external_id,
    )
    await users.add_if_absent(row)
    user = await users.of(tenant.id, person.id)
    assert user is not None, "it was there, or was made just now"
    return user
