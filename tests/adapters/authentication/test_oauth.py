"""Client credentials: one token for all, renewed in time, and failures that are shared and said."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.authentication.token_service import TokenService, token_service

from chimera.adapters.http import HttpClient, open_http
from chimera.adapters.oauth import Client, ClientCredentials
from chimera.llm import ProviderAnswerError, ProviderAuthenticationError, ProviderError, ProviderOverloadError


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def service() -> AsyncGenerator[TokenService, None]:
    async with token_service() as running:
        yield running


@pytest.fixture
async def http() -> AsyncGenerator[HttpClient, None]:
    async with open_http() as client:
        yield client


def credentials(
    service: TokenService, http: HttpClient, clock: Clock | None = None, **client: Any
) -> ClientCredentials:
    proof = client if "assertion_file" in client else {"secret": "s3cr:et", **client}
    return ClientCredentials(
        client=Client(token_url=service.url, id="chimera", **proof), http=http, provider="bank", clock=clock or Clock()
    )


async def token(held: ClientCredentials) -> str:
    return (await held.headers())["Authorization"]


async def test_a_hundred_waiting_calls_share_one_token(service: TokenService, http: HttpClient) -> None:
    held = credentials(service, http)
    service.gate.clear()
    waiting = [asyncio.ensure_future(token(held)) for _ in range(100)]
    await service.arrivals.acquire()
    service.gate.set()
    assert set(await asyncio.gather(*waiting)) == {"Bearer token-1"}
    assert len(service.asked) == 1


async def test_a_hundred_waiting_calls_share_one_failure(service: TokenService, http: HttpClient) -> None:
    held = credentials(service, http)
    service.gate.clear()
    service.status = 401
    waiting = [asyncio.ensure_future(token(held)) for _ in range(100)]
    await service.arrivals.acquire()
    service.gate.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(result, ProviderAuthenticationError) for result in results)
    assert len(service.asked) == 1
    service.status = 200
    assert await token(held) == "Bearer token-2"


async def test_the_next_in_line_asks_when_the_first_leaves(service: TokenService, http: HttpClient) -> None:
    held = credentials(service, http)
    service.gate.clear()
    first, second = asyncio.ensure_future(token(held)), asyncio.ensure_future(token(held))
    await service.arrivals.acquire()
    first.cancel()
    service.gate.set()
    assert await second == "Bearer token-2"
    assert first.cancelled()


async def test_a_token_is_renewed_before_it_ends_and_by_one_caller_only(
    service: TokenService, http: HttpClient
) -> None:
    clock = Clock()
    held = credentials(service, http, clock)
    assert await token(held) == "Bearer token-1"
    clock.now = 3299.0
    assert await token(held) == "Bearer token-1"
    clock.now = 3301.0
    service.gate.clear()
    renewing = asyncio.ensure_future(token(held))
    await service.arrivals.acquire()
    await service.arrivals.acquire()
    assert await token(held) == "Bearer token-1"  # the others do not wait
    service.gate.set()
    assert await renewing == await token(held) == "Bearer token-2"


async def test_the_old_token_does_while_the_service_is_in_trouble(service: TokenService, http: HttpClient) -> None:
    clock = Clock()
    held = credentials(service, http, clock)
    await token(held)
    service.status = 503
    clock.now = 3301.0
    assert await token(held) == await token(held) == "Bearer token-1"
    assert len(service.asked) == 2  # not asked again at once
    clock.now = 3312.0
    await token(held)
    assert len(service.asked) == 3
    clock.now = 3600.0
    with pytest.raises(ProviderOverloadError):
        await token(held)


async def test_a_refused_token_is_forgotten_unless_it_was_replaced_already(
    service: TokenService, http: HttpClient
) -> None:
    held = credentials(service, http)
    first = await held.headers()
    assert held.refused(first)
    second = await held.headers()
    assert second == {"Authorization": "Bearer token-2"}
    assert held.refused(first)  # a late refusal of the old one
    assert await held.headers() == second


async def test_the_client_proves_itself_as_the_service_wants(
    service: TokenService, http: HttpClient, tmp_path: Path
) -> None:
    await token(credentials(service, http, parameters={"scope": "a b", "audience": "x"}))
    await token(credentials(service, http, style="basic"))
    file = tmp_path / "assertion"
    file.write_text("signed\n")
    await token(credentials(service, http, assertion_file=file))
    by_body, by_header, by_assertion = service.asked
    assert (by_body["client_id"], by_body["client_secret"], by_body["scope"]) == ("chimera", "s3cr:et", "a b")
    assert (by_body["grant_type"], by_body["audience"]) == ("client_credentials", "x")
    assert by_header["authorization"] == "Basic Y2hpbWVyYTpzM2NyJTNBZXQ="
    assert "client_secret" not in by_header
    assert by_assertion["client_assertion"] == "signed"
    assert by_assertion["client_assertion_type"].endswith("jwt-bearer")


async def test_a_refusal_says_why_but_not_the_secret(service: TokenService, http: HttpClient) -> None:
    service.status = 400
    with pytest.raises(ProviderAuthenticationError) as refused:
        await token(credentials(service, http))
    assert "invalid_client" in refused.value.message
    assert "s3cr:et" not in refused.value.message


@pytest.mark.parametrize(
    "body", ["<html>", "{}", '{"access_token": "a\\nb"}', '{"access_token": "a", "expires_in": "x"}']
)
async def test_what_is_no_token_is_a_malformed_answer(service: TokenService, http: HttpClient, body: str) -> None:
    service.body = body
    with pytest.raises(ProviderAnswerError):
        await token(credentials(service, http))


async def test_a_file_that_is_gone_is_told(service: TokenService, http: HttpClient, tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match="cannot be read"):
        await token(credentials(service, http, assertion_file=tmp_path / "none"))
