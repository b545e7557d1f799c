"""Slow servers, slow readers, large bodies: what is waited for, and what is held meanwhile."""

import asyncio
import gzip
import hashlib
import os
import time

import pytest
from tests.transport.raw import HASTY, HELLO, PATIENT, Line, answering, fault, got, hanging_up, serving

from chimera.transport import Fault, Pool

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
LARGE = bytes(range(256)) * 4096 * 20


@pytest.mark.parametrize("said", [b"", HELLO[:20], CHUNKED], ids=["nothing", "a half head", "a half body"])
async def test_silence_is_a_fault(pool: Pool, said: bytes) -> None:
    async with serving(answering(said)) as served:
        assert await fault(pool, served.url, timeouts=HASTY) is Fault.SILENT


async def test_silence_counts_from_the_last_byte(pool: Pool) -> None:
    async def slow(line: Line) -> None:
        await line.request()
        for place in range(len(HELLO)):
            await line.say(HELLO[place : place + 1])
            await asyncio.sleep(0.01)

    async with serving(slow) as served:
        assert await got(pool, served.url, timeouts=HASTY) == (200, b"hello")


async def test_a_reader_who_is_slow_is_not_a_server_that_is_silent(pool: Pool) -> None:
    async with serving(answering(CHUNKED + b"0\r\n\r\n")) as served:
        answer = await pool.ask("POST", served.url, headers={}, body=b"", timeouts=HASTY)
        await asyncio.sleep(0.5)
        assert await answer.piece() == b"hello"
        answer.close()


class Busy(asyncio.Protocol):
    """A server that has spoken, and then holds up the loop that its client runs on, too."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        os.write(self.transport.get_extra_info("socket").fileno(), HELLO)
        time.sleep(0.5)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport.close()


async def test_a_server_that_has_spoken_is_not_silent_because_we_were_busy(pool: Pool) -> None:
    server = await asyncio.get_running_loop().create_server(Busy, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    assert await got(pool, url, timeouts=HASTY) == (200, b"hello")
    await pool.close()
    server.close()
    await server.wait_closed()


async def test_a_server_that_does_not_read_is_silent(pool: Pool) -> None:
    async def deaf(line: Line) -> None:
        await asyncio.sleep(60)

    async with serving(deaf) as served:
        assert await fault(pool, served.url, body=LARGE, timeouts=HASTY) is Fault.SILENT


async def test_a_slow_reader_holds_the_server_back(pool: Pool) -> None:
    written = 0

    async def eager(line: Line) -> None:
        nonlocal written
        await line.request()
        await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(LARGE) * 5))
        for _ in range(5 * 160):
            await line.say(LARGE[: len(LARGE) // 160])
            written += 1

    async with serving(eager) as served:
        answer = await pool.ask("POST", served.url, headers={}, body=b"", timeouts=PATIENT)
        before = -1
        while written > before:
            before = written
            await asyncio.sleep(0.1)
        assert written < 5 * 160
        assert answer.held < 1024 * 1024
        size = 0
        while data := await answer.piece():
            size += len(data)
            assert len(data) < 1024 * 1024
        answer.close()
    assert size == len(LARGE) * 5


async def test_a_large_body_arrives_whole(pool: Pool) -> None:
    digests = []

    async def hash_it(line: Line) -> None:
        for _ in range(2):
            _, body = await line.request()
            digests.append(hashlib.sha256(body).digest())
            await line.say(HELLO)

    async with serving(hash_it) as served:
        for _ in range(2):
            assert await got(pool, served.url, body=LARGE) == (200, b"hello")
    assert digests == [hashlib.sha256(LARGE).digest()] * 2
    assert served.lines == 1


async def test_a_refusal_ends_the_writing(pool: Pool) -> None:
    async def refuse(line: Line) -> None:
        await line.reader.readuntil(b"\r\n\r\n")
        await line.say(HELLO.replace(b"200 OK", b"413 Large"))
        await asyncio.sleep(60)

    async with serving(refuse, answering(HELLO)) as served:
        async with asyncio.timeout(PATIENT.idle_s - 1):
            assert await got(pool, served.url, body=LARGE) == (413, b"hello")
        assert await got(pool, served.url) == (200, b"hello")
    assert served.lines == 2


@pytest.mark.parametrize("read", [1, 1_000_000, 10_000_000])
async def test_a_server_that_resets_while_we_write_is_lost(pool: Pool, read: int) -> None:
    async def reset(line: Line) -> None:
        await line.reader.readexactly(read)
        line.reset()

    async with serving(reset, answering(HELLO)) as served:
        assert await fault(pool, served.url, body=LARGE) is Fault.LOST
        assert await got(pool, served.url) == (200, b"hello")


@pytest.mark.parametrize("said", [HELLO[:-1], b"HTTP/1.1 200 OK\r\n\r\nhello"], ids=["of a length", "of none"])
async def test_a_server_that_resets_within_a_body_cut_it(pool: Pool, said: bytes) -> None:
    async def reset(line: Line) -> None:
        await line.request()
        await line.say(said)
        await asyncio.sleep(0.05)
        line.reset()

    async with serving(reset) as served:
        assert await fault(pool, served.url) is Fault.CUT


async def test_an_answer_that_begins_early_does_not_end_the_writing(pool: Pool) -> None:
    async def early(line: Line) -> None:
        head = await line.reader.readuntil(b"\r\n\r\n")
        await line.say(CHUNKED)
        size = len(await line.reader.readexactly(len(LARGE)))
        await line.say(b"%x\r\n%d\r\n0\r\n\r\n" % (len(str(size)), size) if head else b"")

    async with serving(early) as served:
        assert await got(pool, served.url, body=LARGE) == (200, b"hello%d" % len(LARGE))


async def test_who_is_cancelled_while_writing_closes_the_connection(pool: Pool) -> None:
    async def deaf(line: Line) -> None:
        await asyncio.sleep(0.3)
        await line.until_gone()

    async with serving(deaf, answering(HELLO)) as served:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await got(pool, served.url, body=LARGE)
        assert await got(pool, served.url) == (200, b"hello")
    assert served.lines == 2


@pytest.mark.parametrize("place", [60, len(HELLO) - 1])
async def test_a_body_that_is_cut_is_given_up_to_there_and_then_a_fault(pool: Pool, place: int) -> None:
    async with serving(hanging_up(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n" + b"x" * place)) as served:
        answer = await pool.ask("POST", served.url, headers={}, body=b"", timeouts=PATIENT)
        assert (await answer.piece())[:1] == b"x"
        answer.close()
        assert await fault(pool, served.url) is Fault.CUT


async def test_a_bomb_is_unpacked_in_pieces(pool: Pool) -> None:
    packed = gzip.compress(bytes(64 * 1024 * 1024))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    async with serving(answering(head + packed)) as served:
        answer = await pool.ask("POST", served.url, headers={}, body=b"", timeouts=PATIENT)
        size = 0
        while data := await answer.piece():
            assert len(data) <= 256 * 1024
            size += len(data)
        answer.close()
    assert size == 64 * 1024 * 1024
