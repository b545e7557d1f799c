"""A client of a socket: `websockets` itself, with frames as what they say."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE_S = 15


@dataclass(slots=True)
class Socket:
    """An open socket, and all that was heard on it."""

    connection: ClientConnection
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def say(self, type: str, **fields: object) -> None:
        await self.connection.send(json.dumps({"type": type, **fields}))

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_S):
            frame = json.loads(await self.connection.recv())
        self.heard.append(frame)
        return frame

    async def until(self, type: str, **fields: object) -> dict[str, Any]:
        """Hear until a frame of a type comes, with these members."""
        while True:
            frame = await self.hear()
            if frame["type"] == type and all(frame.get(name) == value for name, value in fields.items()):
                return frame

    def said(self, type: str) -> list[dict[str, Any]]:
        """What was heard of a type so far."""
        return [frame for frame in self.heard if frame["type"] == type]

    async def closed(self) -> tuple[int, str]:
        """Hear until the server ends it; the code and the reason."""
        with pytest.raises(ConnectionClosed) as ended:
            await self.until("nothing that is ever said")
        assert ended.value.rcvd is not None, "it was cut off without a word"
        return ended.value.rcvd.code, ended.value.rcvd.reason

    @property
    def events(self) -> list[tuple[str, int, str]]:
        """What was heard of turns: turn, number, name."""
        return [(frame["turn_id"], frame["seq"], frame["type"]) for frame in self.heard if "seq" in frame]

    @property
    def text(self) -> str:
        return "".join(frame["data"]["text"] for frame in self.heard if frame["type"] == "text.delta")


@asynccontextmanager
async def socket(
    url: str, path: str, headers: Mapping[str, str] | None = None, **options: Any
) -> AsyncGenerator[Socket]:
    """Open `/api/v1/ws/` and the path, or a path of its own."""
    address = url.replace("http", "ws", 1) + (path if path.startswith("/") else f"/api/v1/ws/{path}")
    async with connect(address, additional_headers=headers, compression=None, proxy=None, **options) as connection:
        yield Socket(connection)
