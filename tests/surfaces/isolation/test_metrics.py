"""Metrics tell nothing of organisations and people, and do not grow by what callers send."""

import re

import httpx2
import pytest
import pytest_asyncio
from tests.serving import Running
from tests.surfaces.people import stranger_to
from tests.surfaces.requirements import requirement

from chimera.kit.ids import new_id

pytestmark = pytest.mark.asyncio(loop_scope="module")

LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}|ck_|example\.com")
NAMING = {"tenant", "tenant_id", "user", "user_id", "key", "key_id", "conversation", "path", "url", "ip", "address"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def others(standing: Running) -> list[dict[str, str]]:
    return [{"Authorization": f"Bearer {await stranger_to(standing)}"} for _ in range(5)]


async def series(http: httpx2.AsyncClient) -> set[str]:
    """Names of all series of the program's own, with their labels."""
    lines = (await http.get("/metrics")).text.splitlines()
    # The trail is written a moment later, so that its two series may begin between two looks.
    kept = [line for line in lines if line.startswith("chimera_") and not line.startswith("chimera_audit_entries_")]
    return {line.rpartition(" ")[0] for line in kept}


async def made_up(http: httpx2.AsyncClient, number: int, headers: dict[str, str]) -> None:
    """Ask for what there is not: an address, a model, and both under a name of another's."""
    name = f"{new_id()}-{number}"
    hi = {"messages": [{"role": "user", "content": "Hi"}]}
    await http.get(f"/api/v1/{name}")
    await http.get(f"/v1/models/{name}", headers=headers)
    for model in (name, f"openai/{name}", f"{name}/gpt-5"):
        await http.post("/v1/chat/completions", json=hi | {"model": model}, headers=headers)


async def ask_for(standing: Running, others: list[dict[str, str]], times: int) -> None:
    async with httpx2.AsyncClient(base_url=standing.url, headers=standing.headers, timeout=60) as http:
        for number in range(2):
            for headers in (standing.headers, others[0]):
                await made_up(http, number, headers)
        before = await series(http)
        for number in range(times):
            await made_up(http, number, others[number % len(others)])
        after = await series(http)
    assert len(before) > 20
    assert after - before == set()
    labels = {pair for line in after for pair in LABEL.findall(line)}
    assert not NAMING & {name for name, _ in labels}
    assert not [value for _, value in labels if ID.search(value)]


@requirement("access.metrics")
async def test_metrics_do_not_grow_by_addresses_models_and_organisations(
    standing: Running, others: list[dict[str, str]]
) -> None:
    await ask_for(standing, others, 40)


@requirement("access.metrics")
@pytest.mark.full
@pytest.mark.timeout(600)
async def test_nor_by_ten_thousand_of_them(standing: Running, others: list[dict[str, str]]) -> None:
    others += [{"Authorization": f"Bearer {await stranger_to(standing)}"} for _ in range(200)]
    await ask_for(standing, others, 2_500)
