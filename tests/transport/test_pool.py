"""Connections that are used again, and above all those that are not."""

import asyncio

import pytest
from tests.transport.raw import HELLO, PATIENT, Behaviour, Line, answering, fault, got, hanging_up, serving

from chimera.transport import Fault, Pool, TransportError, connection

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"


async def test_a_connection_is_used_again(pool: Pool) -> None:
    async with serving(answering(*[HELLO] * 3)) as served:
        for _ in range(3):
            assert await got(pool, served.url) == (200, b"hello")
    assert served.lines == 1


async def test_who_finds_none_free_opens_one(pool: Pool) -> None:
    async with serving(answering(*[HELLO] * 9)) as served:
        first = await pool.ask("GET", served.url, headers={}, body=None, timeouts=PATIENT)
        assert await got(pool, served.url) == (200, b"hello")
        first.close()
        await got(pool, served.url)
    assert served.lines == 2


@pytest.mark.parametrize(
    "answer",
    [
        HELLO.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
        HELLO.replace(b"HTTP/1.1", b"HTTP/1.0"),
        HELLO + b"HTTP/1.1 200 OK\r\n",
        HELLO + HELLO,
        HELLO + b"x",
    ],
    ids=["closing", "old", "begun again", "said twice", "a byte too much"],
)
async def test_what_a_server_says_beyond_an_answer_is_never_the_next_one(pool: Pool, answer: bytes) -> None:
    async with serving(answering(answer), answering(HELLO.replace(b"hello", b"other"))) as served:
        assert await got(pool, served.url) == (200, b"hello")
        assert await got(pool, served.url) == (200, b"other")
    assert served.lines == 2


async def test_what_a_server_says_unasked_between_two_requests_is_never_an_answer(pool: Pool) -> None:
    said = asyncio.Event()

    async def blabber(line: Line) -> None:
        await line.request()
        await line.say(HELLO)
        await asyncio.sleep(0)
        await line.say(HELLO)
        said.set()
        await line.until_gone()

    async with serving(blabber, answering(HELLO.replace(b"hello", b"other"))) as served:
        assert await got(pool, served.url) == (200, b"hello")
        await said.wait()
        assert await got(pool, served.url) == (200, b"other")


async def test_who_speaks_before_being_asked_does_not_speak_http(pool: Pool) -> None:
    async def blabber(line: Line) -> None:
        await line.say(HELLO + HELLO)
        await line.until_gone()

    async with serving(blabber) as served:
        found = [await fault(pool, served.url) for _ in range(3)]
    assert set(found) <= {None, Fault.GARBAGE}
    assert served.lines == 3


async def test_a_connection_that_the_server_closed_is_not_handed_out(pool: Pool) -> None:
    async with serving(hanging_up(HELLO)) as served:
        for count in range(1, 6):
            assert await got(pool, served.url) == (200, b"hello")
            assert served.lines == count


def dying() -> Behaviour:
    """Answers once; the second request it takes and closes without a word."""

    async def behave(line: Line) -> None:
        await line.request()
        await line.say(HELLO)
        await line.request()

    return behave


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_what_may_be_repeated_is_asked_again_when_a_kept_connection_dies(pool: Pool, method: str) -> None:
    async with serving(dying(), answering(HELLO)) as served:
        assert await got(pool, served.url, method=method) == (200, b"hello")
        assert await got(pool, served.url, method=method) == (200, b"hello")
    assert served.lines == 2


async def test_what_may_have_been_acted_on_is_not_asked_twice(pool: Pool) -> None:
    async with serving(dying(), answering(HELLO)) as served:
        await got(pool, served.url)
        assert await fault(pool, served.url) is Fault.LOST
    assert served.lines == 1


async def test_what_dies_on_a_fresh_connection_is_not_asked_again(pool: Pool) -> None:
    async with serving(hanging_up()) as served:
        assert await fault(pool, served.url, method="GET") is Fault.LOST
    assert served.lines == 1


async def test_what_dies_within_an_answer_is_not_asked_again(pool: Pool) -> None:
    async with serving(hanging_up(HELLO, HELLO[:20])) as served:
        await got(pool, served.url, method="GET")
        assert await fault(pool, served.url, method="GET") is Fault.LOST
    assert served.lines == 1


async def test_leaving_before_the_end_closes_the_connection_at_once(pool: Pool) -> None:
    gone = asyncio.Event()

    async def endless(line: Line) -> None:
        await line.request()
        await line.say(CHUNKED)
        await line.until_gone()
        gone.set()

    async with serving(endless) as served:
        answer = await pool.ask("POST", served.url, headers={}, body=b"", timeouts=PATIENT)
        assert await answer.piece() == b"hello"
        answer.close()
        await asyncio.wait_for(gone.wait(), 5)
        with pytest.raises(TransportError):
            await answer.piece()


@pytest.mark.parametrize("said", [b"", HELLO[:20], CHUNKED], ids=["nothing", "a half head", "a half body"])
async def test_who_is_cancelled_leaves_nothing_half_used(pool: Pool, said: bytes) -> None:
    asked, gone = asyncio.Event(), asyncio.Event()

    async def slow(line: Line) -> None:
        await line.request()
        await line.say(said)
        asked.set()
        await line.until_gone()
        gone.set()

    async with serving(slow, answering(HELLO)) as served:
        task = asyncio.create_task(got(pool, served.url))
        await asked.wait()
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(gone.wait(), 5)
        assert await got(pool, served.url) == (200, b"hello")


async def test_draining_lets_a_connection_be_used_again_and_is_not_patient_for_ever(pool: Pool) -> None:
    async def late(line: Line) -> None:
        for _ in range(2):
            await line.request()
            await line.say(CHUNKED)
            await asyncio.sleep(0.02)
            await line.say(b"0\r\n\r\n")
        await line.request()
        await line.say(CHUNKED)
        await line.until_gone()

    async with serving(late) as served:
        for _ in range(2):
            answer = await pool.ask("POST", served.url, headers={}, body=b"", timeouts=PATIENT)
            await answer.drain(5)
            assert answer.ended
            answer.close()
        answer = await pool.ask("POST", served.url, headers={}, body=b"", timeouts=PATIENT)
        await asyncio.wait_for(answer.drain(0.05), 5)
        assert not answer.ended
        answer.close()
    assert served.lines == 1


async def test_what_nobody_uses_is_closed_after_a_minute(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_KEPT_S", 0.05)
    gone = asyncio.Event()

    async def kept(line: Line) -> None:
        await line.request()
        await line.say(HELLO)
        await line.until_gone()
        gone.set()

    async with serving(kept) as served:
        await got(pool, served.url)
        await asyncio.wait_for(gone.wait(), 5)
        await got(pool, served.url)
    assert served.lines == 2


async def test_closing_ends_what_is_free_and_what_is_in_use() -> None:
    pool = Pool()
    async with serving(answering(HELLO, HELLO), answering(CHUNKED)) as served:
        await got(pool, served.url)
        kept = await pool.ask("GET", served.url, headers={}, body=None, timeouts=PATIENT)
        used = await pool.ask("GET", served.url, headers={}, body=None, timeouts=PATIENT)
        await kept.piece()
        kept.close()
        await used.piece()
        await pool.close()
        with pytest.raises(TransportError) as failed:
            await used.piece()
        used.close()
    assert failed.value.fault is Fault.CUT


async def test_a_head_has_no_body(pool: Pool) -> None:
    async with serving(answering(HELLO[:-5]), answering(HELLO)) as served:
        assert await got(pool, served.url, method="HEAD", body=None) == (200, b"")
        assert await got(pool, served.url, method="GET", body=None) == (200, b"hello")
