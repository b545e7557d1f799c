"""What is asked and on which road: an API of ours, a provider's wire behind it, and what a whole answer ends with."""

import json
from dataclasses import dataclass, field
from typing import Any

_WORD_OF_BALLAST = "The quick brown fox jumps over the lazy dog and thinks about gateways. "
_SYSTEM = "You are a helpful assistant. " + 4 * _WORD_OF_BALLAST
# A conversation of about 1.3 kB.
_CONVERSATION = (
    {"role": "user", "content": 3 * _WORD_OF_BALLAST},
    {"role": "assistant", "content": 5 * _WORD_OF_BALLAST},
    {"role": "user", "content": "And now? " + 3 * _WORD_OF_BALLAST},
)
OPENAI_MODEL = "openai/gpt-4o-mini"
CLAUDE = "anthropic/claude-haiku-4-5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """One way of asking.

    Attributes:
        asked: The members of the body, without those of `streamed`.
        end: Stands near the end of every whole stream.
        said: How often a stream says each word: the Responses API repeats itself.
        fresh_header: A header that is another one in every request.
    """

    name: str
    path: str
    asked: dict[str, Any]
    streamed: dict[str, Any] = field(default_factory=lambda: {"stream": True})
    end: str
    said: int = 1
    fresh_header: str | None = None

    def body(self, *, stream: bool) -> str:
        return json.dumps(self.asked | self.streamed if stream else self.asked)


def chat(name: str, model: str, fresh_header: str | None = None) -> Road:
    messages = [{"role": "system", "content": _SYSTEM}, *_CONVERSATION]
    return Road(
        name=name,
        path="/v1/chat/completions",
        asked={"model": model, "messages": messages, "temperature": 0.7, "max_tokens": 1000},
        streamed={"stream": True, "stream_options": {"include_usage": True}},
        end="data: [DONE]\n\n",
        fresh_header=fresh_header,
    )


def responses(name: str, model: str, *, store: bool) -> Road:
    return Road(
        name=name,
        path="/v1/responses",
        asked={
            "model": model,
            "instructions": _SYSTEM,
            "input": list(_CONVERSATION),
            "temperature": 0.7,
            "max_output_tokens": 1000,
            "store": store,
        },
        end='"type":"response.completed"',
        # The delta, the text when done, its part, its item, and the whole response.
        said=5,
    )


def messages(name: str, model: str) -> Road:
    asked = {"model": model, "system": _SYSTEM, "messages": list(_CONVERSATION), "max_tokens": 1000}
    return Road(name=name, path="/v1/messages", asked=asked, end="event: message_stop\n")


CHAT = chat("chat completions", OPENAI_MODEL)
ROADS = (
    chat("chat, forwarded to OpenAI", OPENAI_MODEL),
    chat("the same with an Idempotency-Key", OPENAI_MODEL, fresh_header="Idempotency-Key"),
    chat("chat, translated for Claude", CLAUDE),
    responses("responses, forwarded to OpenAI", OPENAI_MODEL, store=False),
    responses("the same, stored here", OPENAI_MODEL, store=True),
    responses("responses, translated for Claude", CLAUDE, store=False),
    messages("messages, forwarded to Claude", CLAUDE),
    messages("messages, translated for OpenAI", OPENAI_MODEL),
)
