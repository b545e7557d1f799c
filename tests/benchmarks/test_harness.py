"""The benchmark still measures: a tiny run of the passthrough, and the clock and checks that its figures rest on."""

import os
import time

import msgspec
import pytest
from benchmarks.contenders import passthrough, start
from benchmarks.gateway import compare
from benchmarks.jobs import Load, Say, WorkerError, open_worker
from benchmarks.process import Running
from benchmarks.report import Report
from benchmarks.rounds import Sizes

_TINY = Sizes(
    rounds=2, requests=32, streams=16, paced=4, few_chunks=4, many_chunks=40, pace_ms=1.0, held=8,
    latency_requests=5, latency_pause_s=0.0, settle_s=0.02,
)  # fmt: skip


async def test_a_run_measures_the_passthrough_and_reports_it_as_table_and_json():
    report = await compare(["passthrough"], _TINY)
    figures = report.figures["passthrough"]
    assert 0.01 < figures.request_ms < 50
    assert figures.start_s > 0
    assert 10 < figures.idle_mb <= figures.peak_mb < 500
    least, most = figures.spread["request_ms"]
    assert least <= figures.request_ms <= most
    assert "| CPU per JSON request, ms" in report.as_table()
    assert msgspec.json.decode(report.as_json(), type=Report) == report


async def test_an_answer_with_words_missing_stops_the_run(tmp_path):
    async with open_worker("benchmarks.upstream") as upstream, open_worker("benchmarks.load") as client:
        contender = passthrough(upstream.greeting)
        await upstream.do(Say(chunks=4))
        load = Load(
            url=contender.url,
            headers=contender.headers,
            body='{"model":"gpt-5","stream":true,"messages":[{"role":"user","content":"hi"}]}',
            count=1,
            concurrency=1,
            words=5,
        )
        async with start(contender, tmp_path):
            with pytest.raises(WorkerError, match="4 of 5 words"):
                await client.do(load)


def test_the_cpu_clock_of_a_process_tells_what_it_tells_itself():
    running = Running(os.getpid(), 0.0)
    before_s, own_before_s = running.cpu_s(), time.process_time()
    while time.process_time() < own_before_s + 0.05:
        pass
    assert running.cpu_s() - before_s == pytest.approx(time.process_time() - own_before_s, abs=0.02)
