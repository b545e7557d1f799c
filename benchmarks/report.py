"""The figures, as a table for people and as JSON for machines, with the machine and the date that they are worth."""

import itertools
import math
import os
import platform
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

_TITLES = {
    "request_ms": "CPU per JSON request, ms",
    "slow_request_ms": "CPU per JSON request, slow 200-word answer, ms",
    "chunk_us": "CPU per streamed chunk, us (in bursts)",
    "paced_chunk_us": "CPU per streamed chunk, us (one by one)",
    "start_s": "start to ready, s",
    "idle_mb": "memory idle, MB",
    "peak_mb": "memory peak, MB",
    "held_stream_kb": "memory per open stream, kB",
    "added_p50_ms": "added latency p50 at rest, ms",
    "added_p99_ms": "added latency p99 at rest, ms",
    "half_p50_ms": "added latency p50 at half load, ms",
    "half_p99_ms": "added latency p99 at half load, ms",
}

_SHORT = {"request_ms": "request", "chunk_us": "chunk in bursts", "paced_chunk_us": "chunk one by one"}


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What one contender costs: medians over the rounds; `spread` holds the least and the most of each."""

    request_ms: float
    slow_request_ms: float
    chunk_us: float
    paced_chunk_us: float
    start_s: float
    idle_mb: float
    peak_mb: float
    held_stream_kb: float
    added_p50_ms: float
    added_p99_ms: float
    half_p50_ms: float
    half_p99_ms: float
    spread: Mapping[str, tuple[float, float]]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    date: str
    machine: str
    rounds: int
    figures: Mapping[str, Figures]

    def as_json(self) -> str:
        return msgspec.json.format(msgspec.json.encode(self)).decode()

    def as_table(self) -> str:
        """Return a Markdown table, a row per figure and a column per contender, and the ratios to Chimera below."""
        names = list(self.figures)
        rows = [["", *names], ["---"] + ["---:"] * len(names)]
        for field, title in _TITLES.items():
            rows.append([title, *(_cell(self.figures[name], field) for name in names)])
        table = "\n".join(f"| {' | '.join(row)} |" for row in _aligned(rows))
        head = f"{self.date}, {self.machine}, median of {self.rounds} rounds (least-most)"
        return f"{head}\n\n{table}\n\n{self._ratios()}"

    def _ratios(self) -> str:
        """Say how many times the next cheaper one's CPU each contender needs."""
        ranked = sorted(self.figures.items(), key=lambda item: item[1].request_ms)
        return "\n".join(
            f"{name} costs, in {cheaper}s: "
            + ", ".join(
                f"{times:.1f} a {title}"
                for field, title in _SHORT.items()
                if not math.isnan(times := getattr(figures, field) / getattr(base, field))
            )
            for (cheaper, base), (name, figures) in itertools.pairwise(ranked)
        )


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def today() -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())


def machine() -> str:
    """Name the processor, the number of cores, how busy they were, and the interpreter."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    cores, load = os.cpu_count(), os.getloadavg()[0]
    return f"{cores} cores of {model}, load {load:.1f}, Linux {platform.release()}, Python {platform.python_version()}"


def _cell(figures: Figures, field: str) -> str:
    value = _number(getattr(figures, field))
    if field in figures.spread and value != "-":
        least, most = figures.spread[field]
        return f"{value} ({_number(least)}-{_number(most)})"
    return value


def _number(value: float) -> str:
    if math.isnan(value):
        return "-"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _aligned(rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        [
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in rows
    ]
