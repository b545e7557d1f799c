"""`python -m benchmarks.caching`: what an answer from the cache costs over HTTP, beside one from the provider."""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.contenders import Contender, chimera, start
from benchmarks.jobs import Load, Say, Worker, WorkerError, open_worker
from benchmarks.process import Running, StartError
from benchmarks.report import machine, percentile, today

WORDS = 20
_SETTLE_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a request is answered: under which mode of the policy, and what its caller wishes."""

    name: str
    mode: str
    wish: str = "default"
    stream: bool = False


WAYS = (
    Way(name="from the provider, cache off", mode="off"),
    Way(name="from the provider, and kept", mode="exact", wish="refresh"),
    Way(name="from the cache", mode="exact"),
    Way(name="from the provider, streamed", mode="off", stream=True),
    Way(name="from the cache, streamed", mode="exact", stream=True),
)


@dataclass(slots=True)
class Found:
    cpu_ms: list[float]
    latencies_ms: list[float]


async def measure(rounds: int, requests: int) -> dict[str, Found]:
    """Ask one Chimera in all ways, taking turns. Raises StartError, WorkerError."""
    found = {way.name: Found([], []) for way in WAYS}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chimera-bench-")))
        upstream = await stack.enter_async_context(open_worker("benchmarks.upstream"))
        client = await stack.enter_async_context(open_worker("benchmarks.load"))
        ours = chimera(upstream.greeting, folder)
        running = await stack.enter_async_context(start(ours, folder))
        await upstream.do(Say(chunks=WORDS))
        for number in range(rounds + 1):
            for way in WAYS:
                cpu_ms, latencies_ms = await _asked(ours, running, client, way, requests)
                if number:  # the first round warms up
                    found[way.name].cpu_ms.append(cpu_ms)
                    found[way.name].latencies_ms += latencies_ms
    return found


async def _asked(
    ours: Contender, running: Running, client: Worker, way: Way, requests: int
) -> tuple[float, Sequence[float]]:
    await asyncio.to_thread(_decide, ours, way.mode)
    load = Load(
        url=ours.url,
        headers=ours.headers | {"x-chimera-cache": way.wish},
        body=ours.road.body(stream=way.stream),
        count=requests,
        concurrency=8,
        words=WORDS,
        end=ours.road.end,
    )
    before_s = running.cpu_s()
    await client.do(load)
    await asyncio.sleep(_SETTLE_S)
    cpu_ms = 1e3 * (running.cpu_s() - before_s) / requests
    alone = await client.do(
        Load(**{name: getattr(load, name) for name in load.__struct_fields__} | {"count": 100, "concurrency": 1})
    )
    return cpu_ms, alone.latencies_ms


def _decide(ours: Contender, mode: str) -> None:
    """Set the policy, as an owner does."""
    request = urllib.request.Request(
        f"{ours.address}/api/v1/policies/cache",
        data=json.dumps({"mode": mode}).encode(),
        headers=ours.headers | {"content-type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(request) as answer:
        answer.read()


def as_table(found: dict[str, Found]) -> str:
    lines = ["| answer of 20 words | CPU, ms | p50, ms | p95, ms |", "| --- | ---: | ---: | ---: |"]
    for name, figures in found.items():
        cpu = statistics.median(figures.cpu_ms)
        p50, p95 = (percentile(figures.latencies_ms, share) for share in (50, 95))
        lines.append(
            f"| {name} | {cpu:.2f} ({min(figures.cpu_ms):.2f}-{max(figures.cpu_ms):.2f}) | {p50:.2f} | {p95:.2f} |"
        )
    return "\n".join(lines)


async def _run(rounds: int, requests: int) -> int:
    try:
        found = await measure(rounds, requests)
    except (StartError, WorkerError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    sys.stdout.write(f"{today()}, {machine()}, {rounds} rounds\n\n{as_table(found)}\n")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.caching", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=600)
    chosen = parser.parse_args()
    sys.exit(uvloop.run(_run(chosen.rounds, chosen.requests)))
