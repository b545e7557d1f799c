"""Every query of this package."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast
from uuid import UUID

from sqlalchemy import Select, Table, and_, func, literal

from chimera.kit.clock import utc_now
from chimera.responses.errors import ResponseNotFoundError
from chimera.responses.states import RUNNING, ResponseStatus
from chimera.responses.tables import ResponseContentRow, ResponseEventRow, ResponseItemRow, ResponseRow
from chimera.store import Repository, SystemRepository, insert_into

Found = TypeVar("Found", ResponseRow, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A response in a chain of them."""

    id: UUID
    previous_id: UUID | None
    status: ResponseStatus


class KeptResponses(Repository[ResponseRow]):
    """The caller's own responses: what a colleague of the same tenant asked is not found."""

    table = ResponseRow

    def mine(self) -> Select[ResponseRow]:
        return super().mine().where(ResponseRow.owner_id == self._scope.actor_id)

    async def found(self, id: UUID | None) -> ResponseRow:
        """Raises ResponseNotFoundError, also when it is another's."""
        return _response(None if id is None else await self.get(id))

    async def locked(self, id: UUID | None) -> ResponseRow:
        """As `found`, and nobody else changes or deletes it before this transaction ends."""
        if id is None:
            return _response(None)
        query = self.mine().where(ResponseRow.id == id).with_for_update()
        return _response((await self._tx.scalars(query)).one_or_none())

    async def chain(self, last_id: UUID, *, limit: int) -> list[Link]:
        """The responses that lead to this one, it included, oldest first; the latest `limit` of them."""
        step = (ResponseRow.id, ResponseRow.previous_id, ResponseRow.status)
        query = self.mine().where(ResponseRow.id == last_id)
        walked = query.with_only_columns(*step, literal(1).label("depth")).cte("walked", recursive=True)
        before = self.mine().with_only_columns(*step, walked.c.depth + 1)
        before = before.join(walked, ResponseRow.id == walked.c.previous_id).where(walked.c.depth < limit)
        walked = walked.union_all(before)
        found = self.mine().with_only_columns(*step).join(walked, ResponseRow.id == walked.c.id)
        rows = await self._tx.execute(found.order_by(walked.c.depth.desc()))
        return [Link(id=row[0], previous_id=row[1], status=ResponseStatus(row[2])) for row in rows]

    async def holding(self, items: Collection[UUID]) -> list[UUID]:
        """The responses that hold any of these output items, oldest first."""
        of_response = and_(
            ResponseItemRow.tenant_id == ResponseRow.tenant_id, ResponseItemRow.response_id == ResponseRow.id
        )
        query = self.mine().with_only_columns(ResponseRow.id).join(ResponseItemRow, of_response)
        found = await self._tx.scalars(query.where(ResponseItemRow.id.in_(items)).distinct().order_by(ResponseRow.id))
        return [UUID(str(id_)) for id_ in found]

    async def prolong(self, ids: Collection[UUID], *, until: datetime, if_before: datetime) -> None:
        """Keep these for longer, those that would go too soon."""
        statement = self.changing().where(ResponseRow.id.in_(ids), ResponseRow.expires_at < if_before)
        await self.run(statement.values(expires_at=until))

    async def remove_expired(self, now: datetime, *, limit: int) -> int:
        """Delete some that have expired and, by the foreign keys, all that they hold; return how many."""
        query = self.mine().where(ResponseRow.expires_at < now, ResponseRow.finished_at.is_not(None))
        expired = query.with_only_columns(ResponseRow.id).order_by(ResponseRow.expires_at).limit(limit)
        return await self.run(self.removing().where(ResponseRow.id.in_(expired)))

    async def beat(self, id: UUID, *, fence: int, now: datetime) -> bool:
        """Hold a writer's response until the transaction ends, and tell that it is being written.

        Returns False if it is not this writer's any more: finished, cancelled, deleted, or in other hands.
        """
        held = (ResponseRow.id == id, ResponseRow.fence == fence, ResponseRow.finished_at.is_(None))
        values = {"heartbeat_at": now, "status": ResponseStatus.IN_PROGRESS.value}
        return await self.run(self.changing().where(*held).values(values)) == 1

    async def close(self, id: UUID, *, fence: int, status: ResponseStatus, now: datetime) -> bool:
        """End a running response and raise its fence. False if it was not running any more, or in other hands."""
        held = (ResponseRow.id == id, ResponseRow.fence == fence, ResponseRow.finished_at.is_(None))
        values = {"status": status.value, "finished_at": now, "fence": fence + 1}
        return await self.run(self.changing().where(*held).values(values)) == 1

    async def silent_since(self, id: UUID, moment: datetime) -> ResponseRow | None:
        """The response, locked, if it still runs and its writer was not seen since."""
        query = self.mine().where(ResponseRow.id == id, ResponseRow.status.in_(RUNNING))
        query = query.where(ResponseRow.heartbeat_at < moment).with_for_update()
        return (await self._tx.scalars(query)).one_or_none()


class SilentResponses(SystemRepository[ResponseRow]):
    """Responses of all tenants whose writers have gone silent, or whose time is over."""

    table = ResponseRow

    async def since(self, moment: datetime, *, limit: int) -> Sequence[ResponseRow]:
        query = self.every().where(ResponseRow.finished_at.is_(None), ResponseRow.heartbeat_at < moment)
        return list(await self._tx.scalars(query.order_by(ResponseRow.heartbeat_at).limit(limit)))

    async def owners_of_expired(self, now: datetime) -> list[tuple[UUID, UUID]]:
        """Organisations and users of whom some have expired."""
        query = self.every().where(ResponseRow.expires_at < now, ResponseRow.finished_at.is_not(None))
        owners = query.with_only_columns(ResponseRow.tenant_id, ResponseRow.owner_id).distinct()
        return [(row[0], row[1]) for row in await self._tx.execute(owners)]


class KeptContents(Repository[ResponseContentRow]):
    """What was asked and answered. Whoever looks here has found the response among the caller's own."""

    table = ResponseContentRow

    async def body(self, id: UUID) -> str:
        """The response object. Raises KeyDestroyedError."""
        query = self.mine().where(ResponseContentRow.id == id).with_only_columns(ResponseContentRow.body)
        return _response((await self._tx.execute(query)).scalar_one_or_none())

    async def size(self, ids: Collection[UUID]) -> int:
        """Characters that these hold together."""
        query = self.mine().where(ResponseContentRow.id.in_(ids))
        total = func.sum(func.length(ResponseContentRow.items) + func.length(ResponseContentRow.body))
        return int(await self._tx.scalar(query.with_only_columns(total)) or 0)

    async def of(self, ids: Sequence[UUID]) -> list[ResponseContentRow]:
        """What these hold, in their order; without any that were just deleted."""
        rows = await self._tx.scalars(self.mine().where(ResponseContentRow.id.in_(ids)))
        by_id = {row.id: row for row in rows}
        return [row for row in map(by_id.get, ids) if row is not None]

    async def replace(self, id: UUID, body: str) -> None:
        await self.run(self.changing().where(ResponseContentRow.id == id).values(body=body))


class KeptItems(Repository[ResponseItemRow]):
    """Which response holds which output item."""

    table = ResponseItemRow

    async def add_all(self, response_id: UUID, keys: Collection[UUID]) -> None:
        rows = [ResponseItemRow(tenant_id=self._scope.tenant_id, id=key, response_id=response_id) for key in keys]
        self._tx.add_all(rows)
        await self._tx.flush()

    async def remove_all(self, response_id: UUID) -> None:
        await self.run(self.removing().where(ResponseItemRow.response_id == response_id))


class KeptEvents(Repository[ResponseEventRow]):
    """The events of responses that run in the background."""

    table = ResponseEventRow

    async def append(self, response_id: UUID, *, seq: int, frames: str) -> None:
        """Add events; does nothing if they are there already, because a commit was not heard of.

        Only whoever holds the response may, so a number always means the same events.
        """
        row = {"tenant_id": self._scope.tenant_id, "response_id": response_id, "seq": seq}
        table = cast("Table", ResponseEventRow.__table__)
        statement = insert_into(self._tx, table).on_conflict_do_nothing()
        await self._tx.execute(statement.values({**row, "created_at": utc_now(), "frames": frames}))

    async def last(self, response_id: UUID) -> int:
        """The number of the last event that is kept; -1 if there is none."""
        query = self.mine().with_only_columns(func.max(ResponseEventRow.seq)).where(ResponseEventRow.id == response_id)
        found = await self._tx.scalar(query)
        return -1 if found is None else int(found)

    async def all(self, response_id: UUID) -> list[bytes]:
        query = self.mine().with_only_columns(ResponseEventRow.frames).where(ResponseEventRow.id == response_id)
        return [row[0].encode() for row in await self._tx.execute(query.order_by(ResponseEventRow.seq))]

    async def remove_all(self, response_id: UUID) -> None:
        await self.run(self.removing().where(ResponseEventRow.id == response_id))

    async def after(self, response_id: UUID, seq: int, *, limit: int) -> list[tuple[int, str]]:
        """Blocks of events of which the last has a higher number than `seq`, each with that number."""
        query = self.mine().with_only_columns(ResponseEventRow.seq, ResponseEventRow.frames)
        query = query.where(ResponseEventRow.id == response_id, ResponseEventRow.seq > seq)
        return [(row[0], row[1]) for row in await self._tx.execute(query.order_by(ResponseEventRow.seq).limit(limit))]


def _response(found: Found | None) -> Found:
    if found is None:
        raise ResponseNotFoundError("There is no such response.")
    return found
