"""What the tests of the Responses API share: questions, tools, and which models are asked."""

from typing import Any, Final

import httpx2
import pytest
from tests.fakes.answer import Answer, ToolUse
from tests.serving import HOSTED

MODELS: Final = {kind: f"{kind}/some-model" for kind in HOSTED} | {"azure": "azure/gpt-4o", "openai": "openai/gpt-5"}
EVERY_PROVIDER: Final = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
# One that is forwarded to, and two that are translated for in different ways.
KINDS: Final = {kind: MODELS[kind] for kind in ("openai", "anthropic", "gemini")}
EACH_KIND: Final = pytest.mark.parametrize("model", KINDS.values(), ids=KINDS.keys())
HELLO: Final = "Hello you there"
WEATHER: Final = {
    "type": "function",
    "name": "weather",
    "description": "Tells the weather.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    "strict": False,
}
TWO_CALLS: Final = Answer(
    text="",
    tool_calls=(
        ToolUse(name="weather", arguments='{"city":"Paris"}'),
        ToolUse(name="weather", arguments='{"city":"Oslo"}'),
    ),
)
ENDED: Final = {"completed", "incomplete", "failed", "cancelled"}


async def until_over(caller: httpx2.AsyncClient, name: str) -> dict[str, Any]:
    """Poll a response as its callers do, until it is over."""
    for _ in range(400):
        found: dict[str, Any] = (await caller.get(f"/v1/responses/{name}")).raise_for_status().json()
        if found["status"] in ENDED:
            return found
    raise AssertionError(f"{name} does not end")
