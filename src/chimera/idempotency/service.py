"""Keys and first results in the database, which decides between rivals. No transaction outlives a call."""

import asyncio
import json
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from chimera.idempotency.errors import ResultNotKeptError
from chimera.idempotency.repository import AllKeys, KeptKeys, KeptResults
from chimera.idempotency.states import Elsewhere, Keyed, KeyState, Mine, Result
from chimera.idempotency.tables import IdempotencyKeyRow, IdempotentResultRow
from chimera.kit.scope import Scope
from chimera.store import Database, Transaction
from chimera.store.moments import Now, shared_now
from chimera.web.refusals import IdempotencyKeyReusedError

KEPT_FOR: Final = timedelta(hours=24)
LEASE: Final = timedelta(seconds=30)
_BATCH: Final = 500
# More than this is packed beside the event loop: it takes a millisecond and longer.
_MUCH: Final = 131_072


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstResults:
    """What was done under which key."""

    database: Database
    now: Now = shared_now

    async def claim(self, keyed: Keyed) -> Mine | Result | Elsewhere:
        """Take the right to carry the request out, or give its first result, or say that it runs somewhere.

        Raises:
            IdempotencyKeyReusedError: if the key stands for another request.
            ResultNotKeptError: if it was carried out and its answer is not there.
        """
        async with self.database.transaction(keyed.scope) as tx:
            keys, now = KeptKeys(tx, keyed.scope), await self.now(tx)
            taken = await keys.take(
                keyed.key_hash, keyed.fingerprint, lease_until=now + LEASE, expires_at=now + KEPT_FOR
            )
            if taken is not None:
                return Mine(id=taken, fence=1)
            row = await keys.locked(keyed.key_hash)
            if row is None:  # freed between the two questions
                return Elsewhere()
            if now < row.expires_at:
                _must_be(row, keyed)
                if now < row.lease_until or row.state != KeyState.RUNNING:
                    return await _first_result(tx, keyed, row)
            return await self._take_over(tx, keyed, row, now)

    async def runs(self, keyed: Keyed) -> bool:
        """Whether somebody carries it out now."""
        async with self.database.reading(keyed.scope) as tx:
            row, now = await KeptKeys(tx, keyed.scope).of(keyed.key_hash), await self.now(tx)
        return row is not None and row.state == KeyState.RUNNING and now < row.lease_until

    async def keep(self, scope: Scope, mine: Mine, result: Result) -> bool:
        """Keep the first result. False if the key is in other hands by now: then theirs counts."""
        body = result.body
        packed = await asyncio.to_thread(zlib.compress, body, 1) if len(body) > _MUCH else zlib.compress(body, 1)
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in result.headers]
        async with self.database.transaction(scope) as tx:
            if not await KeptKeys(tx, scope).settle(mine, KeyState.KEPT):
                return False
            row = IdempotentResultRow(id=mine.id, status=result.status, headers=json.dumps(pairs), body=packed)
            await KeptResults(tx, scope).add(row)
        return True

    async def keep_only_that(self, scope: Scope, mine: Mine) -> bool:
        """Note that the request was carried out, without its answer."""
        async with self.database.transaction(scope) as tx:
            return await KeptKeys(tx, scope).settle(mine, KeyState.UNKEPT)

    async def release(self, scope: Scope, mine: Mine) -> bool:
        """Free the key: the same request may be carried out again."""
        async with self.database.transaction(scope) as tx:
            return await KeptKeys(tx, scope).release(mine)

    async def renew(self, held: Collection[Mine]) -> set[UUID]:
        """Tell that these are still being carried out; return the ids of those that are not in other hands by now."""
        async with self.database.system_transaction() as tx:
            return await AllKeys(tx).renew(held, await self.now(tx) + LEASE)

    async def end_leases(self, given_before: datetime) -> None:
        """Let the keys go that seem to be held since before then: by processes that are known to be dead."""
        async with self.database.system_transaction() as tx:
            await AllKeys(tx).end_leases(given_before=given_before, longest=LEASE)

    async def sweep(self) -> int:
        """Delete what has expired; return how many keys that were."""
        swept, last = 0, _BATCH
        while last == _BATCH:
            async with self.database.system_transaction() as tx:
                last = await AllKeys(tx).forget(await self.now(tx), limit=_BATCH)
            swept += last
        return swept

    async def _take_over(self, tx: Transaction, keyed: Keyed, row: IdempotencyKeyRow, now: datetime) -> Mine:
        await KeptResults(tx, keyed.scope).delete(row.id)
        row.state, row.fingerprint, row.fence = KeyState.RUNNING.value, keyed.fingerprint, row.fence + 1
        row.lease_until, row.expires_at = now + LEASE, now + KEPT_FOR
        return Mine(id=row.id, fence=row.fence)


def _must_be(row: IdempotencyKeyRow, keyed: Keyed) -> None:
    if row.fingerprint != keyed.fingerprint:
        raise reused()


async def _first_result(tx: Transaction, keyed: Keyed, row: IdempotencyKeyRow) -> Result | Elsewhere:
    match KeyState(row.state):
        case KeyState.RUNNING:
            return Elsewhere()
        case KeyState.UNKEPT:
            raise not_kept()
        case KeyState.KEPT:
            kept = await KeptResults(tx, keyed.scope).get(row.id)
            if kept is None or not kept.body:
                raise not_kept()
            return _unpacked(kept)


def _unpacked(kept: IdempotentResultRow) -> Result:
    pairs = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in json.loads(kept.headers))
    return Result(status=kept.status, headers=pairs, body=zlib.decompress(kept.body))


def reused() -> IdempotencyKeyReusedError:
    return IdempotencyKeyReusedError(
        "This Idempotency-Key stands for another request: another body, address or caller. "
        "Send the first request unchanged, or this one with a new key."
    )


def not_kept() -> ResultNotKeptError:
    return ResultNotKeptError(
        "The request with this Idempotency-Key was carried out, but its answer was not kept: it was longer than 8 MiB, "
        "it held a secret that is shown only once, or its key was destroyed. To carry it out again, send another key."
    )
