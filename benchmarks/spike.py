"""`python -m benchmarks.spike`: twenty times the load while the provider dies, second by second, drawn as a timeline.

The load comes at a fixed rate whatever becomes of the answers (an open loop), so that nobody waits politely for a
server in trouble.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import uvloop

from benchmarks.asking import CHAT, OPENAI_MODEL
from benchmarks.contenders import Contender, chimera, start
from benchmarks.drawing import Band, Line, chart
from benchmarks.jobs import ROOT, Ail, Say, Worker, open_worker
from benchmarks.report import machine, today

PRIMARY, FALLBACK = "openai", "anthropic"
DRAWING = ROOT / "docs" / "drawings" / "spike.svg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When what happens, in seconds from the start, and how many requests a second come in.

    Attributes:
        fault: How the provider dies: `503` refuses, `hang` accepts and never answers, `reset` breaks connections.
    """

    calm_rate: float = 15.0
    times: float = 20.0
    spike: tuple[float, float] = (15.0, 35.0)
    dead: tuple[float, float] = (18.0, 50.0)
    end: float = 100.0
    fault: str = "503"
    patience_s: float = 30.0

    def rate(self, moment: float) -> float:
        return self.calm_rate * (self.times if self.spike[0] <= moment < self.spike[1] else 1.0)


@dataclass(slots=True)
class Second:
    """What became of the requests that were sent within one second."""

    outcomes: Counter[str] = field(default_factory=Counter[str])
    slowest_ms: float = 0.0

    @property
    def failed(self) -> int:
        return self.outcomes.total() - self.outcomes[PRIMARY] - self.outcomes[FALLBACK]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The figures that the run is for.

    Attributes:
        errors_outside: Share of failed requests of those sent outside the spike and the provider's death.
        served_while_dead: Share of requests that were answered, of those sent while the provider was dead.
        recovery_s: From the provider's recovery until it answers nearly all again; `None` if it never did.
    """

    requests: int
    errors_outside: float
    served_while_dead: float
    recovery_s: float | None
    faults: dict[str, int]


async def run(plan: Plan) -> list[Second]:
    """Play the plan against a Chimera of its own."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chimera-spike-")))
        upstream = await stack.enter_async_context(open_worker("benchmarks.upstream"))
        contender = _patient(chimera(upstream.greeting, folder))
        await stack.enter_async_context(start(contender, folder))
        await upstream.do(Say(chunks=20))
        seconds = [Second() for _ in range(int(plan.end) + 1)]
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
            asyncio.TaskGroup() as group,
        ):
            group.create_task(_die_and_live(upstream, plan))
            await _send(session, contender, plan, (seconds, group))
        return seconds


def _patient(contender: Contender) -> Contender:
    """With a fallback, with room for the spike, and without waiting a minute for a first token."""
    settings = {
        "CHIMERA_FALLBACKS": json.dumps({OPENAI_MODEL: [f"{FALLBACK}/claude-sonnet-5-5"]}),
        "CHIMERA_TENANT_CONCURRENCY": "2000",
        "CHIMERA_PROVIDER_CONCURRENCY": "2000",
        "CHIMERA_FIRST_TOKEN_TIMEOUT_S": "3",
        "CHIMERA_WHOLE_ANSWER_TIMEOUT_S": "3",
    }
    return replace(contender, environment={**contender.environment, **settings})


async def _die_and_live(upstream: Worker, plan: Plan) -> None:
    await asyncio.sleep(plan.dead[0])
    await upstream.do(Ail(provider=PRIMARY, fault=plan.fault))
    await asyncio.sleep(plan.dead[1] - plan.dead[0])
    await upstream.do(Ail(provider=PRIMARY))


async def _send(
    session: aiohttp.ClientSession, contender: Contender, plan: Plan, into: tuple[Sequence[Second], asyncio.TaskGroup]
) -> None:
    seconds, group = into
    begun = time.perf_counter()
    due = 0.0
    while due < plan.end:
        await asyncio.sleep(max(0.0, begun + due - time.perf_counter()))
        group.create_task(_ask(session, contender, plan, seconds[int(due)]))
        due += 1.0 / plan.rate(due)


async def _ask(session: aiohttp.ClientSession, contender: Contender, plan: Plan, second: Second) -> None:
    begun = time.perf_counter()
    try:
        async with asyncio.timeout(plan.patience_s):
            async with session.post(
                contender.url, data=CHAT.body(stream=False), headers=_headers(contender)
            ) as response:
                body = await response.read()
                second.outcomes[_outcome(response, body)] += 1
    except (TimeoutError, aiohttp.ClientError) as error:
        second.outcomes[type(error).__name__] += 1
    second.slowest_ms = max(second.slowest_ms, (time.perf_counter() - begun) * 1000)


def _headers(contender: Contender) -> dict[str, str]:
    return {**contender.headers, "content-type": "application/json"}


def _outcome(response: aiohttp.ClientResponse, body: bytes) -> str:
    if response.status != 200:
        return f"status {response.status}, {json.loads(body)['error']['code']}"
    if b"word" not in body:
        return "no words"
    return response.headers.get("x-chimera-model", "").partition("/")[0]


def verdict(plan: Plan, seconds: Sequence[Second]) -> Verdict:
    """Sum a run up."""
    dead = [one for moment, one in enumerate(seconds) if plan.dead[0] <= moment < plan.dead[1]]
    troubled = range(int(min(plan.spike[0], plan.dead[0])), int(max(plan.spike[1], plan.dead[1])))
    outside = [one for moment, one in enumerate(seconds) if moment not in troubled]
    well_again = (
        moment - plan.dead[1] + 1
        for moment in range(int(plan.dead[1]), len(seconds) - 2)
        if all(_mostly_primary(one) for one in seconds[moment : moment + 2])
    )
    faults = sum((one.outcomes for one in seconds), Counter[str]())
    return Verdict(
        requests=faults.total(),
        errors_outside=_share_failed(outside),
        served_while_dead=1 - _share_failed(dead),
        recovery_s=next(well_again, None),
        faults={name: count for name, count in faults.items() if name not in {PRIMARY, FALLBACK}},
    )


def _mostly_primary(second: Second) -> bool:
    return second.outcomes[PRIMARY] >= 0.95 * second.outcomes.total() > 0


def _share_failed(seconds: Sequence[Second]) -> float:
    total = sum(one.outcomes.total() for one in seconds)
    return sum(one.failed for one in seconds) / total if total else 0.0


def draw(plan: Plan, seconds: Sequence[Second]) -> str:
    """Return the timeline as SVG: who answered, what failed, second by second."""
    moments = list(range(len(seconds) - 1))

    def line(name: str, values: Sequence[float]) -> Line:
        return Line(name=name, points=tuple(zip(moments, values, strict=True)))

    return chart(
        title=f"{plan.times:g} times the load while the provider dies ({plan.fault})",
        axes=("seconds", "answers per second of sending"),
        bands=(
            Band(name="spike", start=plan.spike[0], end=plan.spike[1]),
            Band(name="provider dead", start=plan.dead[0], end=plan.dead[1]),
        ),
        lines=(
            line("provider", [seconds[moment].outcomes[PRIMARY] for moment in moments]),
            line("fallback", [seconds[moment].outcomes[FALLBACK] for moment in moments]),
            line("failed", [seconds[moment].failed for moment in moments]),
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fault", default="503", choices=("503", "500", "hang", "reset", "429"))
    parser.add_argument("--rate", type=float, default=Plan().calm_rate, help="requests a second outside the spike")
    parser.add_argument("--draw", type=Path, default=None, help=f"where to write the timeline, e.g. {DRAWING.name}")
    options = parser.parse_args()
    plan = Plan(fault=options.fault, calm_rate=options.rate)
    seconds = uvloop.run(run(plan))
    found = verdict(plan, seconds)
    if options.draw:
        options.draw.write_text(draw(plan, seconds), encoding="utf-8")
    recovered = "never" if found.recovery_s is None else f"{found.recovery_s:.0f} s after the provider's"
    sys.stdout.write(
        f"{today()}, {machine()}; {found.requests} requests, {plan.times:g}x spike, provider dead for "
        f"{plan.dead[1] - plan.dead[0]:.0f} s ({plan.fault})\n"
        f"answered while the provider was dead: {found.served_while_dead:.2%} (goal 98 %)\n"
        f"errors outside: {found.errors_outside:.3%} (goal < 0.1 %)\n"
        f"recovery: {recovered} (goal 45 s)\nfaults: {found.faults or 'none'}\n"
    )


if __name__ == "__main__":
    main()
