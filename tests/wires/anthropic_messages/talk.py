"""An answer of Anthropic's, and the events of which answers are made."""

from tests.wires.decoding import sse

START = {
    "type": "message_start",
    "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "claude-opus-5-5",
        "stop_reason": None, "stop_sequence": None,
        "usage": {"input_tokens": 10, "cache_creation_input_tokens": 100,
                  "cache_read_input_tokens": 1000, "output_tokens": 1},
    },
}  # fmt: skip
STOP = {"type": "message_stop"}


def opened(index: int, **block: object) -> dict[str, object]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(index: int, **what: object) -> dict[str, object]:
    return {"type": "content_block_delta", "index": index, "delta": what}


def closed(index: int) -> dict[str, object]:
    return {"type": "content_block_stop", "index": index}


def ended(reason: str, **usage: object) -> dict[str, object]:
    known = {"output_tokens": 25, **usage}
    return {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": known}


TALK = sse(
    START,
    opened(0, type="thinking", thinking="", signature=""),
    {"type": "ping"},
    delta(0, type="thinking_delta", thinking="Let me "),
    delta(0, type="thinking_delta", thinking="see 🦊."),
    delta(0, type="signature_delta", signature="EqQB"),
    closed(0),
    opened(1, type="text", text=""),
    delta(1, type="text_delta", text="Looking "),
    delta(1, type="text_delta", text="outside 漢字."),
    closed(1),
    opened(2, type="tool_use", id="toolu_a", name="get_weather", input={}),
    delta(2, type="input_json_delta", partial_json=""),
    delta(2, type="input_json_delta", partial_json='{"city":'),
    delta(2, type="input_json_delta", partial_json=' "Rome"}'),
    closed(2),
    opened(3, type="tool_use", id="toolu_b", name="get_time", input={}),
    closed(3),
    ended("tool_use", output_tokens_details={"thinking_tokens": 7}),
    STOP,
)
