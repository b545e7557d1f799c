"""What is particular to single OpenAI-like providers, and the settings that all providers share."""

import pytest
from pydantic import ValidationError
from tests.adapters.canned import response, saying
from tests.fakes import FakeUpstream

from chimera.adapters.http import Timeouts, open_http
from chimera.adapters.providers import azure, lmstudio, openai, openai_compatible
from chimera.adapters.settings import ProviderSettings, bearer, has_key
from chimera.llm import (
    EmbeddingRequest,
    HealthStatus,
    Message,
    ProviderAuthenticationError,
    ProviderConnectionError,
    Request,
    Text,
    fold,
)

HELLO = (Message(role="user", parts=(Text(text="Hello"),)),)


def made(**values: object) -> ProviderSettings:
    return ProviderSettings.model_validate({"name": "p", "base_url": "http://h/v1"} | values)


def test_a_pasted_key_is_trimmed_and_an_empty_one_is_none() -> None:
    assert bearer(made(api_key=" sk-1\n")) == {"Authorization": "Bearer sk-1"}
    assert not has_key(made(api_key="  "))
    assert bearer(made()) == {}


@pytest.mark.parametrize(
    "values",
    [
        {"api_key": "sk\r\nx-evil: 1"},
        {"api_key": "schlüssel"},
        {"base_url": "localhost:1234"},
        {"base_url": "file:///etc/passwd"},
        {"name": "Has Space"},
        {"name": "a/b"},
        {"idle_timeout_s": 0},
        {"unknown": 1},
    ],
)
def test_unusable_settings_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        made(**values)


def test_an_address_may_end_in_slashes_and_times_are_passed_on() -> None:
    settings = made(base_url=" http://h/v1// ", connect_timeout_s=1, idle_timeout_s=2)
    assert settings.base_url == "http://h/v1"
    assert settings.timeouts == Timeouts(connect_s=1, idle_s=2)


def test_hosted_providers_need_a_key_and_servers_of_ones_own_an_address() -> None:
    assert not openai.enabled(openai.Settings())
    assert openai.enabled(openai.Settings.model_validate({"api_key": "k"}))
    assert not openai_compatible.enabled(openai_compatible.Settings())
    assert openai_compatible.enabled(openai_compatible.Settings(base_url="http://h"))
    assert lmstudio.enabled(lmstudio.Settings())
    assert not azure.enabled(azure.Settings(base_url="http://h"))


@pytest.mark.parametrize(
    ("suffix", "version", "chat"),
    [
        ("", "v1", "/azure/openai/v1/chat/completions"),
        ("/openai/v1/", "v1", "/azure/openai/v1/chat/completions"),
        ("/openai", "2024-10-21", "/azure/openai/deployments/gpt-5%2Fx/chat/completions"),
    ],
)
async def test_azure_takes_its_address_in_every_form_and_both_kinds_of_version(
    suffix: str, version: str, chat: str
) -> None:
    async with FakeUpstream() as fake, open_http() as http:
        values = {
            "base_url": fake.base_url("azure") + suffix,
            "api_key": "k",
            "api_version": version,
            "deployments": "gpt-5/x, text-embedding-3-small",
        }
        async with azure.connect(azure.Settings.model_validate(values), http) as provider:
            events = [event async for event in provider.stream(Request(model="gpt-5/x", messages=HELLO))]
            vectors = await provider.embed(EmbeddingRequest(model="text-embedding-3-small", texts=("a",)))
            cards = await provider.models()
            health = await provider.check()
    asked = fake.requests[0]
    assert (asked.path, asked.headers["api-key"]) == (chat, "k")
    assert asked.query == ({} if version == "v1" else {"api-version": version})
    assert fold(events).text == "You said: Hello"
    assert len(vectors.vectors) == 1
    assert [card.name for card in cards] == ["gpt-5/x", "text-embedding-3-small"]
    assert health.status is HealthStatus.OK


def test_azures_version_cannot_smuggle_a_query() -> None:
    with pytest.raises(ValidationError):
        azure.Settings.model_validate({"api_version": "v1&x=y"})


async def test_lm_studio_tells_kinds_and_lengths_of_its_models() -> None:
    async with FakeUpstream() as fake, open_http() as http:
        settings = lmstudio.Settings(base_url=fake.base_url("lmstudio") + "/v1")
        async with lmstudio.connect(settings, http) as provider:
            cards = {card.name: card for card in await provider.models()}
    assert cards["qwen2-vl-7b-instruct"].capabilities.images
    assert cards["qwen2.5-7b-instruct"].context_tokens == 32_768


async def test_a_list_that_is_not_there_is_looked_for_at_the_next_address() -> None:
    missing = response(b"{}", status="404 Not Found")
    async with (
        saying(missing, response(b'{"data":[{"id":"m"}]}')) as server,
        open_http() as http,
        lmstudio.connect(lmstudio.Settings(base_url=server.url), http) as provider,
    ):
        assert [card.name for card in await provider.models()] == ["m"]


async def test_a_redirect_is_a_failed_connection_and_a_wrong_address() -> None:
    away = response(b"", "Location: https://example.com/login", status="302 Found")
    async with saying(away, away) as server, open_http() as http:
        settings = openai.Settings.model_validate({"base_url": server.url, "api_key": "k"})
        async with openai.connect(settings, http) as provider:
            with pytest.raises(ProviderConnectionError):
                await anext(provider.stream(Request(model="m", messages=HELLO)))
            health = await provider.check()
    assert health.status is HealthStatus.MISADDRESSED
    assert "OPENAI_BASE_URL" in health.detail


async def test_a_check_shows_what_is_left_of_the_limits() -> None:
    async with FakeUpstream() as fake, open_http() as http:
        settings = openai.Settings.model_validate({"base_url": fake.base_url("openai"), "api_key": "k"})
        async with openai.connect(settings, http) as provider:
            limits = (await provider.check()).limits
    assert limits["x-ratelimit-limit-requests"] == "500"


async def test_a_stream_can_be_read_byte_by_byte_without_waiting_for_its_end() -> None:
    chunk = b'data: {"id":"i","model":"m","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n'
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with saying(head + b"%x\r\n%b\r\n" % (len(chunk), chunk), closing=False) as server, open_http() as http:
        settings = openai.Settings.model_validate({"base_url": server.url, "api_key": "k"})
        async with openai.connect(settings, http) as provider:
            stream = provider.stream(Request(model="m", messages=HELLO))
            first, second = await anext(stream), await anext(stream)
            await stream.aclose()
    assert (type(first).__name__, type(second).__name__) == ("Started", "TextDelta")


async def test_a_provider_that_quotes_our_key_does_not_hand_it_to_callers() -> None:
    quoting = b'{"error":{"message":"Incorrect API key provided: sk-very-secret.","code":"invalid_api_key"}}'
    refusal = response(quoting, status="401 Unauthorized")
    async with saying(refusal, refusal) as server, open_http() as http:
        settings = openai.Settings.model_validate({"base_url": server.url, "api_key": "sk-very-secret"})
        async with openai.connect(settings, http) as provider:
            with pytest.raises(ProviderAuthenticationError) as caught:
                await anext(provider.stream(Request(model="m", messages=HELLO)))
            health = await provider.check()
    assert "[key]" in caught.value.message
    assert "sk-very-secret" not in caught.value.message + health.detail
