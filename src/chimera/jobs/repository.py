"""Every query of this package."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, literal_column, not_, or_, tuple_
from sqlalchemy.orm import aliased

from chimera.jobs.job import Order
from chimera.jobs.places import Places
from chimera.jobs.states import JobState
from chimera.jobs.tables import ALIVE, JobRow, JobScheduleRow, JobStepRow
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.store import Page, Repository, SystemRepository, insert_into
from chimera.store.paging import newest_first

_WAITING, _RUNNING, _DEAD = JobState.WAITING.value, JobState.RUNNING.value, JobState.DEAD.value
_KEY = ("tenant_id", "kind", "key")


class Count(NamedTuple):
    """How many jobs of a kind are in a state, and since when the first of them is due."""

    kind: str
    state: str
    jobs: int
    first_due_at: datetime


class KeptJobs(Repository[JobRow]):
    table = JobRow

    async def put(self, order: Order, due_at: datetime) -> UUID:
        """Keep an order; one of its key that waits becomes it, one that runs will be done again with it."""
        ours = new_id()
        statement = insert_into(self._tx, JobRow).values(**self._values(order, due_at, ours))
        if order.key is not None:
            waits, new = JobRow.state == _WAITING, statement.excluded
            statement = statement.on_conflict_do_update(
                index_elements=_KEY,
                index_where=ALIVE,
                set_={
                    "payload": case((waits, new.payload), else_=JobRow.payload),
                    "due_at": case((waits, new.due_at), else_=JobRow.due_at),
                    "priority": new.priority,
                    "attempts": case((waits, 0), else_=JobRow.attempts),
                    "owner_id": case((waits, new.owner_id), else_=JobRow.owner_id),
                    "again_at": case((waits, None), else_=new.due_at),
                    "again": case((waits, None), else_=new.payload),
                },
            )
        kept: UUID = (await self._tx.execute(statement.returning(JobRow.id))).scalar_one()
        if kept != ours:
            await KeptSteps(self._tx, self._scope).forget_of_waiting(kept)
        return kept

    async def put_if_absent(self, order: Order, due_at: datetime) -> bool:
        """Keep an order unless one of its key is alive; tell whether it was kept."""
        values = self._values(order, due_at, new_id())
        statement = insert_into(self._tx, JobRow).values(**values)
        statement = statement.on_conflict_do_nothing(index_elements=_KEY, index_where=ALIVE)
        return (await self._tx.execute(statement.returning(JobRow.id))).scalar_one_or_none() is not None

    def _values(self, order: Order, due_at: datetime, id: UUID) -> dict[str, Any]:
        return {
            "tenant_id": self._scope.tenant_id,
            "id": id,
            "created_at": utc_now(),
            "kind": order.kind,
            "key": order.key,
            "lane": order.lane,
            "owner_id": self._scope.actor_id,
            "payload": dict(order.payload),
            "state": _WAITING,
            "priority": order.priority,
            "due_at": due_at,
            "attempts": 0,
            "fence": 0,
        }

    async def hold(self, id: UUID, *, fence: int, until: datetime) -> bool:
        """Lock a job until the transaction ends, and prolong its lease; false if another has it, or it is gone."""
        return await self.run(self._held(id, fence).values(due_at=until)) == 1

    async def end(self, id: UUID, *, fence: int) -> bool:
        """Let it be done: gone, or waiting again if it was put once more meanwhile. False as `hold`."""
        if await self.run(self._removing_held(id, fence).where(JobRow.again_at.is_(None))):
            return True
        await KeptSteps(self._tx, self._scope).forget(id)
        once_more = self._held(id, fence).where(JobRow.again_at.is_not(None))
        return (
            await self.run(
                once_more.values(
                    state=_WAITING,
                    due_at=JobRow.again_at,
                    payload=JobRow.again,
                    attempts=0,
                    again_at=None,
                    again=None,
                    trouble=None,
                )
            )
            == 1
        )

    async def wait(self, id: UUID, *, fence: int, **values: object) -> bool:
        """Let it wait again. False as `hold`."""
        return await self.run(self._held(id, fence).values(state=_WAITING, **values)) == 1

    async def bury(self, id: UUID, *, fence: int, trouble: str) -> bool:
        """Let it be dead. False as `hold`."""
        dead = {"state": _DEAD, "trouble": trouble, "due_at": utc_now()}
        return await self.run(self._held(id, fence).values(**dead)) == 1

    async def retry(self, id: UUID, now: datetime) -> bool:
        """Let a dead one be tried again, or one that waits be tried at once; false if there is none, or another is."""
        twin = aliased(JobRow)
        is_there_another = (
            self.mine()
            .with_only_columns(twin.id)
            .where(twin.tenant_id == JobRow.tenant_id, twin.kind == JobRow.kind, twin.key == JobRow.key)
            .where(twin.id != JobRow.id, twin.state != _DEAD)
            .exists()
        )
        idle = self.changing().where(JobRow.id == id, JobRow.state != _RUNNING, not_(is_there_another))
        return await self.run(idle.values(state=_WAITING, due_at=now, attempts=0)) > 0

    async def recent(self, *, state: JobState | None, kind: str | None, cursor: str | None, limit: int) -> Page[JobRow]:
        """Newest first. Raises InvalidRequestError if the cursor is none of ours."""
        query = _narrowed(self.mine(), state, kind)
        return await self.page(query, by=JobRow.created_at, cursor=cursor, limit=limit)

    async def cancel_key(self, kind: str, key: str) -> bool:
        """Let nothing of a key be done any more; who is at it writes nothing more."""
        alive = self.removing().where(JobRow.kind == kind, JobRow.key == key, ALIVE)
        return await self.run(alive) > 0

    async def cancel_own(self, kind: str, lane: str | None) -> int:
        """Let nothing be done on the caller's behalf any more, also of what is dead; tell how much that was."""
        own = self.removing().where(JobRow.kind == kind, JobRow.owner_id == self._scope.actor_id)
        return await self.run(own if lane is None else own.where(JobRow.lane == lane))

    def _held(self, id: UUID, fence: int) -> Any:
        return self.changing().where(JobRow.id == id, JobRow.state == _RUNNING, JobRow.fence == fence)

    def _removing_held(self, id: UUID, fence: int) -> Any:
        return self.removing().where(JobRow.id == id, JobRow.state == _RUNNING, JobRow.fence == fence)


class KeptSteps(Repository[JobStepRow]):
    table = JobStepRow

    async def result(self, job_id: UUID, name: str) -> str | None:
        query = self.mine().where(JobStepRow.id == job_id, JobStepRow.name == name)
        row = (await self._tx.scalars(query)).one_or_none()
        return None if row is None else row.result

    async def forget(self, job_id: UUID) -> None:
        await self.run(self.removing().where(JobStepRow.id == job_id))

    async def forget_of_waiting(self, job_id: UUID) -> None:
        """What came of an order that another has replaced says nothing of that."""
        waiting = KeptJobs(self._tx, self._scope).mine().where(JobRow.id == job_id, JobRow.state == _WAITING)
        await self.run(self.removing().where(JobStepRow.id.in_(waiting.with_only_columns(JobRow.id))))


class AllJobs(SystemRepository[JobRow]):
    """Jobs of every organisation."""

    table = JobRow

    async def are_due(self, now: datetime, places: Places) -> bool:
        query = self.every().where(*self._due(now, places)).with_only_columns(JobRow.id).limit(1)
        return (await self._tx.scalars(query)).first() is not None

    async def claim(self, now: datetime, *, until: datetime, places: Places, replica: str) -> Sequence[JobRow]:
        """Take what is due: of each organisation the first, then of each the second, and so on.

        Args:
            now: What is due then.
            until: When they come due again, unless their worker lives.
            places: Counts them, and says how many more there may be.
            replica: Who takes them.
        """
        rank = func.row_number().over(
            partition_by=JobRow.tenant_id, order_by=(JobRow.priority.desc(), JobRow.due_at, JobRow.id)
        )
        due = self.every().where(*self._due(now, places))
        ranked = due.with_only_columns(JobRow.tenant_id, JobRow.id, rank.label("rank")).subquery()
        same = and_(ranked.c.tenant_id == JobRow.tenant_id, ranked.c.id == JobRow.id)
        # Whoever has some already goes behind as many of others'; then whoever was served longest ago goes first.
        behind = ranked.c.rank + _of_tenant(places.running)
        query = self.every().join(ranked, same).limit(places.free)
        query = query.order_by(behind, _of_tenant(places.served), JobRow.due_at, JobRow.id)
        # Asked again: another replica may have taken it since it was ranked.
        query = query.where(*self._due(now, places)).with_for_update(skip_locked=True, of=JobRow)
        found = list(await self._tx.scalars(query))
        taken = [row for row in found if places.take(row.kind, row.tenant_id)]
        for row in taken:
            row.state, row.due_at, row.replica = _RUNNING, until, replica
            row.attempts, row.fence = row.attempts + 1, row.fence + 1
        return taken

    def _due(self, now: datetime, places: Places) -> list[ColumnElement[bool]]:
        full = [and_(JobRow.kind == kind, JobRow.tenant_id == tenant) for kind, tenant in places.full]
        is_next = or_(JobRow.lane.is_(None), not_(self._is_behind()))
        conditions = [ALIVE, JobRow.due_at <= now, JobRow.kind.in_(places.open_kinds), is_next]
        return [*conditions, not_(or_(*full))] if full else conditions

    def _is_behind(self) -> ColumnElement[bool]:
        """Whether one that was put into its lane before is still alive."""
        before = aliased(JobRow, name="before")
        alive: ColumnElement[bool] = literal_column("before.state <> 'dead'")  # spelled out, as the index has it
        same = (getattr(before, name) == getattr(JobRow, name) for name in ("tenant_id", "kind", "lane"))
        earlier = tuple_(before.created_at, before.id) < tuple_(JobRow.created_at, JobRow.id)
        query = self.every().with_only_columns(before.id)
        return query.where(*same, alive, earlier).correlate(JobRow).exists()

    async def counts(self) -> Sequence[Count]:
        """Of all that there are, by kind and state."""
        query = (
            self.every()
            .with_only_columns(JobRow.kind, JobRow.state, func.count(), func.min(JobRow.due_at))
            .group_by(JobRow.kind, JobRow.state)
        )
        return [Count(*row) for row in await self._tx.execute(query)]

    async def found(self, id: UUID) -> JobRow | None:
        """One, whosever it is."""
        return (await self._tx.scalars(self.every().where(JobRow.id == id))).one_or_none()

    async def recent(self, *, state: JobState | None, kind: str | None, cursor: str | None, limit: int) -> Page[JobRow]:
        """Newest first. Raises InvalidRequestError if the cursor is none of ours."""
        query = _narrowed(self.every(), state, kind)
        query = newest_first(query, by=JobRow.created_at, id=JobRow.id, cursor=cursor).limit(limit + 1)
        return Page.of(list(await self._tx.scalars(query)), limit=limit, by=JobRow.created_at)


def _narrowed(query: Select[JobRow], state: JobState | None, kind: str | None) -> Select[JobRow]:
    query = query if state is None else query.where(JobRow.state == state.value)
    return query if kind is None else query.where(JobRow.kind == kind)


def _of_tenant(numbers: Mapping[UUID, int]) -> ColumnElement[int]:
    """A number by organisation; 0 for all others."""
    if not numbers:
        return literal(0)
    return case(*((JobRow.tenant_id == tenant, number) for tenant, number in numbers.items()), else_=0)


class Schedules(SystemRepository[JobScheduleRow]):
    table = JobScheduleRow

    async def due(self, now: datetime, names: Sequence[str]) -> Sequence[JobScheduleRow]:
        query = self.every().where(JobScheduleRow.name.in_(names), JobScheduleRow.due_at <= now)
        return list(await self._tx.scalars(query))

    async def move(self, name: str, *, since: datetime, to: datetime, **values: object) -> bool:
        """Let it be due at another moment; false if somebody else moved it."""
        same = self.changing().where(JobScheduleRow.name == name, JobScheduleRow.due_at == since)
        return await self.run(same.values(due_at=to, **values)) == 1

    async def all(self) -> Sequence[JobScheduleRow]:
        """Those that any version of the program knew."""
        return list(await self._tx.scalars(self.every().order_by(JobScheduleRow.name)))
