"""The rooms of stored responses, put together around a model that says what a test tells it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from tests.conversations.house import Model, Tasks, Unsteady

from chimera.adapters.event_buses.memory import MemoryBus
from chimera.compat.openai.responses.telling import Telling
from chimera.conversations.bus import EventBus
from chimera.gateway.call import new_call
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Message, Request, Text
from chimera.privacy.holding import check_owner_is_not_held
from chimera.responses.frames import read, split
from chimera.responses.names import id_of, public_name
from chimera.responses.service import (
    BEFORE_ALL,
    BackgroundRoom,
    Desk,
    History,
    Pace,
    Question,
    Reaper,
    Responses,
    responses_of,
)
from chimera.responses.waking import events_topic
from chimera.store import Database, Transaction
from chimera.wires.openai_chat import encode_error
from chimera.wires.openai_responses import Head, response_object

QUICK = Pace(coalesce_s=0.002, heartbeat_s=0.05, stale_s=30, poll_s=0.05)
ITEM = {"type": "message", "role": "user", "id": "msg_1", "content": [{"type": "input_text", "text": "Why?"}]}


def body(question: Question, status: str = "completed", *output: dict[str, Any]) -> dict[str, Any]:
    head = Head(id=public_name(question.id), created_at=1, model=question.model)
    return response_object(head, None, status) | {"output": list(output)}


def said(text: str, name: str = "msg_a") -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}]
    return {"type": "message", "id": name, "role": "assistant", "status": "completed", "content": content}


@dataclass(slots=True, kw_only=True)
class House:
    """One replica."""

    database: Database
    tasks: Tasks
    model: Model = field(default_factory=Model)
    bus: EventBus = field(default_factory=MemoryBus)
    pace: Pace = QUICK
    clock: Callable[[], datetime] = utc_now
    room: BackgroundRoom = field(default_factory=BackgroundRoom)
    rooms: Responses = field(init=False)
    reaper: Reaper = field(init=False)

    def __post_init__(self) -> None:
        desk = Desk(
            database=self.database,
            bus=self.bus,
            gateway=self.model,
            pace=self.pace,
            clock=self.clock,
            encode_error=encode_error,
            may_go=check_owner_is_not_held,
        )
        self.rooms = responses_of(desk, self.room, spawn=self.tasks.spawn, replica="a")
        self.reaper = Reaper(desk=desk)

    def die(self) -> None:
        """From now on, tasks never begin: as if the process had ended in between."""
        self.rooms.runs.spawn = _never_begun

    async def keep(
        self, scope: Scope, *output: dict[str, Any], after: str | None = None, status: str = "completed"
    ) -> str:
        """Keep an answer that somebody waited for; return its name."""
        history = await self.rooms.archive.history(scope, after)
        question = Question(id=new_id(), model="test/model", items=[ITEM], history=history)
        await self.rooms.archive.keep(scope, question, body(question, status, *output))
        return public_name(question.id)

    async def begin(self, scope: Scope, *, streamed: bool = True) -> str:
        """Begin a response in the background; return its name."""
        question = Question(id=new_id(), model="test/model", items=[ITEM], history=History(), streamed=streamed)
        head = Head(id=public_name(question.id), created_at=1, model=question.model, background=True)
        request = Request(model="test/model", messages=(Message(role="user", parts=(Text(text="Why?"),)),))
        call = new_call(scope, request, patience_s=20)
        await self.rooms.runs.begin(question, call, Telling(head=head), response_object(head, None, "queued"))
        return public_name(question.id)

    async def get(self, scope: Scope, name: str) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(await self.rooms.archive.get(scope, name))
        return found

    async def ended(self, scope: Scope, name: str) -> dict[str, Any]:
        found_id = id_of(name)
        assert found_id is not None
        async with asyncio.timeout(15), self.bus.subscribe(events_topic(found_id)) as bell:
            while (found := await self.get(scope, name))["status"] in {"queued", "in_progress"}:
                await bell.wait(0.05)
        return found

    async def events(self, scope: Scope, name: str, after: int = BEFORE_ALL) -> list[tuple[int, str]]:
        """Numbers and names of all events of a response until its end."""
        found = await self.rooms.readers.find(scope, name)
        async with aclosing(self.rooms.readers.follow(scope, found, after)) as blocks:
            told = [read(frame) async for block in blocks for frame in split(block)]
        return [(one.sequence_number, one.type) for one in told]


class Shaky(Unsteady):
    """A database whose next writes fail, but that can be read."""

    @asynccontextmanager
    async def reading(self, scope: Scope) -> AsyncGenerator[Transaction]:
        async with self.sound.reading(scope) as tx:
            yield tx


def _never_begun(work: Coroutine[None, None, None]) -> Any:
    work.close()
    return asyncio.get_running_loop().create_future()


def later() -> datetime:
    return utc_now() + timedelta(seconds=31)


def long_ago() -> datetime:
    return datetime(2026, 1, 1, tzinfo=utc_now().tzinfo)
