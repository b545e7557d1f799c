"""Many at once, at a server that is seldom honest, for callers who seldom wait: nobody ever hears another's answer."""

import asyncio
from dataclasses import dataclass
from random import Random

import pytest
from tests.transport.raw import Line, serving

from chimera.transport import Pool, Timeouts, TransportError

BRIEF = Timeouts(connect_s=20, idle_s=20)


def chunked(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def sized(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


@dataclass(frozen=True, slots=True)
class Whims:
    """A server that does what its mood is."""

    random: Random

    async def __call__(self, line: Line) -> None:
        while True:
            _, body = await line.request()
            answer = self.random.choice([chunked, sized])(body * 20)
            if not await self._say(line, answer, self.random.randrange(9)):
                return

    async def _say(self, line: Line, answer: bytes, whim: int) -> bool:
        """Whether it hears another request."""
        place = self.random.randrange(len(answer))
        match whim:
            case 0:
                return False
            case 1:
                await line.say(answer[:place])
                return False
            case 2:
                await line.say(answer + self.random.choice([b"x", b"\r\n\r\n", sized(b"another's")]))
            case 3:
                await line.say(answer)
                await asyncio.sleep(0)
                await line.say(sized(b"nobody's"))
            case _:
                await line.say(answer[:place])
                await asyncio.sleep(self.random.choice([0, 0, 0.001]))
                await line.say(answer[place:])
        return whim != 4


@dataclass(frozen=True, slots=True)
class Caller:
    """Asks, and seldom waits."""

    random: Random
    pool: Pool
    url: str

    async def insist(self, number: int) -> str:
        try:
            async with asyncio.timeout(self.random.choice([0.001, 20, 20, 20])):
                return await self._ask(b"<%d>" % number)
        except TransportError:
            return "failed"
        except TimeoutError:
            return "gave up"

    async def _ask(self, body: bytes) -> str:
        answer = await self.pool.ask("POST", self.url, headers={}, body=body, timeouts=BRIEF)
        heard = b""
        try:
            if self.random.random() < 0.2:
                return "left"
            while data := await answer.piece():
                heard += data
                assert (body * 20).startswith(heard)
        finally:
            answer.close()
        assert heard == body * 20
        return "heard"


@pytest.mark.parametrize("seed", range(3))
async def test_nobody_ever_hears_the_answer_to_another(pool: Pool, seed: int) -> None:
    random = Random(seed)

    async with serving(Whims(random)) as served:
        caller = Caller(random, pool, served.url)

        async def ask_often(first: int) -> list[str]:
            return [await caller.insist(number) for number in range(first, first + 40)]

        found = await asyncio.gather(*(ask_often(first) for first in range(0, 480, 40)))
    outcomes = [outcome for some in found for outcome in some]
    assert {"heard", "failed", "left"} <= set(outcomes)
    assert outcomes.count("heard") > 100
    assert served.lines < 480
