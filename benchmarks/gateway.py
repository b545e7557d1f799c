"""`python -m benchmarks.gateway`: Chimera, a bare passthrough, LiteLLM's proxy and Portkey's in interleaved rounds."""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, fields
from pathlib import Path

import uvloop

from benchmarks.contenders import (
    Contender,
    chimera,
    direct,
    install_litellm,
    install_portkey,
    litellm,
    passthrough,
    portkey,
    start,
)
from benchmarks.jobs import WorkerError, open_worker
from benchmarks.process import Running, StartError
from benchmarks.report import Figures, Report, machine, percentile, today
from benchmarks.rounds import Bench, Round, Sizes

_DIRECT = "direct"


@dataclass(slots=True, kw_only=True)
class Candidate:
    """A contender on its way through a run, with what has been found so far."""

    contender: Contender
    running: Running
    idle_mb: float
    peak_mb: float = 0.0
    held_stream_kb: float = 0.0
    half_ms: Mapping[int, float] = field(default_factory=dict[int, float])
    rounds: list[Round] = field(default_factory=list[Round])


async def compare(names: Sequence[str], sizes: Sizes) -> Report:
    """Measure the contenders of these names.

    Raises:
        StartError: when one does not start.
        WorkerError: when one gives a wrong answer.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chimera-bench-")))
        upstream = await stack.enter_async_context(open_worker("benchmarks.upstream"))
        client = await stack.enter_async_context(open_worker("benchmarks.load"))
        bench = Bench(upstream=upstream, client=client, sizes=sizes)
        candidates: list[Candidate] = []
        for name in names:
            _tell(f"starting {name}")
            contender = _contender(name, upstream.greeting, folder)
            running = await stack.enter_async_context(start(contender, folder))
            candidates.append(Candidate(contender=contender, running=running, idle_mb=running.memory_mb()))
        await _measure(bench, candidates)
        latencies_ms = await _latencies(bench, candidates, upstream.greeting)
        for one in candidates:
            _tell(f"half load of {one.contender.name}")
            loaded, floor = await bench.half_loaded_ms(one.contender, direct(upstream.greeting, one.contender))
            one.half_ms = {p: percentile(loaded, p) - percentile(floor, p) for p in (50, 99)}
        return Report(
            date=today(),
            machine=machine(),
            rounds=sizes.rounds,
            figures={one.contender.name: _figures(one, latencies_ms) for one in candidates},
        )


async def _measure(bench: Bench, candidates: Sequence[Candidate]) -> None:
    for one in candidates:
        await bench.warm(one.contender)
    for number in range(bench.sizes.rounds):
        _tell(f"round {number + 1} of {bench.sizes.rounds}")
        for one in candidates:
            one.rounds.append(await bench.round(one.contender, one.running))
    _tell("memory of open streams")
    for one in candidates:
        one.peak_mb = one.running.peak_mb()
        one.held_stream_kb = await bench.held_stream_kb(one.contender, one.running)


async def _latencies(bench: Bench, candidates: Sequence[Candidate], upstream: str) -> Mapping[str, Sequence[float]]:
    _tell("latency")
    targets = {one.contender.name: one.contender for one in candidates}
    targets[_DIRECT] = direct(upstream, candidates[0].contender)
    return await bench.latencies_ms(targets)


def _figures(one: Candidate, latencies_ms: Mapping[str, Sequence[float]]) -> Figures:
    costs = {name.name: [getattr(each, name.name) for each in one.rounds] for name in fields(Round)}
    added = {
        percent: percentile(latencies_ms[one.contender.name], percent) - percentile(latencies_ms[_DIRECT], percent)
        for percent in (50, 99)
    }
    return Figures(
        **{name: statistics.median(values) for name, values in costs.items()},
        start_s=one.running.start_s,
        idle_mb=one.idle_mb,
        peak_mb=one.peak_mb,
        held_stream_kb=one.held_stream_kb,
        added_p50_ms=added[50],
        added_p99_ms=added[99],
        half_p50_ms=one.half_ms[50],
        half_p99_ms=one.half_ms[99],
        spread={name: (min(values), max(values)) for name, values in costs.items()},
    )


def _contender(name: str, upstream: str, folder: Path) -> Contender:
    match name:
        case "chimera":
            return chimera(upstream, folder)
        case "litellm":
            return litellm(upstream, folder)
        case "portkey":
            return portkey(upstream)
        case _:
            return passthrough(upstream)


def _tell(what: str) -> None:
    sys.stderr.write(f"… {what}\n")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateway", description=__doc__)
    parser.add_argument("--without-litellm", action="store_true", help="leave LiteLLM out: nothing is installed")
    parser.add_argument("--without-portkey", action="store_true", help="leave Portkey out: nothing is installed")
    parser.add_argument("--without-chimera", action="store_true", help="measure the others only")
    parser.add_argument("--rounds", type=int, default=Sizes().rounds)
    parser.add_argument("--open-streams", type=int, default=Sizes().held, help="streams held open for their memory")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> int:
    names = ["passthrough"]
    if not options.without_chimera:
        names.append("chimera")
    if options.without_litellm:
        _tell("LiteLLM is left out, as asked")
    else:
        await install_litellm()
        names.append("litellm")
    if not options.without_portkey:
        await install_portkey()
        names.append("portkey")
    try:
        report = await compare(names, Sizes(rounds=options.rounds, held=options.open_streams))
    except (StartError, WorkerError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    sys.stdout.write((report.as_json() if options.json else report.as_table()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(uvloop.run(_run(_parse())))
