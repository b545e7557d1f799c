"""Whether a new password will do for a person: by our rules and those of their organisations."""

from collections.abc import Collection
from dataclasses import dataclass

from chimera.store import Database
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.sessions.passwords import SHORTEST, check_strength
from chimera.tenancy.sessions.rules import Rules
from chimera.tenancy.tables import PersonRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    database: Database
    rules: Rules

    async def check(self, person: PersonRow, password: str, *, field: str) -> None:
        """Hold the password to the strictest of the person's organisations, and to their names.

        Raises:
            WeakPasswordError: the message says what to change.
        """
        async with self.database.system_reading() as tx:
            users = await AllUsers(tx).of_person(person.id)
            tenants = [await AllTenants(tx).get(user.tenant_id) for user in users]
        shortest = max([(await self.rules(user.tenant_id)).shortest_password for user in users], default=SHORTEST)
        words: Collection[str] = {person.name, *(tenant.name for tenant in tenants if tenant)}
        check_strength(password, email=person.email, field=field, shortest=shortest, words=words)
