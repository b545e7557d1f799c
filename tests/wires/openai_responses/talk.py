"""A client's side of the wire: a stream read by the official SDK, and by a judge of the order of events."""

from collections.abc import Iterable, Mapping
from typing import Any

import httpx
import msgspec
import openai
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from chimera.llm import Event
from chimera.wires.openai_responses import Head, StreamEncoder, decode_request
from chimera.wires.openai_responses.tools import Form

ECHO = decode_request(b'{"model":"m","input":"hi"}').echo
_EVENT: TypeAdapter[ResponseStreamEvent] = TypeAdapter(ResponseStreamEvent)
_ENDS = {"response.completed", "response.incomplete", "response.failed"}


def head(forms: Mapping[str, Form] | None = None) -> Head:
    return Head(id="resp_1", created_at=1, model="some-model", echo=ECHO, forms=forms or {})


def written(events: Iterable[Event], *, to: Head | None = None) -> bytes:
    encoder = StreamEncoder(to or head())
    return b"".join(map(encoder.encode, events)) + encoder.done()


def frames(body: bytes) -> list[dict[str, Any]]:
    """Return the data of each frame, whose name must be its type."""
    told: list[dict[str, Any]] = []
    for frame in body.split(b"\n\n")[:-1]:
        name, data = frame.split(b"\n")
        told.append(msgspec.json.decode(data.removeprefix(b"data: ")))
        assert name == b"event: " + told[-1]["type"].encode()
    return told


async def accumulated(body: bytes) -> Response:
    """Return what the official SDK makes of a stream; it refuses events out of order."""

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=body, headers={"content-type": "text/event-stream"})

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    async with (
        openai.AsyncOpenAI(api_key="k", base_url="http://here/v1", http_client=http, max_retries=0) as client,
        client.responses.stream(model="m", input="hi") as stream,
    ):
        return await stream.get_final_response()


def judged(told: list[dict[str, Any]]) -> None:
    """Check the order of events, and that each is one that the SDK knows."""
    for event in told:
        _EVENT.validate_python(event, strict=True)
    assert [event["sequence_number"] for event in told] == list(range(len(told)))
    assert [event["type"] for event in told[:2]] == ["response.created", "response.in_progress"]
    assert [event["type"] in _ENDS for event in told] == [False] * (len(told) - 1) + [True]
    items: list[dict[str, Any]] = []
    for event in told[2:-1]:
        match event["type"]:
            case "response.output_item.added":
                assert event["output_index"] == len(items)
                items.append({"id": event["item"]["id"], "parts": [], "open": None, "done": False})
            case "response.output_item.done":
                item = items[event["output_index"]]
                assert (item["id"], item["open"], item["done"]) == (event["item"]["id"], None, False)
                item["done"] = event["item"]
            case kind:
                _within(items[event["output_index"]], kind, event)
    assert [item["done"] for item in items] == told[-1]["response"]["output"]


def _within(item: dict[str, Any], kind: str, event: dict[str, Any]) -> None:
    assert (item["id"], item["done"]) == (event["item_id"], False)
    place = event.get("content_index", event.get("summary_index"))
    if kind.endswith("part.added"):
        assert (item["open"], place) == (None, len(item["parts"]))
        item["open"] = ""
        item["parts"].append(event["part"])
    elif kind.endswith("part.done"):
        part = event["part"]
        assert place == len(item["parts"]) - 1
        assert item["open"] == part.get("text", part.get("refusal"))
        item["open"] = None
    elif place is not None:
        assert place == len(item["parts"]) - 1
        item["open"] += event.get("delta", "")
    if kind.endswith(("text.done", "refusal.done")):
        assert event.get("text", event.get("refusal")) == item["open"]
