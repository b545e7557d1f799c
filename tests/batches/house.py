"""Files and batches on a real database, with a clock that tests move and endpoints that they script."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chimera.batches.service import Answered, BatchAsked, Batches, BatchInfo, BatchPace, BatchRunner, Files, FileSweeper
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.privacy.holding import check_owner_is_not_held
from chimera.store import Database

CHAT = "/v1/chat/completions"
QUICK = BatchPace(
    concurrency=4, look_s=0.5, heartbeat_s=0.2, recheck_s=0.05, stale_s=2.0, pauses_s=(0.01, 0.01), parting_s=0.1
)
OVER = {"completed", "failed", "expired", "cancelled"}
Says = Callable[[str], Awaitable[Answered]]


def good(name: str, **more: Any) -> Answered:
    return Answered(status=200, body=json.dumps({"said": name}).encode(), request_id=f"req_{name}", **more)


def bad(status: int, **more: Any) -> Answered:
    return Answered(status=status, body=b'{\n  "error": "no"\n}', request_id="req_x", **more)


def somebody(tenant_id: UUID | None = None) -> Scope:
    return Scope(tenant_id=tenant_id or new_id(), actor_id=new_id(), permissions=frozenset({"chat"}))


def line(name: str) -> bytes:
    return json.dumps({"custom_id": name, "method": "POST", "url": CHAT, "body": {"name": name}}).encode()


@dataclass(slots=True, eq=False)
class Endpoint:
    """Our own endpoint as a batch asks it: says what the test wants, and counts.

    Attributes:
        says: Answers the line of a name.
        asked: How often each line was asked.
        most: The most that were in flight at once.
    """

    says: Says
    asked: Counter[str] = field(default_factory=Counter[str])
    in_flight: int = 0
    most: int = 0
    arrival: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self, scope: Scope, path: str, body: bytes) -> Answered:
        name = json.loads(body)["name"]
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        async with self.arrival:
            self.asked[name] += 1
            self.arrival.notify_all()
        try:
            return await self.says(name)
        finally:
            self.in_flight -= 1

    async def heard(self, count: int) -> None:
        """Wait until so many lines were asked."""
        async with asyncio.timeout(10), self.arrival:
            await self.arrival.wait_for(lambda: self.asked.total() >= count)


@dataclass(slots=True, eq=False)
class House:
    database: Database
    ahead: timedelta = timedelta()
    gone: bool = False
    runners: list[BatchRunner] = field(default_factory=list[BatchRunner])

    def clock(self) -> datetime:
        return utc_now() + self.ahead

    @property
    def files(self) -> Files:
        return Files(database=self.database, clock=self.clock, largest=2**30, may_go=check_owner_is_not_held)

    @property
    def sweeper(self) -> FileSweeper:
        return FileSweeper(database=self.database, clock=self.clock, may_go=check_owner_is_not_held)

    @property
    def batches(self) -> Batches:
        return Batches(database=self.database, clock=self.clock, on_made=self._wake)

    def runner(self, execute: Endpoint, pace: BatchPace = QUICK) -> BatchRunner:
        return BatchRunner(
            database=self.database,
            files=self.files,
            execute=execute,
            acting=self._acting,
            clock=self.clock,
            pace=pace,
            replica=str(new_id()),
        )

    @asynccontextmanager
    async def running(self, execute: Endpoint, pace: BatchPace = QUICK) -> AsyncGenerator[BatchRunner]:
        runner = self.runner(execute, pace)
        task = asyncio.ensure_future(runner.run())
        self.runners.append(runner)
        try:
            yield runner
        finally:
            self.runners.remove(runner)
            task.cancel()
            await asyncio.wait({task})
            assert task.cancelled(), task.exception()

    async def file(self, scope: Scope, content: bytes, name: str = "in.jsonl", **more: Any) -> UUID:
        async with self.files.writing(scope, name) as writer:
            await writer.write(content)
            chosen = {"purpose": "batch", "lasts_s": None} | more
            return (await self.files.finish(scope, writer, **chosen)).id

    async def begin(self, scope: Scope, names: Sequence[str]) -> BatchInfo:
        file_id = await self.file(scope, b"\n".join(map(line, names)))
        return await self.batches.create(scope, BatchAsked(endpoint=CHAT, input_file_id=file_id))

    async def over(self, scope: Scope, batch: BatchInfo) -> BatchInfo:
        """Look until it has ended."""
        async with asyncio.timeout(20):
            while batch.status.value not in OVER:
                await asyncio.sleep(0.01)
                batch = await self.batches.info(scope, batch.id)
        return batch

    async def answered(self, scope: Scope, batch: BatchInfo, count: int) -> BatchInfo:
        """Look until so many of its lines have their results."""
        async with asyncio.timeout(20):
            while batch.completed < count:
                await asyncio.sleep(0.01)
                batch = await self.batches.info(scope, batch.id)
        return batch

    async def read(self, scope: Scope, file_id: UUID | None) -> bytes:
        if file_id is None:
            return b""
        async with aclosing(self.files.content(scope, file_id)) as pieces:
            return b"".join([piece async for piece in pieces])

    async def told(self, scope: Scope, file_id: UUID | None) -> list[dict[str, Any]]:
        return [json.loads(one) for one in (await self.read(scope, file_id)).splitlines()]

    def _wake(self) -> None:
        for runner in self.runners:
            runner.wake()

    async def _acting(self, maker: Scope) -> Scope | None:
        return None if self.gone else maker
