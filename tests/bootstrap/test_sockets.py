"""WebSockets when the server ends."""

import asyncio
from typing import Any

from uvicorn import Config
from uvicorn.server import ServerState
from websockets.asyncio.client import connect

from chimera.bootstrap.parts.sockets.protocol import BoundedSocket


async def _accepting(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def test_a_socket_that_is_being_closed_does_not_keep_the_server_from_its_end() -> None:
    config, state, sockets = Config(_accepting, lifespan="off"), ServerState(), list[BoundedSocket]()
    config.load()

    def made() -> BoundedSocket:
        sockets.append(BoundedSocket(config, state, {}))
        return sockets[-1]

    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    async with server, connect(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}") as client:
        (served,) = sockets
        served.conn.send_close(1000)
        served.shutdown()
        async with asyncio.timeout(10):
            await client.wait_closed()
