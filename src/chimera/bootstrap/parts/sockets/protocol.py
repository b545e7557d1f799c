"""WebSockets of the server: uvicorn's, with bounds on what waits for who does not read, also at the end."""

import asyncio
import socket
from asyncio.transports import BaseTransport

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

# What is written ahead of a reader, here and in the kernel, which would take megabytes for each.
_WRITTEN_AHEAD = 32_768
# For a client to take what waits for it and the reason of its end.
_PARTING_S = 5.0


class BoundedSocket(WebSocketsSansIOProtocol):
    """Ends what its client lets hang: a closed socket whose reader does not read would stay for ever."""

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=_WRITTEN_AHEAD)
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _WRITTEN_AHEAD)

    def handle_ping(self) -> None:
        """Answer; not who sends pings and does not read the answers, which would heap up."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    async def send(self, message: ASGISendEvent) -> None:
        """As told, but the end does not wait for a client that reads nothing."""
        if message["type"] != "websocket.close":
            await super().send(message)
            if message["type"] == "websocket.http.response.body" and self.close_sent:
                # Uvicorn 0.54 takes a handshake that was refused with a body for one that nobody answered.
                self.handshake_complete = True
            return
        self.writable.set()
        await super().send(message)
        self._part()

    def shutdown(self) -> None:
        """As told; a socket that is being closed already is not closed once more, which uvicorn 0.54 raises for."""
        if self.handshake_complete and self.conn.state is not State.OPEN:
            self.stop_keepalive()
            self.transport.close()
        else:
            super().shutdown()
        self._part()

    def _part(self) -> None:
        asyncio.get_running_loop().call_later(_PARTING_S, self._abort)

    def _abort(self) -> None:
        if not self.disconnected:
            self.transport.abort()
