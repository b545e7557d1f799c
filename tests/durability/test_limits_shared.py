"""Two servers behind one Redis: limits bind their callers together, and what one finds ill the other leaves alone."""

import asyncio
from pathlib import Path

import httpx2
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.redis_server import own_redis
from tests.serving import provider_environment, running

ASKED = {"model": "openai/some-model", "messages": [{"role": "user", "content": "Hi"}]}


async def test_two_servers_admit_together_what_one_may_and_go_on_when_redis_dies(
    fake: FakeUpstream, sqlite_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "redis.sock"
    variables = provider_environment(fake)
    flags = {"redis_url": f"unix://{path}"}
    async with (
        own_redis(path) as redis,
        running(sqlite_url, variables, flags | {"data_dir": tmp_path / "a"}) as a,
        running(sqlite_url, variables, flags | {"data_dir": tmp_path / "b"}) as b,
        httpx2.AsyncClient(headers=a.headers, timeout=20) as http,
    ):

        async def statuses(count: int) -> list[int]:
            urls = [f"{server.url}/v1/chat/completions" for _ in range(count) for server in (a, b)]
            answers = await asyncio.gather(*(http.post(url, json=ASKED) for url in urls))
            return [answer.status_code for answer in answers]

        limits = {"organisation": {"requests_per_minute": 10}}
        for server in (a, b):  # each learns at once what it was told itself, and within seconds what others were
            assert (await http.put(f"{server.url}/api/v1/policies/limits", json=limits)).status_code == 200
        together = await statuses(15)
        assert (together.count(200), together.count(429)) == (10, 20)
        redis.kill()
        await redis.wait()
        by_themselves = await statuses(15)
        assert by_themselves.count(200) == 20
        metrics = (await http.get(f"{a.url}/metrics")).text
        assert 'chimera_gateway_limited_total{period="minute",unit="requests",whose="organisation"}' in metrics


async def test_what_one_server_finds_ill_the_other_leaves_alone_within_a_second(
    fake: FakeUpstream, sqlite_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "redis.sock"
    variables = provider_environment(fake)
    flags = {"redis_url": f"unix://{path}"}
    async with (
        own_redis(path),
        running(sqlite_url, variables, flags | {"data_dir": tmp_path / "a"}) as a,
        running(sqlite_url, variables, flags | {"data_dir": tmp_path / "b"}) as b,
        httpx2.AsyncClient(headers=a.headers, timeout=20) as http,
    ):
        fake.fall_ill("openai", Fault.SERVER_ERROR)
        await asyncio.gather(*(http.post(f"{a.url}/v1/chat/completions", json=ASKED) for _ in range(5)))
        async with asyncio.timeout(15):
            while 'chimera_gateway_circuits{provider="openai",state="open"} 1.0' not in await _metrics(http, b.url):  # noqa: ASYNC110 (seen over HTTP only)
                await asyncio.sleep(0.05)
        before = len(fake.requests)
        refused = await http.post(f"{b.url}/v1/chat/completions", json=ASKED)
        assert refused.json()["error"]["code"] == "circuit_open"
        assert len(fake.requests) == before


async def _metrics(http: httpx2.AsyncClient, url: str) -> str:
    return (await http.get(f"{url}/metrics")).text
