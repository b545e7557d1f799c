"""`python -m benchmarks.sockets`: a thousand WebSockets and a thousand streams on one process, slow readers among them.

Every reader's events are counted and its text compared; memory is the server's, per connection that is open.
"""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import uvloop

from benchmarks.contenders import Contender, chimera, start
from benchmarks.jobs import Say, open_worker
from benchmarks.process import Running
from benchmarks.report import machine, percentile, today
from benchmarks.upstream import text

_SLOW_EVERY = 50
_SLOW_S = 0.3
_CONVERSATION_OF = 20


@dataclass(slots=True)
class Reader:
    """What one connection heard of a turn, and when."""

    turn_id: "asyncio.Future[str]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    numbers: list[int] = field(default_factory=list[int])
    words: list[str] = field(default_factory=list[str])
    at: list[float] = field(default_factory=list[float])

    def take(self, number: int, name: str, data: dict[str, str]) -> bool:
        """Note an event; tell whether it was the last."""
        self.numbers.append(number)
        self.at.append(time.perf_counter())
        if name == "text.delta":
            self.words.append(data["text"])
        return name == "turn.finished"


async def measure(connections: int, chunks: int, delay_ms: float) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chimera-sockets-")))
        upstream = await stack.enter_async_context(open_worker("benchmarks.upstream"))
        bounds = json.dumps({"per_person": 2 * connections, "per_process": 2 * connections})
        made = chimera(upstream.greeting, folder)
        made = replace(made, environment={**made.environment, "CHIMERA_SOCKETS": bounds})
        server = await stack.enter_async_context(start(made, folder))
        await upstream.do(Say(chunks=chunks, delay_ms=delay_ms))
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=None)
        session = aiohttp.ClientSession(connector=connector, timeout=timeout, headers=made.headers)
        await stack.enter_async_context(session)
        await _round(session, made, server, connections, text(chunks))


async def _round(
    session: aiohttp.ClientSession, server: Contender, process: Running, connections: int, expected: str
) -> None:
    places = [await _conversation(session, server) for _ in range(max(1, connections // _CONVERSATION_OF))]
    before_mb = process.memory_mb()
    heard = [Reader() for _ in range(2 * connections)]
    sockets: list[aiohttp.ClientWebSocketResponse] = []
    async with asyncio.TaskGroup() as group:
        for n in range(connections):
            sockets.append(await _socket(session, server, places[n % len(places)]))
            group.create_task(_read_socket(sockets[n], heard[n], is_slow=_is_slow(n)))
        idle_mb = process.memory_mb()
        _say(f"{connections} sockets, silent: {before_mb:.1f} -> {idle_mb:.1f} MB", (idle_mb - before_mb) / connections)
        cpu_s, began = process.cpu_s(), time.perf_counter()
        for socket in sockets[: len(places)]:
            await socket.send_json({"type": "message", "text": "Hi", "model": "openai/gpt-4o"})
        turns = [await one.turn_id for one in heard[: len(places)]]
        for n in range(connections):
            reading = _read_stream(session, server, turns[n % len(places)], heard[connections + n], is_slow=_is_slow(n))
            group.create_task(reading)
        peak = group.create_task(_peak(process, began, heard))
    lasted_s, cpu_s = time.perf_counter() - began, process.cpu_s() - cpu_s
    _say(f"{2 * connections} readers: at most {peak.result():.1f} MB", (peak.result() - before_mb) / len(heard))
    whole = sum("".join(one.words) == expected and one.numbers == [*range(1, len(one.numbers) + 1)] for one in heard)
    sys.stdout.write(f"heard all, once, in order: {whole} of {len(heard)} in {lasted_s:.1f} s, {cpu_s:.1f} s of CPU\n")
    sys.stdout.write(f"an event after its first reader had it, ms: {_lateness(heard, len(places), connections)}\n")
    for socket in sockets:
        await socket.close()


async def _conversation(session: aiohttp.ClientSession, server: Contender) -> str:
    async with session.post(f"{server.address}/api/v1/conversations") as answer:
        return str((await answer.json())["id"])


async def _socket(session: aiohttp.ClientSession, server: Contender, place: str) -> aiohttp.ClientWebSocketResponse:
    socket = await session.ws_connect(f"{server.address}/api/v1/ws/{place}", max_msg_size=0)
    while (await socket.receive_json())["type"] != "entered":
        pass
    return socket


async def _read_socket(socket: aiohttp.ClientWebSocketResponse, reader: Reader, *, is_slow: bool) -> None:
    while True:
        if is_slow:
            await asyncio.sleep(_SLOW_S)
        frame = await socket.receive_json()
        if frame["type"] == "error":
            raise RuntimeError(frame["problem"])
        if "seq" in frame and not reader.turn_id.done():
            reader.turn_id.set_result(frame["turn_id"])
        if "seq" in frame and reader.take(frame["seq"], frame["type"], frame["data"]):
            return


async def _read_stream(
    session: aiohttp.ClientSession, server: Contender, turn: str, reader: Reader, *, is_slow: bool
) -> None:
    async with session.get(f"{server.address}/api/v1/turns/{turn}/events") as answer:
        fields: dict[str, str] = {}
        async for line in answer.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
                continue
            if "id" in fields and reader.take(int(fields["id"]), fields["event"], json.loads(fields["data"])):
                return
            fields = {}
            if is_slow:
                await asyncio.sleep(_SLOW_S)


async def _peak(process: Running, began: float, heard: Sequence[Reader]) -> float:
    """The most memory that the server had until everybody began to hear."""
    most = 0.0
    while not all(one.numbers for one in heard) and time.perf_counter() - began < 60:
        await asyncio.sleep(0.2)
        most = max(most, process.memory_mb())
    return max(most, process.memory_mb())


def _lateness(heard: Sequence[Reader], turns: int, connections: int) -> str:
    """How long after the first reader of its turn the others had an event; of readers that are not slow."""
    firsts: dict[tuple[int, int], float] = {}
    for n, one in enumerate(heard):
        for number, at in zip(one.numbers, one.at, strict=True):
            key = ((n % connections) % turns, number)
            firsts[key] = min(at, firsts.get(key, at))
    late = [
        (at - firsts[(n % connections) % turns, number]) * 1000
        for n, one in enumerate(heard)
        if not _is_slow(n % connections)
        for number, at in list(zip(one.numbers, one.at, strict=True))[1:]
    ]
    return ", ".join(f"P{percent} {percentile(late, percent):.0f}" for percent in (50, 95, 99))


def _is_slow(n: int) -> bool:
    return n % _SLOW_EVERY == _SLOW_EVERY - 1


def _say(what: str, each_mb: float) -> None:
    sys.stdout.write(f"{what}, {each_mb * 1000:.1f} kB each\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sockets", description=__doc__)
    parser.add_argument("--connections", type=int, default=1000, help="sockets, and as many streams")
    parser.add_argument("--chunks", type=int, default=100)
    parser.add_argument("--delay-ms", type=float, default=100.0)
    said = parser.parse_args()
    sys.stdout.write(f"{today()}, {machine()}\n")
    uvloop.run(measure(said.connections, said.chunks, said.delay_ms))


if __name__ == "__main__":
    main()
