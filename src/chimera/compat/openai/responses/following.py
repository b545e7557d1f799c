"""The events of a response in the background, for whoever asks for them, from the event on that they want."""

from contextlib import aclosing
from uuid import UUID

from starlette.requests import Request
from starlette.types import Send

from chimera.compat.answering import EVENT_STREAM
from chimera.kit.scope import Scope
from chimera.responses.service import Readers
from chimera.web.connection import while_connected
from chimera.web.sse import Outlet


async def send_events(
    readers: Readers, scope: Scope, response_id: UUID, after: int, request: Request, send: Send
) -> None:
    """Send what comes after event number `after`. A reader that leaves stops nothing."""
    outlet = Outlet(send)
    await outlet.start(EVENT_STREAM)
    async with while_connected(request.receive, on_silence=outlet.keep_alive):
        async with aclosing(readers.follow(scope, response_id, after)) as events:
            async for frames in events:
                await outlet.put(frames)
        await outlet.end()
