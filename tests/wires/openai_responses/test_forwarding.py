"""Requests and answers between ends that both speak this wire: bytes pass, but for what is ours."""

from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from msgspec.structs import replace
from tests.wires.decoding import spoilt, sse, survives
from tests.wires.openai_responses.conversations import answers
from tests.wires.openai_responses.talk import accumulated, frames, head, judged, written
from tests.wires.openai_responses.test_answers import ANSWER
from tests.wires.openai_responses.test_requests import FUNCTION, PATCH, asked, original
from tests.wires.openai_responses.upstream import TALK
from tests.wires.partitions import SIZES, cut

from chimera.llm import Event, Finished, Forwarded, Original, Started, UsageReported, fold
from chimera.wires.failure import BrokenAnswerError
from chimera.wires.openai_responses import (
    OPENAI,
    OPENROUTER,
    Head,
    answered,
    encode_response,
    forwarded_body,
    forwarding_decoder,
    original_of,
)

OURS = Head(id="resp_ours", created_at=7, model="m", previous_response_id="resp_before", store=True)


def sent(*, model: str = "gpt-5.5", **members: object) -> dict[str, Any]:
    request = asked(**members).request  # type: ignore[arg-type]  # `input` may be among the members
    kept = original_of(request, OPENAI)
    assert kept is not None
    body: dict[str, Any] = msgspec.json.decode(forwarded_body(kept, model=model))
    return body


def kept(*, stream: bool) -> Original:
    return replace(original(asked(stream=stream)), answer=OURS.ours, minor=())


def heard(pieces: list[bytes], *, stream: bool) -> list[Event]:
    decoder = forwarding_decoder(kept(stream=stream))
    return [event for piece in pieces for event in decoder.feed(piece)] + decoder.close()


def passed(events: list[Event]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, Forwarded))


def test_a_request_goes_out_in_its_own_words_and_is_never_kept() -> None:
    body = sent(input="hi", tools=[PATCH, {"type": "web_search"}], store=True, background=True, metadata={"a": "b"})
    assert body == {
        "model": "gpt-5.5",
        "input": "hi",
        "tools": [PATCH, {"type": "web_search"}],
        "metadata": {"a": "b"},
        "store": False,
        "include": ["reasoning.encrypted_content"],
    }


def test_reasoning_is_asked_for_encrypted_where_the_model_reasons() -> None:
    assert sent(model="gpt-4o").get("include") is None
    assert sent(model="gpt-5-chat-latest").get("include") is None
    assert sent(model="o3-pro", include=["web_search_call.results"])["include"] == [
        "web_search_call.results",
        "reasoning.encrypted_content",
    ]


def test_what_others_signed_stays_here_and_so_does_what_openai_would_have_had_to_keep() -> None:
    items = [
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "openai's"},
        {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": "chimera.gemini.proof"},
        {"type": "reasoning", "id": "rs_3", "summary": []},
        {"type": "function_call", "call_id": "a__sig__cHJvb2Y", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "a__sig__cHJvb2Y", "output": "sunny"},
    ]
    request = asked(items).request
    own = original_of(request, OPENAI)
    assert own is not None
    told = msgspec.json.decode(own.fields["input"])
    assert [item.get("id", item.get("call_id")) for item in told] == ["rs_1", "a", "a"]
    assert own.minor == ("input.1", "input.2")
    started, *_ = forwarding_decoder(own).feed(b"") or heard([written(ANSWER)], stream=True)
    assert isinstance(started, Started)
    assert original_of(replace(request, strict=True), OPENAI) is None


def test_what_a_translation_leaves_out_is_not_lost_where_nothing_is_translated() -> None:
    own = original_of(asked(tools=[{"type": "web_search"}], user="u").request, OPENAI)
    assert own is not None
    assert own.minor == ()


@pytest.mark.parametrize(("tools", "taken"), [([FUNCTION, {"type": "web_search"}], True), ([FUNCTION, PATCH], False)])
def test_openrouter_gets_only_tools_that_reach_its_models(tools: list[object], taken: bool) -> None:
    assert (original_of(asked(tools=tools).request, OPENROUTER) is not None) == taken


def test_a_request_of_another_wire_is_none_of_ours() -> None:
    request = asked().request
    other = replace(request, original=replace(original(asked()), wire="openai_chat"))
    assert original_of(other, OPENAI) is None
    assert original_of(replace(request, original=None), OPENAI) is None


@settings(max_examples=40)
@given(events=answers(), sizes=SIZES)
def test_a_stream_passes_but_for_the_head_of_its_response(events: list[Event], sizes: list[int]) -> None:
    upstream = written(events, to=head())
    told = heard(cut(upstream, sizes), stream=True)
    before, after = frames(upstream), frames(passed(told))
    judged(after)
    for theirs, ours in zip(before, after, strict=True):
        if "response" in theirs:
            theirs["response"] |= OURS.ours
        assert ours == theirs
    assert isinstance(told[0], Started)
    assert told[0].forwarded
    assert [event for event in told if isinstance(event, UsageReported | Finished)] == [
        event for event in events if isinstance(event, UsageReported | Finished)
    ]


async def test_the_official_sdk_reads_what_is_passed_on() -> None:
    response = await accumulated(passed(heard([written(ANSWER)], stream=True)))
    assert (response.id, response.previous_response_id) == ("resp_ours", "resp_before")


def test_deltas_pass_byte_for_byte() -> None:
    upstream = sse({"type": "response.created", "response": {"id": "r", "model": "m"}})
    odd = b'{"delta" : "h\\u0069", "type":"response.output_text.delta",\t"logprobs":[ 1.0 ]}'
    end = {"type": "response.completed", "response": {"id": "r", "output": []}}
    told = heard([upstream + b"data: " + odd + b"\n\n" + sse(end)], stream=True)
    assert b"event: response.output_text.delta\ndata: " + odd + b"\n\n" in passed(told)


@settings(max_examples=30)
@given(events=answers(), sizes=SIZES)
def test_a_whole_response_passes_but_for_its_head(events: list[Event], sizes: list[int]) -> None:
    theirs = answered(head(), fold(events))
    told = heard(cut(encode_response(theirs), sizes), stream=False)
    assert msgspec.json.decode(passed(told)) == theirs | OURS.ours
    assert [type(event) for event in told] == [Started, Forwarded, UsageReported, Finished]


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"<html>", b'{"error":{"message":"No"}}', b'{"status":"queued","output":[]}']
)
def test_what_is_no_response_is_not_passed_on(body: bytes) -> None:
    with pytest.raises(BrokenAnswerError):
        heard([body], stream=False)


def test_a_failure_is_not_passed_on_but_raised() -> None:
    failed = {"type": "response.failed", "response": {"id": "r", "error": {"code": "server_error", "message": "No"}}}
    with pytest.raises(BrokenAnswerError):
        heard([sse(failed)], stream=True)


NULLS = sse({"type": "response.created", "response": None}, {"type": "response.output_item.added", "item": None})


@settings(max_examples=150)
@given(body=spoilt(NULLS + TALK), sizes=SIZES)
@example(body=NULLS + TALK, sizes=[40])
def test_no_bytes_do_more_than_break_what_is_passed_on(body: bytes, sizes: list[int]) -> None:
    survives(forwarding_decoder(kept(stream=True)), cut(body, sizes))
    survives(forwarding_decoder(kept(stream=False)), cut(body, sizes))


@settings(max_examples=100)
@given(spoilt(encode_response(answered(head(), fold(ANSWER)))))
def test_no_body_does_more_than_break_what_is_passed_on(body: bytes) -> None:
    survives(forwarding_decoder(kept(stream=False)), [body])


def test_a_search_is_shown_while_it_goes_on_and_thoughts_only_when_something_is_said() -> None:
    """What was not shown yet may be asked for again elsewhere."""
    created = {"type": "response.created", "response": {"id": "r", "model": "m"}}
    for kind, shown in (("web_search_call", True), ("reasoning", False), ("message", False)):
        decoder = forwarding_decoder(kept(stream=True))
        told = decoder.feed(sse(created, {"type": "response.output_item.added", "item": {"type": kind, "id": "x"}}))
        assert [type(event) for event in told] == [Started, *([Forwarded] if shown else [])]
