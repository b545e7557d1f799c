"""Every fault does, on every chat wire, exactly what its name says: checked on bare sockets."""

import asyncio
import json

import pytest
from tests.fakes import HUGE_TEXT, MULTIBYTE_TEXT, Answer, FakeUpstream, Fault
from tests.sdk_judges.bare import CHATS, OPENAI_LIKE, Question, answer_to, asked, read_chunk, read_head

WHILE_NOTHING_COMES_S = 0.05
SECOND_DELTA = b"aid: "
FINISHES = {"anthropic": b'"stop_reason":"end_turn"', "gemini": b'"finishReason"', "ollama": b'"done":true'}
ENDS = {"anthropic": b"message_stop", "responses": b"response.completed", "ollama": b'"done":true'}
every_wire = pytest.mark.parametrize("wire", CHATS)
streamed_or_not = pytest.mark.parametrize("stream", [True, False])


def finish(wire: str) -> bytes:
    return FINISHES.get(wire, ENDS.get(wire, b'"finish_reason":"stop"'))


def undecodable(wire: str, body: bytes) -> list[str]:
    """Return the events whose JSON does not parse."""
    lines = body.decode().splitlines()
    data = lines if wire == "ollama" else [line[6:] for line in lines if line.startswith("data: {")]
    return [line for line in data if not _parses(line)]


async def read_into(seen: bytearray, reader: asyncio.StreamReader) -> None:
    """Read until the end, keeping what came before an error."""
    while part := await reader.read(65536):
        seen += part


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.RATE_LIMITED, 429),
        (Fault.RATE_LIMITED_BARE, 429),
        (Fault.SERVER_ERROR, 500),
        (Fault.UNAVAILABLE, 503),
        (Fault.OVERLOADED, 529),
        (Fault.WRONG_KEY, 401),
        (Fault.CONTEXT_TOO_LONG, 400),
        (Fault.FORBIDDEN, 403),
        (Fault.MODEL_NOT_FOUND, 404),
    ],
)
@every_wire
async def test_refusals_have_their_status_and_say_when_to_come_back_or_not(fake, wire, fault, status):
    googles_own = {(Fault.OVERLOADED): 503, (Fault.WRONG_KEY): 400}
    expected = googles_own.get(fault, status) if wire == "gemini" else status
    got, headers, body = await answer_to(fake, Question(wire=wire, model=f"fault-{fault.value}"))
    assert got == expected
    assert "error" in json.loads(body)
    told = "retry-after" in headers or b"retryDelay" in body
    assert told is (fault in {Fault.RATE_LIMITED, Fault.UNAVAILABLE})


@every_wire
@streamed_or_not
async def test_a_hang_says_nothing_until_the_client_leaves(fake, wire, stream):
    fake.next(Fault.HANG)
    async with asked(fake, Question(wire=wire, stream=stream)) as reader:
        (request,) = await fake.arrived()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), WHILE_NOTHING_COMES_S)
        assert request.ended_at is None
    await request.over()
    assert request.client_left


@every_wire
async def test_a_hang_after_the_headers_sends_no_event(fake, wire):
    fake.next(Fault.HANG_AFTER_HEADERS)
    async with asked(fake, Question(wire=wire)) as reader:
        assert (await read_head(reader))[0] == 200
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), WHILE_NOTHING_COMES_S)


@every_wire
async def test_a_hang_midway_comes_after_some_deltas(fake, wire):
    fake.next(Fault.HANG_MIDWAY)
    async with asked(fake, Question(wire=wire)) as reader:
        await read_head(reader)
        body = b""
        while SECOND_DELTA not in body:
            body += await read_chunk(reader)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(read_chunk(reader), WHILE_NOTHING_COMES_S)
    (request,) = fake.requests
    left_at = await request.over()
    assert request.client_left
    assert left_at > request.arrived_at


@every_wire
@streamed_or_not
async def test_a_reset_before_the_first_byte_is_a_reset(fake, wire, stream):
    fake.next(Fault.RESET)
    async with asked(fake, Question(wire=wire, stream=stream)) as reader:
        with pytest.raises(ConnectionResetError):
            await reader.read(1)


@every_wire
@streamed_or_not
async def test_a_reset_midway_comes_after_what_was_sent(fake, wire, stream):
    fake.next(Fault.RESET_MIDWAY)
    async with asked(fake, Question(wire=wire, stream=stream)) as reader:
        head = await reader.readuntil(b"\r\n\r\n")
        seen = bytearray()
        with pytest.raises(ConnectionResetError):
            await read_into(seen, reader)
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert SECOND_DELTA in seen if stream else seen


@every_wire
async def test_a_cut_stream_ends_cleanly_without_a_finish(fake, wire):
    fake.next(Fault.CUT)
    status, _, body = await answer_to(fake, Question(wire=wire))
    assert status == 200
    assert SECOND_DELTA in body
    assert finish(wire) not in body
    assert b"[DONE]" not in body


@every_wire
@streamed_or_not
async def test_a_truncated_body_ends_before_http_says_so(fake, wire, stream):
    fake.next(Fault.TRUNCATED)
    async with asked(fake, Question(wire=wire, stream=stream)) as reader:
        _, headers = await read_head(reader)
        rest = await reader.read(-1)
    assert rest
    assert not rest.endswith(b"0\r\n\r\n")
    assert len(rest) < int(headers.get("content-length", 10**9))


@every_wire
@streamed_or_not
async def test_a_malformed_chunk_breaks_the_json_and_nothing_else(fake, wire, stream):
    fake.next(Fault.MALFORMED)
    _, _, body = await answer_to(fake, Question(wire=wire, stream=stream))
    if stream:
        assert len(undecodable(wire, body)) == 1
        assert finish(wire) in body
    else:
        assert not _parses(body.decode())


@every_wire
async def test_a_missing_end_marker_takes_nothing_else_away(fake, wire):
    fake.next(Fault.NO_END)
    _, _, body = await answer_to(fake, Question(wire=wire))
    marker = ENDS.get(wire, b"[DONE]")
    assert marker not in body
    if wire in {*OPENAI_LIKE, "anthropic", "gemini"}:
        assert finish(wire) in body


@every_wire
@streamed_or_not
async def test_garbage_is_a_good_status_with_a_web_page(fake, wire, stream):
    fake.next(Fault.GARBAGE)
    status, headers, body = await answer_to(fake, Question(wire=wire, stream=stream))
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert body.startswith(b"<!doctype html>")


@every_wire
async def test_an_error_midway_stands_within_the_stream(fake, wire):
    fake.next(Fault.ERROR_MIDWAY)
    status, _, body = await answer_to(fake, Question(wire=wire))
    assert status == 200
    assert SECOND_DELTA in body
    last = [line for line in body.decode().splitlines() if line][-1].removeprefix("data: ")
    assert "error" in {*json.loads(last), json.loads(last).get("type")}


@every_wire
@streamed_or_not
async def test_split_utf8_writes_one_byte_at_a_time(fake, wire, stream):
    fake.next(Fault.SPLIT_UTF8)
    async with asked(fake, Question(wire=wire, stream=stream)) as reader:
        await read_head(reader)
        parts: list[bytes] = []
        while part := await read_chunk(reader):
            parts.append(part)
    assert {len(part) for part in parts} == {1}
    assert MULTIBYTE_TEXT[-4:] in b"".join(parts).decode()


@every_wire
async def test_odd_framing_has_crlf_and_for_sse_comments_and_multi_line_data(fake, wire):
    fake.next(Fault.ODD_FRAMING)
    _, _, body = await answer_to(fake, Question(wire=wire))
    assert b"\r\n" in body
    if wire != "ollama":
        assert body.startswith(b":")
        assert b"data:{\r\ndata: " in body


async def test_slow_headers_come_after_the_status_line(fake):
    fake.next(Fault.SLOW_HEADERS)
    async with asked(fake, Question(wire="openai")) as reader:
        assert await reader.read(1000) == b"HTTP/1.1 200 OK\r\n"
        assert b"content-type" in await reader.readuntil(b"\r\n\r\n")


@every_wire
async def test_a_huge_line_is_one_line(fake, wire):
    fake.next(Fault.HUGE_LINE)
    _, _, body = await answer_to(fake, Question(wire=wire))
    assert any(HUGE_TEXT in line for line in body.decode().split("\n"))


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        *((wire, b'"finish_reason":"content_filter"') for wire in OPENAI_LIKE),
        ("responses", b'"reason":"content_filter"'),
        ("anthropic", b'"stop_reason":"refusal"'),
        ("gemini", b'"finishReason":"SAFETY"'),
    ],
)
@streamed_or_not
async def test_filtered_content_says_so(fake, wire, words, stream):
    fake.next(Fault.CONTENT_FILTERED)
    _, _, body = await answer_to(fake, Question(wire=wire, stream=stream))
    assert words in body


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.MALFORMED, Fault.ERROR_MIDWAY, Fault.NO_END])
async def test_an_answer_of_one_delta_is_spoilt_before_its_finish(fake, fault):
    fake.say(Answer(text="x", chunks=1))
    fake.next(fault)
    _, _, body = await answer_to(fake, Question(wire="openai"))
    assert b'"content":"x"' in body
    assert (finish("openai") in body) is (fault is Fault.NO_END)


async def test_the_unreachable_address_refuses(fake: FakeUpstream):
    host, port = fake.unreachable_url.removeprefix("http://").split(":")
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(host, int(port))
    assert fake.base_url("openai", unreachable=True) == f"{fake.unreachable_url}/openai/v1"
