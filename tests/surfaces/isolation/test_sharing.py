"""What is kept to be given again, joined, counted or learned is never shared by organisations. Over a real Redis."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from redis.asyncio import Redis
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream
from tests.serving import Running, provider_environment, running
from tests.surfaces.isolation.belongings import bring
from tests.surfaces.people import colleague_of, stranger_to
from tests.surfaces.requirements import requirement

from chimera.tenancy.repository import AllTenants

# Keys without an organisation, by what their names hold, and why.
OF_ALL = {
    ":{breakers}:": "how the installation's own targets are doing: of no caller",
}
# Numbers in answers that count nothing of what was done.
NOT_COUNTED = {"limit", "days", "since", "until"}
HI: dict[str, Any] = {"model": "openai/gpt-5", "messages": [{"role": "user", "content": "What is the plan?"}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Three:
    """Two people of one organisation and one of another, over a server that keeps what it shares in Redis."""

    chimera: Running
    fake: FakeUpstream
    redis: Redis
    mine: httpx2.AsyncClient
    colleague: httpx2.AsyncClient
    theirs: httpx2.AsyncClient

    @property
    def asked(self) -> int:
        """How often a model was asked by the test."""
        return -1 + sum(request.operation == "chat" for request in self.fake.requests)

    async def tenants(self) -> list[UUID]:
        async with self.chimera.house.database.system_transaction() as tx:
            tenants = AllTenants(tx)
            return [row.id for row in await tx.scalars(tenants.every())]


@pytest.fixture
async def three(sqlite_url: str, redis_url: str, fake: FakeUpstream, tmp_path: Path) -> AsyncGenerator[Three]:
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(Redis.from_url(redis_url))
        await redis.flushdb()
        settings = {"data_dir": tmp_path, "redis_url": redis_url}
        chimera = await stack.enter_async_context(running(sqlite_url, provider_environment(fake), settings))
        keys = (chimera.key, await colleague_of(chimera), await stranger_to(chimera))
        mine, colleague, theirs = [
            await stack.enter_async_context(
                httpx2.AsyncClient(base_url=chimera.url, headers={"Authorization": f"Bearer {key}"}, timeout=20)
            )
            for key in keys
        ]
        # What is loaded at first use takes longer than Redis is waited for.
        await ask(mine, **{"x-chimera-cache": "off"})
        yield Three(chimera=chimera, fake=fake, redis=redis, mine=mine, colleague=colleague, theirs=theirs)


async def ask(http: httpx2.AsyncClient, **headers: str) -> httpx2.Response:
    answer = await http.post("/v1/chat/completions", json=HI, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


@requirement("access.apart")
async def test_an_answer_is_given_again_to_its_own_organisation_alone(three: Three) -> None:
    for http in (three.mine, three.theirs):
        assert (await http.put("/api/v1/policies/cache", json={"mode": "exact"})).is_success
    first, again = await ask(three.mine), await ask(three.mine)
    assert (first.headers["x-chimera-cache"], again.headers["x-chimera-cache"], three.asked) == ("miss", "exact", 1)
    there = await ask(three.theirs)
    assert (there.headers["x-chimera-cache"], three.asked) == ("miss", 2)
    assert (await ask(three.theirs)).headers["x-chimera-cache-id"] != again.headers["x-chimera-cache-id"]
    # Nor does the one organisation's emptying of its cache empty the other's.
    assert (await three.theirs.delete("/api/v1/cache")).is_success
    assert (await ask(three.mine)).headers["x-chimera-cache"] == "exact"


@requirement("access.apart")
async def test_the_same_question_at_the_same_time_is_joined_within_an_organisation_alone(three: Three) -> None:
    for http in (three.mine, three.theirs):
        assert (await http.put("/api/v1/policies/cache", json={"mode": "exact"})).is_success
    three.fake.say(Answer(text="Slowly, word by word.", chunks=20, delay_s=0.03))
    answers = await asyncio.gather(*(ask(http) for http in (three.mine, three.mine, three.theirs, three.theirs)))
    told = [answer.headers["x-chimera-cache"] for answer in answers]
    assert (sorted(told[:2]), sorted(told[2:])) == (["joined", "miss"], ["joined", "miss"])
    assert three.asked == 2


@requirement("access.apart")
async def test_the_same_idempotency_key_is_another_for_everybody(three: Three) -> None:
    key = {"Idempotency-Key": "one-and-the-same"}
    everybody = (three.mine, three.colleague, three.theirs)
    made = [await http.post("/api/v1/conversations", json={"title": "The plan"}, headers=key) for http in everybody]
    again = [await http.post("/api/v1/conversations", json={"title": "The plan"}, headers=key) for http in everybody]
    assert len({answer.json()["id"] for answer in made}) == 3
    assert [answer.json()["id"] for answer in again] == [answer.json()["id"] for answer in made]
    # Whatever the first asked with it, the others may ask something else.
    for http, text in ((three.mine, "Mine"), (three.colleague, "Ours"), (three.theirs, "Theirs")):
        answer = await http.post("/api/v1/chat", json={"message": text}, headers={"Idempotency-Key": "another"})
        assert answer.status_code == 201, answer.text
    assert three.asked == 3


@requirement("access.apart")
async def test_what_one_organisation_did_is_in_no_figure_of_another(three: Three) -> None:
    await bring(three.mine)
    for path in ("/api/v1/cache", "/api/v1/usage", "/api/v1/usage/savings", "/api/v1/experiments"):
        answer = await three.theirs.get(path)
        assert answer.is_success, f"{path}: {answer.text[:300]}"
        assert amounts(answer.json()) <= {0}, f"{path} counts what is another's: {answer.text[:300]}"
        assert max(amounts((await three.mine.get(path)).json()), default=1) > 0, f"{path} counts nothing at all"
    listed = ("/api/v1/ledger", "/api/v1/webhooks", "/api/v1/budgets", "/api/v1/conversations", "/v1/files")
    for path in (*listed, "/v1/batches"):
        assert (await three.theirs.get(path)).json()["data"] == [], f"{path} lists what is another's"
        assert (await three.mine.get(path)).json()["data"], f"{path} lists nothing at all"


def amounts(told: Any) -> set[float]:
    """All numbers that an answer holds."""
    match told:
        case bool() | None:
            return set()
        case int() | float():
            return {float(told)}
        case str():
            return {float(told)} if told.replace(".", "", 1).isdigit() else set()
        case list():
            return {number for one in told for number in amounts(one)}
        case dict():
            return {number for name, one in told.items() if name not in NOT_COUNTED for number in amounts(one)}
        case _:
            raise AssertionError(told)


@requirement("access.apart")
async def test_every_key_in_redis_names_its_organisation(three: Three) -> None:
    limits = {"each_user": {"requests_per_minute": 5000, "tokens_per_day": 10_000_000}}
    for http in (three.mine, three.theirs):
        assert (await http.put("/api/v1/policies/limits", json=limits)).is_success
        await http.put("/api/v1/policies/cache", json={"mode": "exact"})
        assert (await http.post("/api/v1/chat", json={"message": "Hi"})).status_code == 201
        await asyncio.gather(*(ask(http) for _ in range(3)))
    names = {name.hex for name in await three.tenants()}
    keys = [key.decode(errors="replace") async for key in three.redis.scan_iter(count=1000)]
    loose = [key for key in keys if not any(name in key.replace("-", "") for name in names)]
    assert [key for key in loose if not any(known in key for known in OF_ALL)] == []
    kinds = {key.split(":")[1] for key in keys}
    assert {"answers", "limits"} <= kinds, kinds
