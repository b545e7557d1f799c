"""Marks for the prompt cache, citations and documents on their way to Anthropic."""

from typing import Any

from tests.wires.requests import PNG, WEATHER, ask, turn, user

from chimera.llm import Citation, Document, Image, Message, Request, Text, Tool, ToolCall, ToolResult
from chimera.wires.anthropic_messages import encode_request

MODEL = "claude-sonnet-5-5"
FIVE_MINUTES, AN_HOUR = {"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}


def body(request: Request) -> dict[str, Any]:
    return encode_request(request).body


def test_marks_go_along_on_blocks_of_every_kind() -> None:
    tool = Tool(name="f", parameters=WEATHER.parameters, cache="1h")
    call = ToolCall(id="a", name="f", arguments="{}", cache="5m")
    result = ToolResult(call_id="a", parts=(Text(text="x"),), cache="5m")
    told = body(
        ask(
            model=MODEL,
            tools=(tool,),
            system=(Text(text="Be kind.", cache="1h"),),
            messages=(user("go"), turn(call), Message(role="tool", parts=(result,))),
        )
    )
    assert told["tools"][0]["cache_control"] == told["system"][0]["cache_control"] == AN_HOUR
    assert told["messages"][1]["content"][0]["cache_control"] == FIVE_MINUTES
    assert told["messages"][2]["content"][0]["cache_control"] == FIVE_MINUTES
    pictures = body(ask(Image(url=PNG, cache="5m"), Text(text="?", cache="5m"), model=MODEL))
    assert [block["cache_control"] for block in pictures["messages"][0]["content"]] == [FIVE_MINUTES] * 2


def test_a_fifth_mark_is_left_out_and_named() -> None:
    texts = [Text(text=str(number), cache="5m") for number in range(4)]
    encoded = encode_request(ask(*texts, model=MODEL, system=(Text(text="Be kind.", cache="1h"),)))
    marked = ["cache_control" in block for block in encoded.body["messages"][0]["content"]]
    assert (marked, encoded.lost) == ([True, True, True, False], ("cache",))


def test_documents_say_how_they_are_called_what_they_are_and_that_they_may_be_cited() -> None:
    paper = Document(url="https://example.com/a.pdf", name="Moon", context="Old.", citable=True)
    [block] = body(ask(paper, model=MODEL))["messages"][0]["content"]
    assert (block["title"], block["context"], block["citations"]) == ("Moon", "Old.", {"enabled": True})


def test_only_anthropics_own_citations_go_back_to_it() -> None:
    own = Citation(quote="x", source='{"type":"char_location","cited_text":"x"}', origin="anthropic_messages")
    foreign = Citation(url="https://example.com", origin="gemini")
    encoded = encode_request(ask(model=MODEL, messages=(user("a"), turn(Text(text="b", citations=(own, foreign))))))
    [cited] = encoded.body["messages"][1]["content"][0]["citations"]
    assert bytes(cited) == b'{"type":"char_location","cited_text":"x"}'
    assert encoded.lost == ("messages.citations",)


def test_openais_user_is_anthropics_and_its_other_extras_are_lost() -> None:
    encoded = encode_request(ask(model=MODEL, extra={"user": "someone", "store": True}))
    assert encoded.body["metadata"] == {"user_id": "someone"}
    assert encoded.lost == ("extra.store",)
