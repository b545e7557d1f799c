"""What a provider of the Responses API says, by hand: items, events, a whole answer."""

from collections.abc import Mapping

from tests.wires.decoding import sse

COUNTED = {
    "input_tokens": 9,
    "input_tokens_details": {"cached_tokens": 4},
    "output_tokens": 3,
    "output_tokens_details": {"reasoning_tokens": 2},
    "total_tokens": 12,
}
CREATED = {"type": "response.created", "response": {"id": "resp_1", "model": "m", "status": "in_progress"}}
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "content": [{"type": "output_text", "text": "Hi", "annotations": [{"type": "url_citation", "url": "u"}]}],
}
CALL = {"id": "fc_1", "type": "function_call", "call_id": "a", "name": "f", "arguments": '{"x":1}'}
REASONING = {
    "id": "rs_1",
    "type": "reasoning",
    "summary": [{"type": "summary_text", "text": "Hm"}, {"type": "summary_text", "text": "Well"}],
    "encrypted_content": "e",
}


def ended(*output: Mapping[str, object], status: str = "completed", **members: object) -> dict[str, object]:
    response = {"id": "resp_1", "model": "m", "status": status, "output": output, "usage": COUNTED, **members}
    return {"type": f"response.{status}", "response": response}


def delta(name: str, text: str, **place: object) -> dict[str, object]:
    return {"type": f"response.{name}.delta", "delta": text, **place}


def item(step: str, told: Mapping[str, object], index: int = 0) -> dict[str, object]:
    return {"type": f"response.output_item.{step}", "output_index": index, "item": told}


TALK = sse(
    CREATED,
    item("done", REASONING),
    delta("output_text", "Hi", output_index=1),
    item("done", CALL, 2),
    ended(REASONING, MESSAGE, CALL),
)
