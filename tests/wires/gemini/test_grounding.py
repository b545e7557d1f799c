"""What an answer rests on, in Google's words and ours: its places are bytes, ours are characters."""

from typing import Any

import msgspec
import pytest
from tests.wires.decoding import decode, sse
from tests.wires.gemini.talk import said

from chimera.llm import Citation, Cited, Finished, FinishReason, Started, Text, TextDelta, fold
from chimera.wires.gemini import StreamEncoder, decode_answer, encode_answer, stream_decoder

WEB = [{"web": {"uri": "https://a.example", "title": "A"}}, {"web": {"uri": "https://b.example", "title": "B"}}]


def test_grounding_is_heard_as_citations_in_characters() -> None:
    supports = [{"segment": {"startIndex": 2, "endIndex": 6}, "groundingChunkIndices": [1, 9]}]
    grounding: dict[str, Any] = {"groundingChunks": WEB, "groundingSupports": supports}
    last = said({"text": " ok"}, finish="STOP")
    last["candidates"][0]["groundingMetadata"] = grounding  # type: ignore[index]
    (text,) = fold(decode(stream_decoder(), sse(said({"text": "é 漢"}), last))).parts
    assert isinstance(text, Text)
    assert text.text == "é 漢 ok"
    assert text.citations == (
        Citation(url="https://b.example", title="B", start=1, end=3),
        Citation(url="https://a.example", title="A"),
    )


@pytest.mark.parametrize("name", ["citationSources", "citations"])
def test_recitations_are_heard_as_citations(name: str) -> None:
    last = said({"text": "abc"}, finish="STOP")
    source = {"startIndex": 1, "endIndex": 2, "uri": "https://a.example"}
    last["candidates"][0]["citationMetadata"] = {name: [source]}  # type: ignore[index]
    (text,) = fold(decode(stream_decoder(), sse(last))).parts
    assert isinstance(text, Text)
    assert text.citations == (Citation(url="https://a.example", start=1, end=2),)


def test_citations_of_any_provider_are_told_as_grounding_and_survive_the_wire() -> None:
    cited = Citation(url="https://a.example", title="A", start=2, end=3)
    events = [
        Started(id="r", model="m"),
        TextDelta(text="é 漢"),
        Cited(citation=cited),
        TextDelta(text=" b", starts_part=True),
        Cited(citation=Citation(url="https://b.example", title="B")),
        Finished(reason=FinishReason.STOP),
    ]
    encoder = StreamEncoder("r", "m")
    stream = b"".join(map(encoder.encode, events))
    expected = (cited, Citation(url="https://b.example", title="B", start=3, end=5))
    for body in (
        stream.split(b"\n\n")[-2].removeprefix(b"data: "),
        encode_answer(fold(events), id="r", shows_thoughts=False),
    ):
        metadata = msgspec.json.decode(body)["candidates"][0]["groundingMetadata"]
        assert [support["segment"] for support in metadata["groundingSupports"]] == [
            {"startIndex": 3, "endIndex": 6, "text": "漢"},
            {"startIndex": 6, "endIndex": 8, "text": " b"},
        ]
    (text,) = fold(decode_answer(encode_answer(fold(events), id="r", shows_thoughts=False))).parts[-1:]
    assert isinstance(text, Text)
    assert text.citations == expected
