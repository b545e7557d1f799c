"""Attack A13: whoever is shut out or demoted is off within five seconds, on every server and in whatever is running."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running, provider_environment, running

from chimera.kit.clock import utc_now
from chimera.store import Database
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.repository import AllTenants, AllUsers

ASKED = {"model": "openai/some-model", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 100}
WITHIN_S = 5.0


@pytest.fixture
async def fake() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(keys={"good-key"}) as upstream:
        yield upstream


@dataclass(frozen=True, slots=True)
class Pair:
    """Two servers over one database."""

    a: Running
    b: Running

    @property
    def database(self) -> Database:
        return self.a.house.database


@pytest.fixture
async def pair(fake: FakeUpstream, sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Pair]:
    variables, flags = provider_environment(fake, "openai"), {"first_token_timeout_s": 60.0}
    async with (
        running(sqlite_url, variables, flags | {"data_dir": tmp_path}) as a,
        running(sqlite_url, variables, flags | {"data_dir": tmp_path}) as b,
    ):
        fake.fall_ill("openai", Fault.HANG_MIDWAY)
        yield Pair(a, b)


@asynccontextmanager
async def streaming(
    url: str, headers: dict[str, str], body: dict[str, Any] | None
) -> AsyncGenerator["asyncio.Task[bytes]"]:
    """Ask, wait for the first piece, and read the rest in a task."""
    begun = asyncio.Event()

    async def read() -> bytes:
        found = b""
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            http.stream("GET" if body is None else "POST", url, json=body) as answer,
        ):
            assert answer.status_code == 200, await answer.aread()
            async for piece in answer.aiter_raw():
                found += piece
                begun.set()
        return found

    task = asyncio.ensure_future(read())
    waits = asyncio.ensure_future(begun.wait())
    await asyncio.wait({task, waits}, timeout=20, return_when=asyncio.FIRST_COMPLETED)
    assert not task.done(), task.result()
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


async def ended_within(tasks: list["asyncio.Task[bytes]"], seconds: float) -> list[bytes]:
    began = time.monotonic()
    done, going_on = await asyncio.wait(tasks, timeout=seconds)
    assert not going_on, f"{len(going_on)} go on after {time.monotonic() - began:.1f} s"
    assert len(done) == len(tasks)
    return [task.result() for task in tasks]


async def hung_up(fake: FakeUpstream, idle: int) -> None:
    """Wait until nobody listens upstream but the connections that are kept for the next call."""
    async with asyncio.timeout(WITHIN_S):
        while fake.open_connections > idle:  # noqa: ASYNC110 (the far end of a connection has no event)
            await asyncio.sleep(0.02)


async def revoke_key(database: Database) -> None:
    async with database.system_transaction() as tx:
        keys = AllApiKeys(tx)
        await keys.run(keys.changing().values(revoked_at=utc_now()))


async def suspend_user(database: Database) -> None:
    async with database.system_transaction() as tx:
        users = AllUsers(tx)
        await users.run(users.changing().values(disabled_at=utc_now()))


async def demote_user(database: Database) -> None:
    async with database.system_transaction() as tx:
        users = AllUsers(tx)
        await users.run(users.changing().values(role="viewer", operator=False))


async def suspend_tenant(database: Database) -> None:
    async with database.system_transaction() as tx:
        tenants = AllTenants(tx)
        await tenants.run(tenants.changing().values(suspended_at=utc_now()))


async def token_of(server: Running) -> dict[str, str]:
    async with httpx2.AsyncClient(headers=server.headers) as http:
        made = (await http.post(f"{server.url}/api/v1/token", json={})).json()
    return {"authorization": f"Bearer {made['access_token']}"}


@pytest.mark.parametrize("shut_out", [revoke_key, suspend_user, demote_user, suspend_tenant])
async def test_streams_of_every_surface_end_on_every_server(
    pair: Pair, fake: FakeUpstream, shut_out: Callable[[Database], Awaitable[None]]
) -> None:
    """By row, as another server or an operator would do it: nobody tells these two."""
    key, token, idle = pair.a.headers, await token_of(pair.a), fake.open_connections
    streamed = ASKED | {"stream": True}
    async with AsyncExitStack() as stack:
        tasks = [
            await stack.enter_async_context(streaming(url, headers, body))
            for url, headers, body in (
                (f"{pair.a.url}/v1/chat/completions", key, streamed),
                (f"{pair.b.url}/v1/chat/completions", token, streamed),
                (f"{pair.b.url}/v1/messages", {"x-api-key": pair.a.key}, streamed),
                (f"{pair.a.url}/api/chat", token, ASKED),
            )
        ]
        await shut_out(pair.database)
        told = await ended_within(tasks, WITHIN_S)
        for text in told[:3]:
            assert b"event: error\n" in text
            assert b"[DONE]" not in text
        assert b'{"error": ' in told[3].splitlines()[-1]
        await hung_up(fake, idle)


async def test_what_runs_in_nobodys_presence_ends_too(pair: Pair, fake: FakeUpstream) -> None:
    idle, before = fake.open_connections, len(fake.requests)
    said = {"message": "Hi", "model": "openai/some-model"}
    async with (
        httpx2.AsyncClient(headers=pair.a.headers, base_url=pair.a.url, timeout=20) as http,
        asyncio.TaskGroup() as group,
    ):
        asked = {"model": "openai/some-model", "input": "Hi", "background": True}
        kept = (await http.post("/v1/responses", json=asked)).json()
        waiting = [
            group.create_task(http.post("/api/v1/chat", json=said)),
            group.create_task(http.post("/v1/chat/completions", json=ASKED, headers={"idempotency-key": "k"})),
        ]
        await fake.arrived(before + 3)
        await suspend_user(pair.database)
        async with asyncio.timeout(WITHIN_S):
            assert [(await answer).status_code for answer in waiting] == [401, 401]
        assert (await waiting[0]).json()["code"] == "unauthenticated"
        assert (await waiting[1]).json()["error"]["code"] == "unauthenticated"
        await hung_up(fake, idle)
        async with pair.database.system_transaction() as tx:
            users = AllUsers(tx)
            await users.run(users.changing().values(disabled_at=None))
        http.base_url = pair.b.url  # which has not heard that the key was refused
        (conversation,) = (await http.get("/api/v1/conversations")).json()["data"]
        messages = (await http.get(f"/api/v1/conversations/{conversation['id']}/messages")).json()["data"]
        assert [message["status"] for message in messages if message["role"] == "assistant"] == ["interrupted"]
        assert (await http.get(f"/v1/responses/{kept['id']}")).json()["status"] == "failed"


async def test_who_waits_for_a_run_that_was_ended_first_is_told_that_they_are_shut_out(
    pair: Pair, fake: FakeUpstream
) -> None:
    before = len(fake.requests)
    async with httpx2.AsyncClient(headers=pair.a.headers, base_url=pair.a.url, timeout=20) as http:
        asking = asyncio.ensure_future(http.post("/v1/chat/completions", json=ASKED, headers={"idempotency-key": "k"}))
        await fake.arrived(before + 1)
        ((_, end),) = pair.a.house.idempotency.running()
        end()
        answer = await asking
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")


async def test_a_session_that_is_ended_ends_its_streams_and_others_go_on(pair: Pair) -> None:
    async with httpx2.AsyncClient(base_url=pair.a.url) as http:
        await http.post("/api/v1/session", json={"email": OWNER_EMAIL, "password": OWNER_PASSWORD})
        cookie = {"cookie": f"chimera_session={http.cookies['chimera_session']}"}
        async with (
            streaming(f"{pair.b.url}/v1/chat/completions", cookie, ASKED | {"stream": True}) as by_session,
            streaming(f"{pair.b.url}/v1/chat/completions", pair.a.headers, ASKED | {"stream": True}) as by_key,
        ):
            await http.delete("/api/v1/session")
            (told,) = await ended_within([by_session], WITHIN_S)
            assert b'"code": "unauthenticated"' in told
            assert not by_key.done()


async def test_a_key_in_an_address_is_asked_about_as_well(pair: Pair) -> None:
    url = f"{pair.a.url}/v1beta/models/openai/some-model:streamGenerateContent?alt=sse&key={pair.a.key}"
    body = {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}
    async with streaming(url, {}, body) as task:
        await asyncio.gather(*(server.house.live.look() for server in (pair.a, pair.b)))
        assert not task.done()
        await revoke_key(pair.database)
        assert b"event: error\n" in (await ended_within([task], WITHIN_S))[0]
