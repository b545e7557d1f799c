"""The load generator: a client in its own process, whose CPU is nobody's. Every answer is checked, none is trusted."""

import asyncio
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import aiohttp
import uvloop

from benchmarks.jobs import Ail, Hang, Hold, Job, Load, Outcome, Release, Say, work

_CONNECTING_AT_ONCE = 64


class AnswerError(Exception):
    """An answer that is not the one the upstream gave."""


@dataclass(slots=True)
class _Client:
    held: list[aiohttp.ClientResponse] = field(default_factory=list[aiohttp.ClientResponse])
    session: aiohttp.ClientSession | None = None

    async def handle(self, job: Job) -> Outcome:
        match job:
            case Load():
                return await _load(job)
            case Hold():
                await self._hold(job)
            case Release():
                await self._release()
            case Say() | Hang() | Ail():
                raise ValueError("not a job of the load generator")
        return Outcome()

    async def _hold(self, job: Hold) -> None:
        self.session = _session()
        gate = asyncio.Semaphore(_CONNECTING_AT_ONCE)

        async def open_one(session: aiohttp.ClientSession) -> None:
            async with gate:
                response = await session.post(job.url, data=job.body, headers=job.headers)
                self.held.append(response)
                while b"word" not in (data := await response.content.readany()):
                    if not data:
                        raise AnswerError(f"status {response.status}, and the stream ended before its first word")

        async with asyncio.TaskGroup() as group:
            for _ in range(job.count):
                group.create_task(open_one(self.session))

    async def _release(self) -> None:
        for response in self.held:
            response.close()
        self.held.clear()
        if self.session is not None:
            await self.session.close()
            self.session = None


async def _load(job: Load) -> Outcome:
    latencies_ms: list[float] = []
    turns = iter(range(job.count))
    async with _session() as session, asyncio.TaskGroup() as group:
        if job.rate is not None:
            begun = time.perf_counter()
            for number in turns:
                await asyncio.sleep(begun + number / job.rate - time.perf_counter())
                group.create_task(_take_turns(session, job, iter((number,)), latencies_ms))
        for _ in range(min(job.concurrency, job.count)):
            group.create_task(_take_turns(session, job, turns, latencies_ms))
    return Outcome(latencies_ms=latencies_ms)


async def _take_turns(
    session: aiohttp.ClientSession, job: Load, turns: Iterator[int], latencies_ms: list[float]
) -> None:
    for _ in turns:
        fresh = {job.fresh_header: str(uuid.uuid4())} if job.fresh_header else {}
        start = time.perf_counter()
        async with session.post(job.url, data=job.body, headers=job.headers | fresh) as response:
            body = await response.read()
        latencies_ms.append((time.perf_counter() - start) * 1000)
        _check(response, body, job)


def _check(response: aiohttp.ClientResponse, body: bytes, job: Load) -> None:
    heard = body.count(b"word")
    whole = (
        response.content_type != "text/event-stream"
        or job.end.encode() in body.rstrip(b"\n").rpartition(b"\n\n")[2] + b"\n\n"
    )
    if response.status != 200 or heard != job.words or not whole:
        raise AnswerError(f"status {response.status}, {heard} of {job.words} words, whole: {whole}: {body[-300:]!r}")


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=120),
        headers={"Content-Type": "application/json"},
    )


if __name__ == "__main__":
    uvloop.run(work("ready", _Client().handle))
