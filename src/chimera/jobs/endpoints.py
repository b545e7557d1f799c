"""`/api/v1/jobs`: what an organisation's work is waiting for, and what to do about what could not be done."""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query, status
from pydantic import Field, WithJsonSchema

from chimera.jobs.job import Wanted
from chimera.jobs.schemas import JobPage, JobRead, ScheduleList, ScheduleRead
from chimera.jobs.service import JobDesk
from chimera.jobs.states import JobState
from chimera.jobs.tables import JobRow
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import OPERATE, TENANT_MANAGE, TENANT_READ
from chimera.web.caller import needs
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

Reader: TypeAlias = Annotated[Scope, needs(TENANT_READ)]
Administrator: TypeAlias = Annotated[Scope, needs(TENANT_MANAGE)]
Operator: TypeAlias = Annotated[Scope, needs(OPERATE)]
# Described without null: an address cannot say it.
Cursor = Annotated[
    Annotated[str, Field(max_length=200)] | None,
    Query(description="`next_cursor` of the page before."),
    WithJsonSchema({"type": "string", "maxLength": 200}),
]
State = Annotated[
    JobState | None,
    Query(description="Only those that stand so."),
    WithJsonSchema({"type": "string", "enum": [state.value for state in JobState]}),
]
Kind = Annotated[
    Annotated[str, Field(max_length=100, pattern="^[^\\x00]*$")] | None,
    Query(description="Only this work."),
    WithJsonSchema({"type": "string", "maxLength": 100}),
]
_GONE = refusals({404: "It was done or cancelled, or never was."})
_BUSY = refusals({404: "It was done or cancelled, or never was.", 409: "It is being done, or another is in its place."})


def router(desk: JobDesk) -> APIRouter:
    api = LateRouter(prefix="/api/v1/jobs", tags=["jobs"])

    @api.get("")
    async def list_jobs(
        caller: Reader,
        state: State = None,
        kind: Kind = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        cursor: Cursor = None,
    ) -> JobPage:
        """The organisation's jobs, newest first. What is done is not among them."""
        page = await desk.recent(caller, Wanted(state=state, kind=kind), cursor=cursor, limit=limit)
        return JobPage(data=[_job(row) for row in page.rows], next_cursor=page.next_cursor)

    @api.get("/schedules")
    async def list_schedules(_caller: Operator) -> ScheduleList:
        """What is done again and again for the whole installation."""
        told = [ScheduleRead.model_validate(row, from_attributes=True) for row in await desk.schedules()]
        return ScheduleList(data=told)

    @api.get("/{job_id:uuid}", responses=_GONE)
    async def read_job(job_id: UUID, caller: Reader) -> JobRead:
        """How far it is."""
        return _job(await desk.get(caller, job_id))

    @api.post("/{job_id}/retry", responses=_BUSY)
    async def retry_job(job_id: UUID, caller: Administrator) -> JobRead:
        """Let it be done at once, as if it had never been tried: one that is dead, or waits."""
        return _job(await desk.retry(caller, job_id))

    @api.delete("/{job_id:uuid}", status_code=status.HTTP_204_NO_CONTENT, responses=_GONE)
    async def cancel_job(job_id: UUID, caller: Administrator) -> None:
        """Let it not be done. Of one that runs nothing more is written."""
        await desk.cancel(caller, job_id)

    return api


def _job(row: JobRow) -> JobRead:
    return JobRead.model_validate(row, from_attributes=True)
