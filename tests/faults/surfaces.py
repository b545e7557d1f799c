"""The other surfaces as their clients see them: how each is asked, and what on it is an error, a text and an end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
import msgspec
from tests.serving import Running

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceSeen:
    """What a client saw.

    Attributes:
        error: The error object, from the body or from inside the stream; `None` without one.
        text: Text of the answer, as far as it came.
        ended: Whether the answer said of itself that it is complete.
    """

    status: int
    headers: Mapping[str, str]
    error: Json | None
    text: str
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One surface.

    Attributes:
        path: Where a model is asked, by its id and whether as a stream.
        body: What is asked.
        error: The error object of a body or frame of the surface's own shape; `None` for anything else.
        text: The text in a frame of a stream.
        ends: Whether a frame says that the answer is complete.
        lines: Whether the stream is lines of JSON rather than server-sent events.
    """

    name: str
    path: Callable[[str, bool], str]
    body: Callable[[str, bool], Json]
    error: Callable[[Json], Json | None]
    text: Callable[[Json], str]
    ends: Callable[[Json], bool]
    lines: bool = False

    async def ask(
        self, client: httpx2.AsyncClient, chimera: Running, model: str, *, stream: bool, headers: Mapping[str, str]
    ) -> SurfaceSeen:
        url = f"{chimera.url}{self.path(model, stream)}"
        sent = {**chimera.headers, **headers}
        async with client.stream("POST", url, headers=sent, json=self.body(model, stream)) as response:
            body = await response.aread()
        if response.status_code != 200 or not stream:
            told = [msgspec.json.decode(body)]
        else:
            told = _frames(body, lines=self.lines)
        return self._seen(response, told)

    def _seen(self, response: httpx2.Response, told: Sequence[Json]) -> SurfaceSeen:
        return SurfaceSeen(
            status=response.status_code,
            headers=response.headers,
            error=next((error for frame in told if (error := self.error(frame)) is not None), None),
            text="".join(map(self.text, told)),
            ended=any(map(self.ends, told)),
        )


def _frames(body: bytes, *, lines: bool) -> list[Json]:
    rows = body.decode().splitlines()
    data = rows if lines else [row.removeprefix("data: ") for row in rows if row.startswith("data: ")]
    return [msgspec.json.decode(row) for row in data if row and row != "[DONE]"]


def _response_error(frame: Json) -> Json | None:
    """An error body, an `error` event, or the error of a failed response."""
    if frame.get("type") == "error" and "code" in frame:
        return frame
    if frame.get("type") == "response.failed":
        error: Json = frame["response"]["error"]
        return error
    error = frame.get("error")
    return error if isinstance(error, dict) and {"message", "type", "param", "code"} <= error.keys() else None


def _message_error(frame: Json) -> Json | None:
    error = frame.get("error")
    return (
        error
        if frame.get("type") == "error" and isinstance(error, dict) and error.keys() >= {"type", "message"}
        else None
    )


def _gemini_error(frame: Json) -> Json | None:
    error = frame.get("error")
    return error if isinstance(error, dict) and error.keys() >= {"code", "message", "status"} else None


def _gemini_text(frame: Json) -> str:
    parts = [part for one in frame.get("candidates", ()) for part in one.get("content", {}).get("parts", ())]
    return "".join(part.get("text", "") for part in parts if not part.get("thought"))


RESPONSES = Door(
    name="responses",
    path=lambda model, stream: "/v1/responses",
    body=lambda model, stream: {"model": model, "input": "Hello", "stream": stream},
    error=_response_error,
    text=lambda frame: frame["delta"] if frame.get("type") == "response.output_text.delta" else "",
    ends=lambda frame: frame.get("type") == "response.completed",
)
MESSAGES = Door(
    name="messages",
    path=lambda model, stream: "/v1/messages",
    body=lambda model, stream: {
        "model": model,
        "max_tokens": 100,
        "messages": [{"role": "user", "content": "Hello"}],
        "stream": stream,
    },
    error=_message_error,
    text=lambda frame: frame["delta"].get("text", "") if frame.get("type") == "content_block_delta" else "",
    ends=lambda frame: frame.get("type") == "message_stop",
)
GEMINI = Door(
    name="gemini",
    path=lambda model, stream: (
        f"/v1beta/models/{model}:{'streamGenerateContent?alt=sse' if stream else 'generateContent'}"
    ),
    body=lambda model, stream: {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]},
    error=_gemini_error,
    text=_gemini_text,
    ends=lambda frame: any(one.get("finishReason") for one in frame.get("candidates", ())),
)
OLLAMA = Door(
    name="ollama",
    path=lambda model, stream: "/api/chat",
    body=lambda model, stream: {
        "model": model,
        "messages": [{"role": "user", "content": "Hello"}],
        "stream": stream,
    },
    error=lambda frame: {"message": frame["error"]} if isinstance(frame.get("error"), str) else None,
    text=lambda frame: frame.get("message", {}).get("content", ""),
    ends=lambda frame: frame.get("done") is True,
    lines=True,
)
DOORS = (RESPONSES, MESSAGES, GEMINI, OLLAMA)
