"""An answer of Ollama's, and the lines of which answers are made."""

from tests.wires.decoding import lines


def said(**message: object) -> dict[str, object]:
    return {
        "model": "qwen3", "created_at": "2026-11-20T10:00:00Z", "message": {"role": "assistant", **message},
        "done": False,
    }  # fmt: skip


def done(reason: str = "stop", **more: object) -> dict[str, object]:
    ended = {"done": True, "done_reason": reason, "total_duration": 5_043_500_667, "eval_count": 20, **more}
    return said(content="") | ended


def call(name: str, arguments: object, **more: object) -> dict[str, object]:
    return {"function": {"name": name, "arguments": arguments}, **more}


TALK = lines(
    said(content="", thinking="I should "),
    said(content="", thinking="look 🦊."),
    said(content="Looking "),
    said(content="outside 漢字."),
    said(content="", tool_calls=[call("get_weather", {"city": "Rome"}, id="call_a")]),
    said(
        content="", tool_calls=[call("get_weather", {"city": "Oslo"}, id="call_b"), call("get_time", {}, id="call_c")]
    ),
    done(prompt_eval_count=10),
)
