"""What is said to one client: JSON frames, each waited for until the connection takes it."""

import asyncio
from dataclasses import dataclass
from typing import Final

import msgspec
from starlette.types import Send

from chimera.conversations.sockets.errors import NotReadingError
from chimera.kit.errors import AppError
from chimera.web.problems import problem

_ENCODER: Final = msgspec.json.Encoder()


class DepartedError(Exception):
    """The client has left; nobody is to be told anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One frame at a time waits; a client that takes none for `stall_s` seconds is given up."""

    send: Send
    stall_s: float
    request_id: str

    async def put(self, type: str, **fields: object) -> None:
        """Say something.

        Raises:
            NotReadingError: if the client does not take it.
            DepartedError: if there is no client any more.
        """
        text = _ENCODER.encode({"type": type, **fields}).decode()
        try:
            async with asyncio.timeout(self.stall_s):
                await self.send({"type": "websocket.send", "text": text})
        except TimeoutError:
            raise NotReadingError(f"Nothing was read for {self.stall_s:g} s. Come back and resume.") from None
        except OSError as error:
            raise DepartedError from error

    async def error(self, error: AppError, *, id: str | None = None) -> None:
        """Say what is wrong, with the frame that was named `id` or the socket as a whole."""
        await self.put("error", id=id, problem=problem(error, self.request_id))
