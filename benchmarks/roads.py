"""`python -m benchmarks.roads`: what each API costs before each wire, beside a bare passthrough, in one run."""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import uvloop

from benchmarks.asking import ROADS, Road
from benchmarks.contenders import Contender, chimera, passthrough, start
from benchmarks.jobs import WorkerError, open_worker
from benchmarks.process import Running, StartError
from benchmarks.report import machine, today
from benchmarks.rounds import Bench, Round, Sizes

_COLUMNS = {
    "request_ms": "CPU per JSON request, ms",
    "chunk_us": "per chunk in bursts, us",
    "paced_chunk_us": "per chunk one by one, us",
}


async def travel(roads: Sequence[Road], sizes: Sizes) -> Mapping[str, Sequence[Round]]:
    """Measure one passthrough and one Chimera on all roads, the roads taking turns. Raises StartError, WorkerError."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chimera-bench-")))
        upstream = await stack.enter_async_context(open_worker("benchmarks.upstream"))
        client = await stack.enter_async_context(open_worker("benchmarks.load"))
        bench = Bench(upstream=upstream, client=client, sizes=sizes)
        floor = passthrough(upstream.greeting)
        ours = chimera(upstream.greeting, folder)
        targets: dict[str, tuple[Contender, Running]] = {
            floor.name: (floor, await stack.enter_async_context(start(floor, folder)))
        }
        running = await stack.enter_async_context(start(ours, folder))
        targets |= {road.name: (replace(ours, road=road), running) for road in roads}
        for contender, _ in targets.values():
            await bench.warm(contender)
        found: dict[str, list[Round]] = {name: [] for name in targets}
        for number in range(sizes.rounds):
            sys.stderr.write(f"… round {number + 1} of {sizes.rounds}\n")
            for name, (contender, each) in targets.items():
                found[name].append(await bench.round(contender, each))
        return found


def as_table(found: Mapping[str, Sequence[Round]]) -> str:
    """Return a Markdown table, a row a road: medians, with the least and the most."""
    lines = [f"| {' | '.join(['', *_COLUMNS.values()])} |", f"| --- {'| ---: ' * len(_COLUMNS)}|"]
    for name, rounds in found.items():
        cells = [_cell([getattr(each, column) for each in rounds]) for column in _COLUMNS]
        lines.append(f"| {' | '.join([name, *cells])} |")
    return "\n".join(lines)


def _cell(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


async def _run(rounds: int) -> int:
    try:
        found = await travel(ROADS, Sizes(rounds=rounds, requests=600, streams=200))
    except (StartError, WorkerError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    sys.stdout.write(f"{today()}, {machine()}, median of {rounds} rounds (least-most)\n\n{as_table(found)}\n")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roads", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    sys.exit(uvloop.run(_run(parser.parse_args().rounds)))
