"""The measuring itself: what a round asks of a contender, and how CPU time becomes a cost per request or chunk."""

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from benchmarks.contenders import Contender
from benchmarks.jobs import Hang, Hold, Load, Release, Say, Worker
from benchmarks.process import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is asked in one round of a contender whose weight is 1.

    Attributes:
        settle_s: Waited after each load: logs, ledgers and callbacks put off belong to the requests that caused them.
    """

    rounds: int = 5
    requests: int = 1000
    streams: int = 400
    paced: int = 16
    concurrency: int = 16
    few_chunks: int = 20
    many_chunks: int = 200
    pace_ms: float = 5.0
    held: int = 500
    latency_requests: int = 100
    latency_pause_s: float = 0.02
    settle_s: float = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The costs that one round found: CPU time of the contender's processes, nobody else's.

    Attributes:
        request_ms: A JSON request whose short answer is there at once.
        slow_request_ms: A JSON request whose long answer takes the upstream a second: who asks it to stream, pays here.
        chunk_us: A chunk more in a stream that comes as fast as it can, many chunks a read.
        paced_chunk_us: A chunk more in a stream that comes as models write, a chunk a read.
    """

    request_ms: float
    slow_request_ms: float
    chunk_us: float
    paced_chunk_us: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Upstream and load generator, ready to measure whoever runs."""

    upstream: Worker
    client: Worker
    sizes: Sizes

    async def warm(self, contender: Contender) -> None:
        """Let a contender load what it loads late."""
        await self.upstream.do(Say(chunks=self.sizes.few_chunks))
        for stream in (False, True)[: 1 + contender.streams]:
            await self.client.do(self._load(contender, stream=stream, count=2 * self.sizes.concurrency))

    async def round(self, contender: Contender, running: Running) -> Round:
        """Measure a contender once."""
        sizes, least = self.sizes, self.sizes.concurrency
        requests = max(least, round(sizes.requests * contender.weight))
        streams = max(least, round(sizes.streams * contender.weight))
        await self.upstream.do(Say(chunks=sizes.few_chunks))
        request_s = await self._cost(running, self._load(contender, stream=False, count=requests))
        chunk_s = paced_chunk_s = math.nan
        if contender.streams:
            chunk_s = await self._chunk_s(contender, running, count=streams, pace_ms=0.0)
            paced_chunk_s = await self._chunk_s(contender, running, count=sizes.paced, pace_ms=sizes.pace_ms)
        await self.upstream.do(Say(chunks=sizes.many_chunks, delay_ms=sizes.pace_ms))
        slow = self._load(contender, stream=False, count=sizes.paced, words=sizes.many_chunks)
        return Round(
            request_ms=request_s * 1e3,
            slow_request_ms=await self._cost(running, slow) * 1e3,
            chunk_us=chunk_s * 1e6,
            paced_chunk_us=paced_chunk_s * 1e6,
        )

    async def _chunk_s(self, contender: Contender, running: Running, *, count: int, pace_ms: float) -> float:
        costs_s: list[float] = []
        for chunks in (self.sizes.few_chunks, self.sizes.many_chunks):
            await self.upstream.do(Say(chunks=chunks, delay_ms=pace_ms))
            load = self._load(contender, stream=True, count=count, words=chunks)
            costs_s.append(await self._cost(running, load))
        return (costs_s[1] - costs_s[0]) / (self.sizes.many_chunks - self.sizes.few_chunks)

    async def _cost(self, running: Running, load: Load) -> float:
        """Return the CPU seconds that each request of a load costs."""
        before_s = running.cpu_s()
        await self.client.do(load)
        await asyncio.sleep(self.sizes.settle_s)
        return (running.cpu_s() - before_s) / load.count

    async def latencies_ms(self, targets: Mapping[str, Contender]) -> Mapping[str, Sequence[float]]:
        """Time single requests, the targets taking turns, with pauses: nobody is busy, nobody is favoured."""
        await self.upstream.do(Say(chunks=self.sizes.few_chunks))
        found: dict[str, list[float]] = {name: [] for name in targets}
        for _ in range(self.sizes.latency_requests):
            for name, target in targets.items():
                await asyncio.sleep(self.sizes.latency_pause_s)
                # The first request of a load pays for its connection.
                outcome = await self.client.do(self._load(target, stream=False, count=2, concurrency=1))
                found[name].append(outcome.latencies_ms[-1])
        return found

    async def half_loaded_ms(self, contender: Contender, floor: Contender) -> tuple[Sequence[float], Sequence[float]]:
        """Time requests that come at half the rate that a contender can stand, and as many at that rate to `floor`."""
        await self.upstream.do(Say(chunks=self.sizes.few_chunks))
        count = max(self.sizes.concurrency, round(self.sizes.requests * contender.weight))
        begun = time.perf_counter()
        await self.client.do(self._load(contender, stream=False, count=count))
        rate = count / (time.perf_counter() - begun) / 2
        found: list[Sequence[float]] = []
        for target in (contender, floor):
            load = msgspec.structs.replace(self._load(target, stream=False, count=2 * count), rate=rate)
            # The first ones pay for their connections.
            found.append((await self.client.do(load)).latencies_ms[count // 10 :])
            await asyncio.sleep(self.sizes.settle_s)
        return found[0], found[1]

    async def held_stream_kb(self, contender: Contender, running: Running) -> float:
        """Open streams that fall silent, and return the resident memory that each takes."""
        if not contender.streams:
            return math.nan
        before_mb = running.memory_mb()
        await self.upstream.do(Say(chunks=self.sizes.few_chunks))
        await self.upstream.do(Hang(count=self.sizes.held))
        body = contender.road.body(stream=True)
        await self.client.do(Hold(url=contender.url, headers=contender.headers, body=body, count=self.sizes.held))
        await asyncio.sleep(self.sizes.settle_s)
        taken_mb = running.memory_mb() - before_mb
        await self.client.do(Release())
        return taken_mb * 1e3 / self.sizes.held

    def _load(
        self,
        contender: Contender,
        *,
        stream: bool,
        count: int,
        words: int | None = None,
        concurrency: int | None = None,
    ) -> Load:
        return Load(
            url=contender.url,
            headers=contender.headers,
            body=contender.road.body(stream=stream),
            count=count,
            concurrency=concurrency or self.sizes.concurrency,
            words=(words or self.sizes.few_chunks) * (contender.road.said if stream else 1),
            end=contender.road.end,
            fresh_header=contender.road.fresh_header,
        )
