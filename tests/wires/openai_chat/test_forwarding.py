"""What passes where caller and provider both speak chat completions, and what of it is read beside."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wires.openai_chat.conversations import answers
from tests.wires.partitions import SIZES, cut

from chimera.llm import (
    Event,
    Finished,
    Forwarded,
    Original,
    ProviderOverloadError,
    Request,
    Started,
    UsageReported,
    fold,
)
from chimera.wires.failure import StreamFailure, WireError
from chimera.wires.openai_chat import (
    AZURE,
    DEEPSEEK,
    LMSTUDIO,
    OPENAI,
    OPENROUTER,
    Quirks,
    StreamDecoder,
    StreamEncoder,
    decode_request,
    encode_answer,
    forwarded_request,
    forwarding_decoder,
    original_of,
)

HELLO = {"role": "user", "content": "Hello"}
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
DONE = b"data: [DONE]\n\n"


def request_of(*messages: dict[str, Any], model: str = "m", **parameters: Any) -> Request:
    return decode_request(msgspec.json.encode({"model": model, "messages": messages or (HELLO,)} | parameters)).request


def asking(*messages: dict[str, Any], **parameters: Any) -> Original:
    original = request_of(*messages, **parameters).original
    assert original is not None
    return original


def sent(quirks: Quirks, **parameters: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    encoded = forwarded_request(asking(**parameters), quirks, model="its-name")
    return msgspec.json.decode(encoded.to_json()), encoded.lost


def chunk(delta: dict[str, Any] | None = None, finish: str | None = None, index: int = 0, **fields: Any) -> bytes:
    choices = [] if delta is None else [{"index": index, "delta": delta, "finish_reason": finish}]
    told = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices} | fields
    return b"data: " + msgspec.json.encode(told) + b"\n\n"


SAID = chunk({"role": "assistant", "content": ""}) + chunk({"content": "Hi"})
END = chunk({}, "stop")


def passed(body: bytes, sizes: list[int] | None = None, *, include_usage: bool = False, **options: Any) -> list[Event]:
    decoder = forwarding_decoder(
        asking(stream=True, stream_options={"include_usage": include_usage, **options}), ("extra.novel",)
    )
    events = [event for data in cut(body, sizes or [len(body)]) for event in decoder.feed(data)]
    return events + decoder.close() if not events or not isinstance(events[-1], Finished) else events


def told(events: list[Event]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, Forwarded))


def test_a_callers_members_go_out_byte_for_byte_under_the_providers_name_of_the_model() -> None:
    body = b'{"model":"a/b","messages":[{"role":"user","content":"\\u00e9" } ],"temperature":0.70,"n":2}'
    original = decode_request(body).request.original
    assert original is not None
    forwarded = forwarded_request(original, OPENAI, model="b").to_json()
    assert forwarded == b'{"model":"b","messages":[{"role":"user","content":"\\u00e9" } ],"temperature":0.70,"n":2}'


def test_a_stream_is_asked_to_count_and_keeps_its_other_options() -> None:
    body, _ = sent(OPENAI, stream=True, stream_options={"include_obfuscation": False})
    assert body["stream_options"] == {"include_obfuscation": False, "include_usage": True}
    assert "stream_options" not in sent(OPENAI)[0]


@pytest.mark.parametrize(
    ("quirks", "named", "expected"),
    [
        (OPENAI, {"max_tokens": 5}, {"max_completion_tokens": 5}),
        (OPENAI, {"max_tokens": 5, "max_completion_tokens": 7}, {"max_completion_tokens": 7}),
        (Quirks(), {"max_completion_tokens": 7}, {"max_tokens": 7}),
        (Quirks(), {"max_tokens": 5, "max_completion_tokens": 7}, {"max_tokens": 7}),
    ],
)
def test_the_limit_of_an_answer_has_the_providers_name(
    quirks: Quirks, named: dict[str, int], expected: dict[str, int]
) -> None:
    body, lost = sent(quirks, **named)
    assert {name: body[name] for name in ("max_tokens", "max_completion_tokens") if name in body} == expected
    assert lost == ()


@pytest.mark.parametrize(
    ("quirks", "members"),
    [(OPENAI, ["models", "novel"]), (OPENROUTER, ["models", "route"]), (Quirks(), ["chat_template"])],
)
def test_members_that_the_provider_is_not_known_to_take_stay_here(quirks: Quirks, members: list[str]) -> None:
    body, lost = sent(quirks, logprobs=True, fallback_models=["a/b"], **dict.fromkeys(members, "x"))
    assert {*members, "fallback_models"}.isdisjoint(body)
    assert lost == tuple(f"extra.{name}" for name in members)


@pytest.mark.parametrize(
    ("quirks", "parameters", "forwarded"),
    [
        (OPENAI, {}, True),
        (AZURE, {"n": 2}, True),
        (OPENAI, {"top_k": 3}, False),  # a translation leaves it out, and says so
        (OPENAI, {"top_k": 3, "n": 2}, True),
        (OPENAI, {"tools": [{"type": "custom", "custom": {"name": "x"}}]}, True),
        (OPENROUTER, {"logprobs": True}, True),
        (OPENROUTER, {"n": 2}, False),
        (DEEPSEEK, {}, False),
        (DEEPSEEK, {"logprobs": True, "top_logprobs": 2}, True),
        (DEEPSEEK, {"n": 2}, False),
        (LMSTUDIO, {"n": 2}, False),
        (Quirks(), {}, False),
        (Quirks(), {"n": 2}, True),
        (Quirks(), {"web_search_options": {}}, False),
    ],
)
def test_who_gets_the_callers_own_words(quirks: Quirks, parameters: dict[str, Any], forwarded: bool) -> None:
    assert (original_of(request_of(**parameters), quirks) is not None) is forwarded


@pytest.mark.parametrize(
    ("model", "format", "forwarded"),
    [
        ("anthropic/claude-x", "anthropic-claude-v1", True),
        ("openai/gpt-x", "anthropic-claude-v1", False),
        ("openai/gpt-x", "novel-v1", False),
    ],
)
def test_signed_reasoning_is_forwarded_to_its_makers_model_only(model: str, format: str, forwarded: bool) -> None:
    detail = {"type": "reasoning.text", "text": "Hm", "signature": "s", "format": format}
    request = request_of(HELLO, {"role": "assistant", "content": "x", "reasoning_details": [detail]}, model=model)
    assert (original_of(request, OPENROUTER) is not None) is forwarded
    assert original_of(request, OPENAI) is None


@given(events=answers(), sizes=SIZES, crlf=st.booleans(), asked=st.booleans())
def test_an_answer_passes_unchanged_in_any_partition(
    events: list[Event], sizes: list[int], crlf: bool, asked: bool
) -> None:
    encoder = StreamEncoder("chatcmpl-1", "m", created=1, include_usage=True)
    frames = [encoder.encode(event) for event in events]
    body = b": ping\n\n".join([*frames, encoder.done()])
    heard = passed(body.replace(b"\n", b"\r\n") if crlf else body, sizes, include_usage=asked)
    again = StreamDecoder()
    said = [event for event in again.feed(told(heard)) if asked or not isinstance(event, UsageReported)]
    expected = [event for event in events if asked or not isinstance(event, UsageReported)]
    assert said + again.close() == expected
    assert (heard[0].forwarded, heard[0].lost) == (True, ("extra.novel",))  # type: ignore[union-attr]  # it is Started
    assert fold(heard).usage == fold(events).usage
    assert isinstance(heard[-1], Finished)
    assert b"[DONE]" not in told(heard)
    if asked and not crlf:
        assert told(heard) == b"".join(frames)


@given(events=answers(), sizes=SIZES)
def test_a_whole_answer_passes_byte_for_byte(events: list[Event], sizes: list[int]) -> None:
    body = encode_answer(fold(events), id="chatcmpl-1", model="m", created=1)
    decoder = forwarding_decoder(asking())
    heard = [event for data in cut(body, sizes) for event in decoder.feed(data)] + decoder.close()
    assert told(heard) == body
    assert fold(heard).usage == fold(events).usage
    assert [type(event) for event in heard] == [Started, Forwarded, UsageReported, Finished]


def test_several_choices_pass_and_all_must_end() -> None:
    both = SAID + chunk({"content": "Ho"}, index=1) + END
    assert told(passed(both + chunk({}, "length", index=1) + DONE)) == both + chunk({}, "length", index=1)
    with pytest.raises(WireError) as flaw:
        passed(both)
    assert flaw.value.code == "cut"


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("form", ["apart", "beside", "space"])
def test_usage_comes_in_one_form_wherever_the_provider_puts_it(asked: bool, form: str) -> None:
    last = {
        "apart": END + chunk(usage=USAGE),
        "beside": chunk({}, "stop", usage=USAGE),
        "space": END + chunk({"content": ""}, usage=USAGE).replace(b'"usage":', b'"usage" : '),
    }[form]
    events = passed(SAID + last + DONE, include_usage=asked)
    *chunks, end = [msgspec.json.decode(frame[6:]) for frame in told(events).split(b"\n\n")[:-1]]
    assert fold(events).usage is not None
    assert all(one["choices"] and not one.get("usage") for one in chunks)
    if asked:
        assert (end["choices"], end["usage"], end["id"], end["model"]) == ([], USAGE, "x", "m")
    else:
        assert end["choices"]
        assert "usage" not in end


def test_usage_beside_the_last_words_is_told_without_an_end_marker_too() -> None:
    assert b'"choices":[],"usage":{"' in told(passed(SAID + chunk({}, "stop", usage=USAGE), include_usage=True))


def test_usage_in_every_chunk_stays_for_who_asked_for_that() -> None:
    body = SAID + chunk({"content": "!"}, usage=USAGE) + chunk({}, "stop", usage=USAGE)
    assert told(passed(body + DONE, include_usage=True, continuous_usage_stats=True)) == body


def test_azures_verdict_on_the_prompt_passes_to_who_expects_chunks_without_a_choice() -> None:
    blank = chunk(id="", model="", prompt_filter_results=[])
    assert told(passed(blank + SAID + END + DONE)) == SAID + END
    assert told(passed(blank + SAID + END + DONE, include_usage=True)) == blank + SAID + END


def test_openrouters_reasoning_bears_the_name_that_all_others_use_too() -> None:
    tricky = 'Hm, "reasoning":"x" \\'
    events = passed(chunk({"reasoning": tricky}) + SAID + END + DONE)
    delta = msgspec.json.decode(told(events).split(b"\n\n")[0][6:])["choices"][0]["delta"]
    assert delta == {"reasoning": tricky, "reasoning_content": tricky}
    message = {"role": "assistant", "content": '"reasoning":"no"', "reasoning": tricky}
    body = {"id": "x", "model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    decoder = forwarding_decoder(asking())
    decoder.feed(msgspec.json.encode(body))
    answer = msgspec.json.decode(told(decoder.close()))
    assert answer["choices"][0]["message"] == message | {"reasoning_content": tricky}


def test_nothing_passes_before_the_first_words() -> None:
    decoder = forwarding_decoder(asking(stream=True))
    role = chunk({"role": "assistant", "content": ""})
    assert [type(event) for event in decoder.feed(b": OPENROUTER PROCESSING\n\n" + role)] == [Started]
    (first,) = decoder.feed(chunk({"content": "Hi"}))
    assert isinstance(first, Forwarded)
    assert first.data == SAID


@pytest.mark.parametrize("rest", [b"", DONE, b"data: {oops}\n\n", chunk({"content": "!"})[:-9]])
def test_a_broken_stream_never_looks_complete(rest: bytes) -> None:
    with pytest.raises(WireError):
        passed(SAID + rest)


def test_an_error_in_the_stream_comes_after_what_was_said() -> None:
    openrouter = chunk({"content": ""}, "error", error={"code": 502, "message": "Provider disconnected"})
    decoder = forwarding_decoder(asking(stream=True))
    with pytest.raises(StreamFailure) as broken:
        decoder.feed(SAID + openrouter)
    assert broken.value.failure.error is ProviderOverloadError
    assert told(list(broken.value.heard)) == SAID


def test_an_answer_that_comes_whole_where_a_stream_was_asked_is_translated() -> None:
    message = {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
    events = passed(b"\n" + msgspec.json.encode({"id": "x", "model": "m", "choices": [message], "usage": USAGE}))
    assert isinstance(events[0], Started)
    assert not events[0].forwarded
    assert (fold(events).text, fold(events).forwarded) == ("Hi", None)


@pytest.mark.parametrize("stream", [False, True])
def test_an_error_with_status_200_is_an_error(stream: bool) -> None:
    decoder = forwarding_decoder(asking(stream=stream))
    with pytest.raises(StreamFailure):
        _ = decoder.feed(b'{"error":{"message":"Sorry","code":500}}') + decoder.close()
