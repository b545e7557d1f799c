"""Whatever goes wrong, every attempt is in the ledger once, and never with less than what the provider may charge."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.faults.conftest import impatient
from tests.serving import Running, running
from tests.spend import desk

from chimera.gateway.metering.receipt import recomputed
from chimera.kit.scope import Scope
from chimera.llm import Usage
from chimera.spend.tables import EntryRow
from chimera.tenancy.repository import AllTenants

KINDS = ("openai", "anthropic", "gemini")
READ, WRITTEN = 1_000, 10_000  # nano-USD a token
LIMIT = 1_000_000_000
# The fakes count words: one is asked, four are answered, two of them before what breaks in the middle.
ASKED, ANSWERED, BROKEN = READ, READ + 4 * WRITTEN, READ + 2 * WRITTEN
REFUSED = {Fault.SERVER_ERROR: 0, Fault.RATE_LIMITED: 0, Fault.WRONG_KEY: 0}
SILENT = {Fault.HANG: ASKED, Fault.HANG_AFTER_HEADERS: ASKED, Fault.GARBAGE: ASKED}
MIDWAY = {Fault.CUT: BROKEN, Fault.HANG_MIDWAY: BROKEN, Fault.RESET_MIDWAY: BROKEN, Fault.ERROR_MIDWAY: BROKEN}
# Of a whole answer: the connection was lost, or an error came instead of it.
GIVEN_UP = {"provider_unreachable", "provider_unavailable"}
MODELS = ["some-model", *(f"fault-{fault.value}" for fault in (*REFUSED, *SILENT, *MIDWAY))]
BODIES = {
    "/v1/chat/completions": {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 300},
    "/v1/messages": {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 300},
}


def priced(fake: FakeUpstream, folder: Path) -> dict[str, object]:
    rates = {"price_input_usd_per_mtok": "1", "price_output_usd_per_mtok": "10"}
    models = [{"id": f"{kind}/{model}"} | rates for kind in KINDS for model in MODELS]
    return impatient(fake, folder) | {"models": models}


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
async def test_the_ledger_has_every_attempt_and_no_less_than_was_charged(
    fake: FakeUpstream, client: httpx2.AsyncClient, sqlite_url: str, tmp_path: Path, stream: bool
) -> None:
    async with running(sqlite_url, {}, priced(fake, tmp_path)) as chimera:
        owner = await owner_of(chimera)
        budget = await desk.budget(chimera.house.database, owner, LIMIT)
        asked = [(path, f"{kind}/{model}") for path in BODIES for kind in KINDS for model in MODELS]
        await asyncio.gather(*(ask(client, chimera, path, model, stream=stream) for path, model in asked))
        entries = await settled(chimera, owner)
        counted, held = (await desk.counters(chimera.house.database, owner))[budget, str(owner.tenant_id)]
    assert counted == sum(row.cost_nusd or 0 for row in entries)
    assert held == 0
    assert {f"{row.provider}/{row.model}" for row in entries} == {model for _, model in asked}
    for row in entries:
        assert_fair(row, stream=stream)


async def test_a_client_who_leaves_pays_for_what_was_written(
    fake: FakeUpstream, client: httpx2.AsyncClient, sqlite_url: str, tmp_path: Path
) -> None:
    async with running(sqlite_url, {}, priced(fake, tmp_path)) as chimera:
        owner = await owner_of(chimera)
        for kind in KINDS:
            body = BODIES["/v1/chat/completions"] | {"model": f"{kind}/fault-hang-midway", "stream": True}
            async with client.stream(
                "POST", chimera.url + "/v1/chat/completions", json=body, headers=headers(chimera)
            ) as answer:
                async for line in answer.aiter_lines():
                    if "three" in line or "two" in line:
                        break
        entries = await settled(chimera, owner, least=len(KINDS))
    assert {row.outcome for row in entries} == {"abandoned"}
    assert all((row.cost_nusd or 0) >= BROKEN for row in entries)


async def test_a_small_budget_shortens_answers_and_is_never_overspent(
    fake: FakeUpstream, client: httpx2.AsyncClient, sqlite_url: str, tmp_path: Path
) -> None:
    async with running(sqlite_url, {}, priced(fake, tmp_path)) as chimera:
        owner = await owner_of(chimera)
        limit = 10 * ANSWERED + 1_000_000
        await desk.budget(chimera.house.database, owner, limit)
        asked = [(path, f"{kind}/some-model") for path in BODIES for kind in KINDS] * 3
        answers = [await ask(client, chimera, path, model, stream=False) for path, model in asked]
        entries = await settled(chimera, owner)
    assert sum(row.cost_nusd or 0 for row in entries) <= limit
    assert {answer.status_code for answer in answers} <= {200, 402, 429, 403}
    shrunk = [answer for answer in answers if "x-chimera-budget" in answer.headers]
    assert shrunk
    assert all(answer.status_code == 200 for answer in shrunk)


def assert_fair(row: EntryRow, *, stream: bool) -> None:
    usage = Usage(
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cached_tokens=row.cached_tokens,
        cache_write_tokens=row.cache_write_tokens,
        cache_write_1h_tokens=row.cache_write_1h_tokens,
        reasoning_tokens=row.reasoning_tokens,
    )
    assert recomputed(usage, row.price) == row.cost_nusd, row.model
    told = {f"fault-{fault.value}": least for fault, least in {**REFUSED, **SILENT, **MIDWAY}.items()}
    cost = row.cost_nusd or 0
    if row.outcome == "ok":
        assert (cost, row.measured) == (ANSWERED, "reported"), row.model
    elif row.outcome == "abandoned":  # its patience ended before anything was heard
        assert cost >= ASKED, (row.model, row.provider)
    elif told[row.model] == 0:
        assert (cost, row.measured) == (0, "none"), row.model
    else:
        least = told[row.model] if stream else ASKED  # of an answer that comes whole nothing is heard before its end
        least = least if stream or row.outcome not in GIVEN_UP else 0
        assert cost >= least, (row.model, row.provider, row.outcome)


async def ask(client: httpx2.AsyncClient, chimera: Running, path: str, model: str, *, stream: bool) -> httpx2.Response:
    body = BODIES[path] | {"model": model, "stream": stream}
    return await client.post(chimera.url + path, json=body, headers=headers(chimera))


def headers(chimera: Running) -> dict[str, str]:
    return chimera.headers | {"anthropic-version": "2023-06-01"}


async def settled(chimera: Running, owner: Scope, *, least: int = 1) -> Sequence[EntryRow]:
    """The ledger, as soon as nothing is held any more."""
    async with asyncio.timeout(10):
        while await desk.held(chimera.house.database, owner) or len(await ledger_of(chimera, owner)) < least:  # noqa: ASYNC110 (the ledger has no event)
            await asyncio.sleep(0.02)
    return await ledger_of(chimera, owner)


async def ledger_of(chimera: Running, owner: Scope) -> Sequence[EntryRow]:
    return await desk.ledger(chimera.house.database, owner)


async def owner_of(chimera: Running) -> Scope:
    async with chimera.house.database.system_reading() as tx:
        [tenant] = list(await tx.scalars(AllTenants(tx).every()))
    return Scope(tenant_id=tenant.id, actor_id=UUID(int=0), permissions=frozenset())
