"""An answer of Gemini's, and the chunks of which answers are made."""

from tests.wires.decoding import sse


def said(*parts: dict[str, object], finish: str | None = None, **more: object) -> dict[str, object]:
    candidate: dict[str, object] = {"content": {"parts": list(parts), "role": "model"}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    usage = {"promptTokenCount": 10, "totalTokenCount": 10}
    return {
        "candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini-3.5-flash", "responseId": "r/1",
        **more,
    }  # fmt: skip


USAGE = {
    "promptTokenCount": 100, "toolUsePromptTokenCount": 5, "cachedContentTokenCount": 64, "candidatesTokenCount": 20,
    "thoughtsTokenCount": 30, "totalTokenCount": 155,
}  # fmt: skip
TALK = sse(
    said({"text": "I should ", "thought": True}),
    said({"text": "look 🦊.", "thought": True}),
    said({"text": "Looking "}),
    said({"text": "outside 漢字."}, {"text": "", "thoughtSignature": "Sig0"}),
    said(
        {"functionCall": {"name": "get_weather", "args": {"city": "Rome"}}, "thoughtSignature": "Sig1"},
        {"functionCall": {"name": "get_weather", "args": {"city": "Oslo"}}},
    ),
    said({"functionCall": {"id": "fc_9", "name": "get_time", "args": {}}}),
    said({"text": ""}, finish="STOP", usageMetadata=USAGE),
)
