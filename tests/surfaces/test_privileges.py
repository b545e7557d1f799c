"""A walk over every endpoint with keys that may do little: what is for owners is refused, whatever the method."""

from collections.abc import AsyncGenerator

import httpx2
import pytest
import pytest_asyncio
from tests.serving import Running
from tests.surfaces.description import PUBLIC, described, operations
from tests.surfaces.isolation.bodies import BODIES
from tests.surfaces.requirements import requirement

from chimera.kit.ids import new_id

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWNERS = (
    "/api/v1/webhooks",
    "/api/v1/experiments",
    "/api/v1/route/replay",
)
# Read by owners and whoever holds `spend:read`.
BOOKS = (
    "/api/v1/invoices/",
    "/api/v1/usage/savings",
    "/api/v1/usage/recommendations",
    "/api/v1/usage/meter",
    "/api/v1/budgets/{budget_id}/alerts",
)
WRITTEN_BY_OWNERS = ("/api/v1/budgets", "/api/v1/policies/")
OWNERS_TOO = {
    ("get", "/api/v1/cache"),
    ("delete", "/api/v1/cache"),
}
# A key that may only read models sees what its user spends (and may try its password), and nothing else beyond models.
OF_ONESELF = (
    *("/api/v1/session", "/api/v1/password", "/api/v1/users/me"),
    *("/api/v1/usage", "/api/v1/ledger", "/api/v1/budgets"),
)
ABOUT_MODELS = ("models", "providers", "tags", "show", "/api/ps", "version", "lint", "estimate", "status", "policies")
SHARED = {"model": "openai/gpt-5", "month": "2026-11"}


@pytest_asyncio.fixture(params=["chat", "models:read", "spend:read"], scope="module", loop_scope="module")
async def little(
    request: pytest.FixtureRequest, standing: Running, caller: httpx2.AsyncClient
) -> AsyncGenerator[tuple[str, httpx2.AsyncClient]]:
    made = (await caller.post("/api/v1/keys", json={"name": "little", "permissions": [request.param]})).json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    async with httpx2.AsyncClient(base_url=standing.url, headers=headers, timeout=20) as http:
        yield request.param, http


def is_for_owners(method: str, path: str) -> bool:
    """Whether it is, as the description of the API is meant."""
    if path.startswith(WRITTEN_BY_OWNERS) and method != "get":
        return True
    return path.startswith(OWNERS) or (method, path) in OWNERS_TOO


async def asked(http: httpx2.AsyncClient, method: str, path: str) -> httpx2.Response:
    address = path
    for name in [piece.partition("}")[0] for piece in path.split("{")[1:]]:
        address = address.replace(f"{{{name}}}", SHARED.get(name, str(new_id())))
    return await http.request(method, address, json=BODIES.get((method, path)))


@requirement("access.permission")
async def test_what_is_for_owners_is_refused_to_every_other_key(
    standing: Running, little: tuple[str, httpx2.AsyncClient]
) -> None:
    permission, http = little
    walked = 0
    for method, path, operation in operations(await described(standing)):
        said = f"{operation.get('summary')} {operation.get('description')}".lower()
        is_book = path.startswith(BOOKS)
        if not is_for_owners(method, path) and (not is_book or permission == "spend:read"):
            continue
        answer = await asked(http, method, path)
        assert answer.status_code == 403, f"{method} {path}: {answer.status_code} {answer.text[:200]}"
        walked += 1
        tells = "needs `spend:read`" if is_book else "for owners"
        assert tells in said or path.startswith("/api/v1/webhooks"), f"{method} {path} does not say that it {tells}"
    assert walked >= 25


@requirement("access.permission")
async def test_a_key_for_models_alone_asks_no_model_and_reads_no_answer(
    standing: Running, little: tuple[str, httpx2.AsyncClient]
) -> None:
    permission, http = little
    if permission != "models:read":
        return
    let_in = []
    for method, path, _ in operations(await described(standing)):
        if (method, path) in PUBLIC or path.startswith(OF_ONESELF) or is_for_owners(method, path):
            continue
        if path.startswith(BOOKS):
            continue
        answer = await asked(http, method, path)
        if answer.status_code != 403 and not any(word in path for word in ABOUT_MODELS):
            let_in.append(f"{method} {path}: {answer.status_code} {answer.text[:120]}")
    assert not let_in
