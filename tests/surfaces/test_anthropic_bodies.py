"""Bodies of Anthropic's API that are spoilt: answered or refused, never our fault."""

import json
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.surfaces.anthropic_stage import PIXEL, WEATHER
from tests.surfaces.mutations import mutations
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import CODE, INNARDS, SECRETS

pytestmark = pytest.mark.asyncio(loop_scope="module")

MODELS = ["anthropic/claude-opus-5-5", "anthropic/some-model", "openai/gpt-5", "gemini/gemini-2.5-pro"]
MARK = {"type": "ephemeral", "ttl": "1h"}
FULL: dict[str, Any] = {
    "max_tokens": 2000,
    "system": [{"type": "text", "text": "Be kind.", "cache_control": MARK}],
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Hi", "cache_control": MARK},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}},
                {
                    "type": "document",
                    "source": {"type": "text", "media_type": "text/plain", "data": "Cheese."},
                    "title": "Moon",
                    "citations": {"enabled": True},
                },
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "chimera.gemini.abc"},
                {"type": "text", "text": "I look.", "citations": [{"type": "char_location", "cited_text": "x"}]},
                {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Oslo"}},
            ],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "snow"}]},
        {"role": "system", "content": "Be brief."},
    ],
    "tools": [WEATHER],
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "thinking": {"type": "enabled", "budget_tokens": 1024},
    "output_config": {"effort": "low"},
    "temperature": 0.5,
    "stop_sequences": ["END"],
    "metadata": {"user_id": "someone"},
    "stream": False,
}


@requirement("errors.fuzzed")
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=mutations(FULL),
    model=st.sampled_from(
        ["anthropic/claude-opus-5-5", "anthropic/some-model", "openai/gpt-5", "gemini/gemini-2.5-pro"]
    ),
    path=st.sampled_from(["/v1/messages", "/v1/messages", "/v1/messages/count_tokens"]),
)
async def test_a_spoilt_message_is_answered_or_refused(
    caller: httpx2.AsyncClient, body: object, model: str, path: str
) -> None:
    asked = {"model": model, **body} if isinstance(body, dict) else body
    headers = {"content-type": "application/json"}
    response = await caller.post(path, content=json.dumps(asked).encode(), headers=headers)
    if response.is_success:
        return
    assert 400 <= response.status_code < 500, f"{response.status_code}: {response.text[:500]}"
    assert not INNARDS.search(response.text)
    assert not [secret for secret in SECRETS if secret in response.text]
    told = response.json()
    assert told["type"] == "error"
    assert CODE.fullmatch(told["error"]["code"])
    assert told["request_id"] == response.headers["request-id"]
