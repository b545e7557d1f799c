"""Forwarded responses of providers that break the wire: nothing of it breaks what is kept of them."""

import json

import pytest
from msgspec import Raw

from chimera.llm import Event, Forwarded, Original
from chimera.wires.failure import WireError
from chimera.wires.openai_responses import forwarding_decoder
from chimera.wires.openai_responses.request_decoding import WIRE

ASKED = Original(wire=WIRE, fields={}, stream=True, answer={"id": Raw(b'"resp_ours"')})


def event(kind: str, **members: object) -> bytes:
    return b"data: %b\n\n" % json.dumps({"type": kind, **members}).encode()


def forwarded(*frames: bytes) -> list[Event]:
    decoder = forwarding_decoder(ASKED)
    return [event for frame in frames for event in decoder.feed(frame)] + decoder.close()


def last_response(*frames: bytes) -> dict[str, object]:
    passed = b"".join(event.data for event in forwarded(*frames) if isinstance(event, Forwarded))
    told: dict[str, object] = json.loads(passed.rstrip().rpartition(b"data: ")[2])["response"]
    return told


@pytest.mark.parametrize("status", ["odd", "in_progress", "cancelled", None])
@pytest.mark.parametrize("kind", ["completed", "incomplete"])
def test_a_response_that_has_ended_says_so(kind: str, status: str | None) -> None:
    assert last_response(event(f"response.{kind}", response={"status": status, "output": None})) == {
        "id": "resp_ours",
        "status": kind,
        "output": [],
    }


def test_an_end_that_says_that_it_is_none_is_not_made_one() -> None:
    response = {"status": "incomplete", "output": []}
    assert last_response(event("response.completed", response=response))["status"] == "incomplete"


@pytest.mark.parametrize("number", [-1, 2**31, 2**70, "7", 1.5])
def test_a_number_that_no_database_holds_is_no_number_of_an_event(number: object) -> None:
    with pytest.raises(WireError):
        forwarded(event("response.output_text.delta", sequence_number=number, delta="Hi"))


def test_a_type_with_line_breaks_makes_no_frame_of_its_own() -> None:
    odd = b'data: {"x": 1, "type": "response.foo\\n\\nevent: response.completed"}\n\n'
    heard = forwarded(event("response.output_text.delta", delta="Hi"), odd, event("response.completed", response={}))
    passed = b"".join(event.data for event in heard if isinstance(event, Forwarded))
    assert passed.count(b"\nevent: response.completed\n") == 1
