"""`chimera jobs`: what is to be done for all organisations, over the database."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple
from uuid import UUID

import typer
from rich.text import Text

from chimera.adapters.event_buses.memory import MemoryBus
from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.cli.printing import counted, on_output, print_json, tame
from chimera.bootstrap.cli.tenants import at_desk
from chimera.bootstrap.settings import Settings, load
from chimera.jobs.job import Wanted
from chimera.jobs.schemas import JobRead, ScheduleRead
from chimera.jobs.service import JobDesk, Jobs
from chimera.jobs.states import JobState
from chimera.kit.scope import Scope
from chimera.tenancy.people.by_hand import by_hand

_AT_ONCE = 500


class _Told(NamedTuple):
    """A job, and whose it is."""

    tenant_id: UUID
    job: JobRead


def run_list(flags: Mapping[str, object], *, state: str | None, kind: str | None, as_json: bool) -> int:
    with or_say_why():
        found = asyncio.run(_all(load(flags=flags), Wanted(state=_state(state), kind=kind)))
        if as_json:
            print_json([_plain(one) for one in found])
        else:
            for one in found:
                on_output().print(_line(one))
            on_output().print(f"{counted(len(found), 'job')}.")
    return 0


def run_show(flags: Mapping[str, object], job: str, *, as_json: bool) -> int:
    with or_say_why():
        _print(asyncio.run(_one(load(flags=flags), _id(job))), as_json=as_json)
    return 0


def run_retry(flags: Mapping[str, object], job: str, *, as_json: bool) -> int:
    with or_say_why():
        _print(asyncio.run(_retried(load(flags=flags), _id(job))), as_json=as_json)
    return 0


def run_cancel(flags: Mapping[str, object], job: str) -> int:
    with or_say_why():
        asyncio.run(_cancel(load(flags=flags), _id(job)))
        on_output().print("It is cancelled. Of one that was running nothing more is written.")
    return 0


def run_schedules(flags: Mapping[str, object], *, as_json: bool) -> int:
    with or_say_why():
        found = asyncio.run(_schedules(load(flags=flags)))
        if as_json:
            print_json([_plain_schedule(one) for one in found])
        else:
            for one in found:
                on_output().print(_schedule_line(one))
            on_output().print(f"{counted(len(found), 'schedule')}.")
    return 0


@asynccontextmanager
async def _desk(settings: Settings) -> AsyncGenerator[JobDesk]:
    async with at_desk(settings) as desk:
        # Servers look by themselves within 5 seconds.
        yield JobDesk(database=desk.database, jobs=Jobs(wakes=MemoryBus()), recorder=desk.recorder)


async def _all(settings: Settings, wanted: Wanted) -> Sequence[_Told]:
    async with _desk(settings) as desk:
        found, cursor = list[_Told](), None
        while True:
            page = await desk.of_all(wanted, cursor=cursor, limit=_AT_ONCE)
            found += [_Told(row.tenant_id, _read(row)) for row in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                return found


async def _one(settings: Settings, id: UUID) -> _Told:
    async with _desk(settings) as desk:
        whose = await _whose(desk, id)
        return _Told(whose.tenant_id, _read(await desk.get(whose, id)))


async def _retried(settings: Settings, id: UUID) -> _Told:
    async with _desk(settings) as desk:
        whose = await _whose(desk, id)
        return _Told(whose.tenant_id, _read(await desk.retry(whose, id)))


async def _cancel(settings: Settings, id: UUID) -> None:
    async with _desk(settings) as desk:
        await desk.cancel(await _whose(desk, id), id)


async def _schedules(settings: Settings) -> Sequence[ScheduleRead]:
    async with _desk(settings) as desk:
        return [ScheduleRead.model_validate(row, from_attributes=True) for row in await desk.schedules()]


async def _whose(desk: JobDesk, id: UUID) -> Scope:
    return by_hand(await desk.tenant_of(id))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise typer.BadParameter("`chimera jobs list` tells the ids.", param_hint="JOB") from error


def _state(text: str | None) -> JobState | None:
    if text is not None and text not in set(JobState):
        raise typer.BadParameter(f"Choose one of {', '.join(JobState)}.", param_hint="--state")
    return None if text is None else JobState(text)


def _read(row: object) -> JobRead:
    return JobRead.model_validate(row, from_attributes=True)


def _print(one: _Told, *, as_json: bool) -> None:
    if as_json:
        print_json(_plain(one))
    else:
        on_output().print(_line(one))


def _line(one: _Told) -> Text:
    job = one.job
    trouble = f"  {tame(job.trouble)}" if job.trouble else ""
    tried = f"{counted(job.attempts, 'attempt')}, due {job.due_at:%Y-%m-%d %H:%M}"
    style = "red" if job.state is JobState.DEAD else ""
    return Text(f"{job.id}  {tame(job.kind)}  {job.state}  {tried}  of {one.tenant_id}{trouble}", style=style)


def _plain(one: _Told) -> dict[str, object]:
    return {"tenant_id": str(one.tenant_id), **one.job.model_dump(mode="json")}


def _schedule_line(row: ScheduleRead) -> Text:
    last = f"last {row.done_at:%Y-%m-%d %H:%M}: {tame(row.trouble or 'well')}" if row.done_at else "never yet"
    return Text(f"{tame(row.name)}  next {row.due_at:%Y-%m-%d %H:%M}  {last}", style="red" if row.trouble else "")


def _plain_schedule(row: ScheduleRead) -> dict[str, object]:
    return {"name": row.name, "due_at": row.due_at, "done_at": row.done_at, "trouble": row.trouble}
