"""Connections and answers leave no cycles, however they end: what only the collector finds holds everybody up."""

import asyncio
import gc

import pytest
from tests.transport.raw import HASTY, HELLO, PATIENT, Behaviour, answering, fault, got, hanging_up, serving

from chimera.transport import Pool

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"


async def leave(pool: Pool, url: str) -> None:
    answer = await pool.ask("POST", url, headers={}, body=b"", timeouts=PATIENT)
    await answer.piece()
    answer.close()


async def give_up(pool: Pool, url: str) -> None:
    task = asyncio.create_task(got(pool, url))
    await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.wait([task])


async def fail(pool: Pool, url: str) -> None:
    await fault(pool, url, timeouts=HASTY)


ENDINGS = {
    "whole": (answering(HELLO), leave),
    "left": (answering(CHUNKED), leave),
    "given up": (answering(CHUNKED), give_up),
    "silent": (answering(b""), fail),
    "cut": (hanging_up(CHUNKED), fail),
    "lost": (hanging_up(), fail),
    "garbage": (answering(b"SSH-2.0-OpenSSH_9.2\r\n"), fail),
    "said too much": (answering(HELLO + HELLO), leave),
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_nothing_of_ours_is_left_for_the_collector(ending: str) -> None:
    behaviour: Behaviour
    behaviour, use = ENDINGS[ending]
    async with serving(behaviour) as served:
        gc.collect()
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            pool = Pool()
            await use(pool, served.url)
            await pool.close()
            del pool
            await asyncio.sleep(0)
            gc.collect()
            found = {f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.garbage}
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()
    assert {name for name in found if name.startswith("chimera.")} == set()
