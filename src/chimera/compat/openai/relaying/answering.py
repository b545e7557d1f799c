"""An answer passed on as it comes: its bytes and its media type, and nothing else of what the provider sent."""

from contextlib import aclosing

import structlog
from starlette.requests import Request
from starlette.types import Send

from chimera.compat.exchange import Surface, answer_headers, header_safe
from chimera.compat.openai.shape import OPENAI
from chimera.gateway.call import Call
from chimera.gateway.deadline import armed
from chimera.kit.errors import AppError
from chimera.llm import Forwarded, Started
from chimera.web.connection import while_connected

log = structlog.get_logger()


async def answer_relayed(surface: Surface, call: Call, request: Request, send: Send) -> None:
    """Send the call's answer. One that breaks off is broken off: no end is sent, and the connection is closed."""
    has_begun = False
    async with while_connected(request.receive):
        try:
            async with armed(call), aclosing(surface.gateway(call)) as events:
                async for event in events:
                    match event:
                        case Started():
                            await send(_start(call, event))
                            has_begun = True
                        case Forwarded():
                            await send({"type": "http.response.body", "body": event.data, "more_body": True})
                        case _:
                            pass
        except AppError as error:
            if not has_begun:
                raise
            log.warning("relay.broke_off", code=error.code)
            return
        await send({"type": "http.response.body", "body": b""})


def _start(call: Call, started: Started) -> dict[str, object]:
    media_type = dict(started.headers).get("content-type", "application/octet-stream")
    headers = [(b"content-type", header_safe(media_type))]
    headers += answer_headers(call, started.lost, started.headers, shape=OPENAI)
    return {"type": "http.response.start", "status": 200, "headers": headers}
