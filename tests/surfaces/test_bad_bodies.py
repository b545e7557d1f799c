"""Bodies that are wrong: each is refused in the surface's own shape with a stable code, and none brings us down."""

import json
import time
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from tests.serving import Running
from tests.surfaces.mutations import mutations
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import refused

from chimera.bootstrap.web import SMALL_BODY

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {"content-type": "application/json"}
CHAT, EMBEDDINGS, OWN_CHAT, CONVERSATIONS = (
    "/v1/chat/completions",
    "/v1/embeddings",
    "/api/v1/chat",
    "/api/v1/conversations",
)
POSTS = [
    *(CHAT, EMBEDDINGS, "/v1/batches", "/v1/audio/speech", OWN_CHAT, CONVERSATIONS),
    *("/api/v1/session", "/api/v1/password", "/api/v1/keys"),
]
CLAUDE = "anthropic/claude-haiku-4-5"
HELLO = {"role": "user", "content": "Hello"}
TOOL = {"type": "function", "function": {"name": "weather", "description": "d", "parameters": {"type": "object"}}}
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
# Every field that is known, so that a mutation can hit each.
FULL_CHAT: dict[str, Any] = {
    "model": "openai/gpt-5",
    "messages": [
        {"role": "system", "content": "Be brief.", "name": "boss"},
        {
            "role": "user",
            "content": [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": PIXEL}}],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
    ],
    "stream": True,
    "stream_options": {"include_usage": True},
    "tools": [TOOL],
    "tool_choice": "auto",
    "parallel_tool_calls": True,
    "temperature": 1,
    "top_p": 1,
    "max_completion_tokens": 100,
    "stop": ["END"],
    "seed": 1,
    "presence_penalty": 0,
    "frequency_penalty": 0,
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "n", "schema": {"type": "object"}, "strict": True},
    },
    "reasoning_effort": "low",
    "fallback_models": ["anthropic/claude-haiku-5-5"],
    "n": 1,
    "logprobs": False,
    "modalities": ["text"],
    "user": "someone",
}
FULL_EMBEDDINGS: dict[str, Any] = {
    "model": "openai/text-embedding-3-small",
    "input": ["a", "b"],
    "encoding_format": "float",
    "dimensions": 8,
}
FULL_OWN_CHAT: dict[str, Any] = {
    "message": "Hi",
    "conversation_id": None,
    "model": "openai/gpt-5",
    "temperature": 0.5,
    "max_tokens": 50,
    "stream": False,
    "system_prompt": "Be brief.",
    "fallback_model": "anthropic/claude-haiku-5-5",
}
FULL_CONVERSATION: dict[str, Any] = {
    "title": "Skies",
    "model": "openai/gpt-5",
    "system_prompt": "Be brief.",
    "temperature": 0.5,
    "fallback_model": None,
}
MALFORMED = {
    "nothing": b"",
    "half an object": b'{"model":',
    "two values": b"{}{}",
    "trailing comma": b'{"model":"m",}',
    "single quotes": b"{'model':'m'}",
    "not UTF-8": b'{"model":"\xff\xfe"}',
    "NUL outside a string": b"\x00{}",
    "NUL inside a string": b'{"model":"a\x00b"}',
    "NaN": b'{"temperature":NaN}',
    "Infinity": b'{"temperature":Infinity}',
    "minus Infinity": b'{"temperature":-Infinity}',
    "an array": b"[]",
    "a string": b'"hello"',
    "null": b"null",
    "deep arrays": b"[" * 10_000 + b"]" * 10_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "deep and unclosed": b'{"a":' * 100_000,
    "deep in a known field": b'{"messages":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "deep in an unknown field": b'{"x":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
    "5000 digits": b'{"max_tokens":' + b"9" * 5000 + b"}",
}


@requirement("errors.no_json", "errors.shape")
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
async def test_what_is_no_json_object_is_refused_everywhere(caller: httpx2.AsyncClient, body: bytes) -> None:
    for path in POSTS:
        if path == CONVERSATIONS and body in {b"", b"null"}:
            continue  # it takes no body at all
        response = await caller.post(path, content=body, headers=JSON)
        carries_messages = path.startswith(("/v1/", "/api/v1/chat", CONVERSATIONS))
        if len(body) > SMALL_BODY and not carries_messages:
            assert refused(response) == "body_too_large", path
            continue
        assert refused(response) == "invalid_request", path
        assert response.status_code in {400, 422}


@requirement("errors.media_type")
@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "é/ü"]
)
async def test_another_media_type_is_refused_everywhere(caller: httpx2.AsyncClient, media_type: str) -> None:
    for path in POSTS:
        response = await caller.post(path, content=b"{}", headers={"content-type": media_type.encode("latin-1")})
        assert (refused(response), response.status_code) == ("unsupported_media_type", 415), path


@requirement("errors.no_json")
async def test_of_two_fields_with_one_name_the_last_counts(caller: httpx2.AsyncClient) -> None:
    for path, body in (
        (CHAT, b'{"model":"nobody/none","model":"openai/gpt-5","messages":[{"role":"user","content":"Hi"}]}'),
        (OWN_CHAT, b'{"message":"Hi","model":"nobody/none","model":"openai/gpt-5"}'),
    ):
        assert (await caller.post(path, content=body, headers=JSON)).is_success


@requirement("errors.malformed")
@pytest.mark.parametrize("number", ["9007199254740993", "18446744073709551616", "1e400", "-1e400", "0.1e-400", "-0"])
async def test_numbers_that_do_not_fit_are_refused_or_carried(caller: httpx2.AsyncClient, number: str) -> None:
    messages = '"messages":[{"role":"user","content":"Hi"}]'
    for path, rest in ((CHAT, f'"model":"openai/gpt-5",{messages}'), (OWN_CHAT, '"message":"Hi"')):
        for field in ("temperature", "max_tokens", "seed"):
            body = f'{{"{field}":{number},{rest}}}'.encode()
            response = await caller.post(path, content=body, headers=JSON)
            assert response.is_success or refused(response) in {"invalid_request", "context_length_exceeded"}


@requirement("errors.malformed", "errors.unknown_model")
@pytest.mark.parametrize(
    ("body", "status", "code", "param"),
    [
        ({"messages": [HELLO]}, 400, "invalid_request", None),
        ({"model": "openai/gpt-5"}, 400, "invalid_request", None),
        ({"model": "", "messages": [HELLO]}, 400, "invalid_request", "model"),
        ({"model": 5, "messages": [HELLO]}, 400, "invalid_request", "model"),
        ({"model": "nobody/none", "messages": [HELLO]}, 404, "model_not_found", None),
        ({"model": "nobody/a\x00b", "messages": [HELLO]}, 404, "model_not_found", None),
        ({"model": "m", "messages": []}, 400, "invalid_request", "messages"),
        ({"model": "m", "messages": [HELLO] * 100_001}, 400, "invalid_request", "messages"),
        ({"model": "m", "messages": [{"role": "wizard", "content": "Hi"}]}, 400, "invalid_request", "messages.0.role"),
        ({"model": "m", "messages": [{"content": "Hi"}]}, 400, "invalid_request", "messages.0"),
        ({"model": "m", "messages": [{"role": "user"}]}, 400, "invalid_request", "messages.0.content"),
        ({"model": "m", "messages": [{"role": "tool"}]}, 400, "invalid_request", "messages.0.tool_call_id"),
        ({"model": CLAUDE, "messages": [HELLO], "n": 2}, 400, "translation_lossy", None),
        ({"model": "m", "messages": [HELLO], "temperature": 3}, 400, "invalid_request", "temperature"),
        ({"model": CLAUDE, "messages": [HELLO], "tools": [{"type": "w"}]}, 400, "translation_lossy", None),
        ({"model": "m", "messages": [HELLO], "tool_choice": "required"}, 400, "invalid_request", "tool_choice"),
        ({"model": "m", "messages": [HELLO], "stream_options": {}}, 400, "invalid_request", "stream_options"),
    ],
)  # fmt: skip
async def test_a_wrong_chat_request_is_told_what_is_wrong(
    caller: httpx2.AsyncClient, body: dict[str, Any], status: int, code: str, param: str | None
) -> None:
    response = await caller.post(CHAT, json=body)
    assert (response.status_code, refused(response), response.json()["error"]["param"]) == (status, code, param)


# Half a surrogate pair is in it: JSON can say it, UTF-8 cannot.
async def _is_answered_or_refused(caller: httpx2.AsyncClient, path: str, body: object) -> None:
    response = await caller.post(path, content=json.dumps(body).encode(), headers=JSON)
    if not response.is_success:
        refused(response)


_MANY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@requirement("errors.fuzzed")
@_MANY
@given(body=mutations(FULL_CHAT))
async def test_a_spoilt_chat_request_is_answered_or_refused(caller: httpx2.AsyncClient, body: object) -> None:
    await _is_answered_or_refused(caller, CHAT, body)


@requirement("errors.fuzzed")
@_MANY
@given(body=mutations(FULL_EMBEDDINGS))
async def test_a_spoilt_embedding_request_is_answered_or_refused(caller: httpx2.AsyncClient, body: object) -> None:
    await _is_answered_or_refused(caller, EMBEDDINGS, body)


@requirement("errors.fuzzed")
@_MANY
@given(body=mutations(FULL_OWN_CHAT))
async def test_a_spoilt_message_is_answered_or_refused(caller: httpx2.AsyncClient, body: object) -> None:
    await _is_answered_or_refused(caller, OWN_CHAT, body)


@requirement("errors.fuzzed")
@_MANY
@given(body=mutations(FULL_CONVERSATION))
async def test_a_spoilt_conversation_is_made_or_refused(caller: httpx2.AsyncClient, body: object) -> None:
    await _is_answered_or_refused(caller, CONVERSATIONS, body)


@requirement("chat.history")
@pytest.mark.parametrize("model", ["openai/gpt-5", "anthropic/claude-haiku-5-5", "ollama/some-model"])
async def test_a_huge_history_is_answered_or_refused_quickly(standing: Running, model: str) -> None:
    messages = [{"role": "assistant" if n % 2 else "user", "content": "words " * 70} for n in range(49_999)]
    body = json.dumps({"model": model, "messages": messages}).encode()
    assert len(body) > 20_000_000
    async with httpx2.AsyncClient(base_url=standing.url, headers=standing.headers, timeout=15) as http:
        begun = time.monotonic()
        response = await http.post(CHAT, content=body, headers=JSON)
        took_s = time.monotonic() - begun
    assert response.is_success or refused(response) == "context_length_exceeded"
    assert took_s < 10
