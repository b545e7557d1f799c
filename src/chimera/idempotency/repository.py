"""Every query of this package."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Select, Update, tuple_

from chimera.idempotency.states import KeyState, Mine
from chimera.idempotency.tables import IdempotencyKeyRow, IdempotentResultRow
from chimera.kit.ids import new_id
from chimera.store import Repository, SystemRepository, insert_into


class KeptKeys(Repository[IdempotencyKeyRow]):
    """The caller's own keys: a colleague's are another name space."""

    table = IdempotencyKeyRow

    def mine(self) -> Select[IdempotencyKeyRow]:
        return super().mine().where(IdempotencyKeyRow.owner_id == self._scope.actor_id)

    async def take(
        self, key_hash: str, fingerprint: str, *, lease_until: datetime, expires_at: datetime
    ) -> UUID | None:
        """Keep a new running key and give its id; `None` if there is one. Waits for whoever is just taking it."""
        key_id = new_id()
        values = {
            "tenant_id": self._scope.tenant_id,
            "id": key_id,
            "owner_id": self._scope.actor_id,
            "key_hash": key_hash,
            "fingerprint": fingerprint,
            "state": KeyState.RUNNING.value,
            "lease_until": lease_until,
            "expires_at": expires_at,
        }
        statement = insert_into(self._tx, IdempotencyKeyRow).values(**values).on_conflict_do_nothing()
        result = cast("CursorResult[Any]", await self._tx.execute(statement))
        return key_id if result.rowcount > 0 else None

    async def of(self, key_hash: str) -> IdempotencyKeyRow | None:
        return (await self._tx.scalars(self.mine().where(IdempotencyKeyRow.key_hash == key_hash))).one_or_none()

    async def locked(self, key_hash: str) -> IdempotencyKeyRow | None:
        """As `of`, and nobody else changes it before this transaction ends."""
        query = self.mine().where(IdempotencyKeyRow.key_hash == key_hash).with_for_update()
        return (await self._tx.scalars(query)).one_or_none()

    async def settle(self, mine: Mine, state: KeyState) -> bool:
        """Note that the request was carried out. False if the key is in other hands by now."""
        return await self.run(self._held(mine).values(state=state.value)) == 1

    async def release(self, mine: Mine) -> bool:
        """Free the key: the same request may be carried out again."""
        held = self.removing().where(IdempotencyKeyRow.id == mine.id, IdempotencyKeyRow.fence == mine.fence)
        return await self.run(held.where(IdempotencyKeyRow.state == KeyState.RUNNING)) == 1

    def _held(self, mine: Mine) -> Update:
        held = self.changing().where(IdempotencyKeyRow.id == mine.id, IdempotencyKeyRow.fence == mine.fence)
        return held.where(IdempotencyKeyRow.state == KeyState.RUNNING)


class KeptResults(Repository[IdempotentResultRow]):
    """Answers; found by the id of a key that is the caller's own."""

    table = IdempotentResultRow


class AllKeys(SystemRepository[IdempotencyKeyRow]):
    """The keys of all tenants, for signs of life and for the broom."""

    table = IdempotencyKeyRow

    async def renew(self, held: Collection[Mine], until: datetime) -> set[UUID]:
        """Prolong leases and return whose; those in other hands by now are left alone."""
        pairs = [(mine.id, mine.fence) for mine in held]
        statement = self.changing().where(
            IdempotencyKeyRow.state == KeyState.RUNNING,
            tuple_(IdempotencyKeyRow.id, IdempotencyKeyRow.fence).in_(pairs),
        )
        prolonged = statement.values(lease_until=until).returning(IdempotencyKeyRow.id)
        return set(await self._tx.scalars(prolonged.execution_options(synchronize_session=False)))

    async def end_leases(self, *, given_before: datetime, longest: timedelta) -> int:
        """End the leases that were given or renewed before then: their processes are known to be dead."""
        running = self.changing().where(
            IdempotencyKeyRow.state == KeyState.RUNNING, IdempotencyKeyRow.lease_until < given_before + longest
        )
        return await self.run(running.values(lease_until=given_before))

    async def forget(self, moment: datetime, *, limit: int) -> int:
        """Delete keys that expired by then, at most `limit`, and by the foreign key their answers; give how many."""
        expired = self.every().where(IdempotencyKeyRow.expires_at <= moment).limit(limit)
        ids = list(await self._tx.scalars(expired.with_only_columns(IdempotencyKeyRow.id)))
        if not ids:
            return 0
        still = IdempotencyKeyRow.id.in_(ids), IdempotencyKeyRow.expires_at <= moment
        return await self.run(self.removing().where(*still))
