"""Ask Chimera for a streamed answer and note everything that a client can see."""

from dataclasses import dataclass, field

import httpx2
import msgspec
from tests.serving import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a client saw.

    Attributes:
        status: HTTP status.
        code: Code of the error, from the body or from inside the stream; `None` without one.
        text: Text of the answer, as far as it came.
        finish: Finish reason, if one came.
        done: Whether the end marker came.
        headers: Response headers.
    """

    status: int
    code: str | None = None
    text: str = ""
    finish: str | None = None
    done: bool = False
    headers: dict[str, str] = field(default_factory=dict)


async def ask(
    client: httpx2.AsyncClient, chimera: Running, model: str, *, fallbacks: tuple[str, ...] = (), text: str = "Hello"
) -> Seen:
    body = {
        "model": model,
        "stream": True,
        "messages": [{"role": "user", "content": text}],
        "fallback_models": fallbacks,
    }
    async with client.stream(
        "POST", f"{chimera.url}/v1/chat/completions", headers=chimera.headers, json=body
    ) as response:
        headers = dict(response.headers)
        if response.status_code != 200:
            error = msgspec.json.decode(await response.aread())["error"]
            return Seen(status=response.status_code, code=error["code"], headers=headers)
        lines = [line async for line in response.aiter_lines() if line.startswith("data: ")]
    return _read([line.removeprefix("data: ") for line in lines], headers)


def _read(data: list[str], headers: dict[str, str]) -> Seen:
    chunks = [msgspec.json.decode(item) for item in data if item != "[DONE]"]
    choices = [choice for chunk in chunks for choice in chunk.get("choices", ())]
    return Seen(
        status=200,
        code=next((chunk["error"]["code"] for chunk in chunks if "error" in chunk), None),
        text="".join(choice["delta"].get("content") or "" for choice in choices),
        finish=next((choice["finish_reason"] for choice in choices if choice["finish_reason"]), None),
        done="[DONE]" in data,
        headers=headers,
    )
