"""Connections that prove who they are in other ways, against providers that check it."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from pydantic import ValidationError
from tests.adapters.authentication.token_service import TokenService, token_service
from tests.fakes import FakeUpstream, Fault

from chimera.adapters.http import open_http
from chimera.kit.loading import load
from chimera.llm import HealthStatus, Message, ModelProvider, ProviderError, Request, Text, fold

KINDS = ("openai", "azure", "anthropic", "gemini", "ollama", "openai_compatible")


@pytest.fixture
async def service() -> AsyncGenerator[TokenService, None]:
    async with token_service() as running:
        yield running


def settings(kind: str, upstream: FakeUpstream, **values: Any) -> Any:
    return load("providers", kind).Settings.model_validate({"base_url": upstream.base_url(kind), **values})


async def said(provider: ModelProvider) -> str:
    question = Request(model="gpt-4o", messages=(Message(role="user", parts=(Text(text="Hello"),)),))
    return fold([event async for event in provider.stream(question)]).text


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_provider_takes_a_token(kind: str, service: TokenService) -> None:
    async with FakeUpstream(keys={"token-1"}) as upstream, open_http() as http:
        auth = {"kind": "oauth", "token_url": service.url, "client_id": "c", "client_secret": "s"}
        connection = settings(kind, upstream, auth={**auth, **_as_the_key_of(kind)})
        assert load("providers", kind).enabled(connection)
        async with load("providers", kind).connect(connection, http) as provider:
            assert await said(provider) == "You said: Hello"
            assert (await provider.check()).status is HealthStatus.OK
    assert len(service.asked) == 1


def _as_the_key_of(kind: str) -> dict[str, str]:
    """Where the fake looks for a key, as the provider does."""
    headers = {"anthropic": "x-api-key", "gemini": "x-goog-api-key", "azure": "api-key"}
    return {"header": headers[kind], "template": "{token}"} if kind in headers else {}


async def test_a_revoked_token_is_replaced_once(service: TokenService) -> None:
    async with FakeUpstream(keys={"token-2"}) as upstream, open_http() as http:
        auth = {"kind": "oauth", "token_url": service.url, "client_id": "c", "client_secret": "s"}
        async with load("providers", "openai").connect(settings("openai", upstream, auth=auth), http) as provider:
            assert await said(provider) == "You said: Hello"
        assert [request.headers["authorization"] for request in upstream.requests] == [
            "Bearer token-1",
            "Bearer token-2",
        ]


async def test_a_token_that_is_refused_again_is_an_error_that_does_not_show_it(service: TokenService) -> None:
    async with FakeUpstream(keys={"another"}) as upstream, open_http() as http:
        auth = {"kind": "oauth", "token_url": service.url, "client_id": "c", "client_secret": "s"}
        async with load("providers", "openai").connect(settings("openai", upstream, auth=auth), http) as provider:
            with pytest.raises(ProviderError) as refused:
                await said(provider)
        assert refused.value.code == "provider_unauthenticated"
        assert "token-2" not in refused.value.message
        assert len(upstream.requests) == 2


async def test_entra_gives_tokens_for_azure(service: TokenService) -> None:
    async with FakeUpstream(keys={"token-1"}) as upstream, open_http() as http:
        module = load("providers", "azure")
        connection = settings("azure", upstream, tenant="t-1", client_id="app", client_secret="s", deployments="gpt-4o")
        moved = connection.auth.model_copy(update={"authority": service.url})
        async with module.connect(connection.model_copy(update={"auth": moved}), http) as provider:
            assert await said(provider) == "You said: Hello"
        assert upstream.requests[0].headers["authorization"] == "Bearer token-1"
    assert service.asked[0]["scope"] == "https://cognitiveservices.azure.com/.default"
    assert (service.asked[0]["client_id"], service.asked[0]["grant_type"]) == ("app", "client_credentials")


async def test_headers_are_shaped_as_asked() -> None:
    async with FakeUpstream(keys={"k"}) as upstream, open_http() as http:
        auth = {"kind": "header", "headers": {"Authorization": "Bearer {api_key}", "X-Team": "blue"}}
        connection = settings("openai_compatible", upstream, api_key="k", auth=auth)
        async with load("providers", "openai_compatible").connect(connection, http) as provider:
            assert await said(provider) == "You said: Hello"
        assert upstream.requests[0].headers["x-team"] == "blue"


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (401, None, HealthStatus.UNAUTHENTICATED),
        (404, None, HealthStatus.UNREACHABLE),
        (503, None, HealthStatus.UNREACHABLE),
        (200, "<html>", HealthStatus.MISADDRESSED),
    ],
)
async def test_a_token_service_that_gives_none_is_told_by_the_health_check(
    service: TokenService, status: int, body: str | None, verdict: HealthStatus
) -> None:
    service.status, service.body = status, body
    async with FakeUpstream() as upstream, open_http() as http:
        auth = {"kind": "oauth", "token_url": service.url, "client_id": "c", "client_secret": "s"}
        async with load("providers", "openai").connect(settings("openai", upstream, auth=auth), http) as provider:
            health = await provider.check()
        assert health.status is verdict
        assert "token service" in health.detail
        assert health.detail.endswith("Look at the connection's `auth`.")
        assert "BASE_URL" not in health.detail
        assert not upstream.requests


async def test_faults_stay_what_they_are_with_a_token(service: TokenService) -> None:
    async with FakeUpstream() as upstream, open_http() as http:
        upstream.next(Fault.RATE_LIMITED)
        auth = {"kind": "oauth", "token_url": service.url, "client_id": "c", "client_secret": "s"}
        async with load("providers", "openai").connect(settings("openai", upstream, auth=auth), http) as provider:
            with pytest.raises(ProviderError) as refused:
                await said(provider)
        assert refused.value.code == "provider_rate_limited"


@pytest.mark.parametrize(
    "auth",
    [
        {"kind": "magic"},
        {"kind": "header", "headers": {}},
        {"kind": "header", "headers": {"X": "{secret}"}},
        {"kind": "header", "headers": {"X": "Key {api_key}"}},
        {"kind": "header", "headers": {"X": "a\nb"}},
        {"kind": "oauth", "token_url": "ftp://x", "client_id": "c", "client_secret": "s"},
        {"kind": "oauth", "token_url": "https://x", "client_id": "c"},
        {"kind": "oauth", "token_url": "https://x", "client_id": "c", "client_secret": "s", "template": "Bearer"},
        {"kind": "azure_ad", "tenant": "a/b", "client_id": "c", "client_secret": "s"},
    ],
)
def test_what_cannot_work_is_refused_at_the_start(auth: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        load("providers", "openai").Settings.model_validate({"auth": auth})
