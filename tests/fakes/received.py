"""What a client asked and how it behaved: the record that tests assert on."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import msgspec

from tests.fakes.speech import Speech


class Received:
    """One request.

    Args:
        path: The path with the flavour's segment, without the query.
        headers: Names in lower case.

    Attributes:
        speech: What it is answered; `None` where no model answers.
        told_at: When each piece of that was sent, in monotonic seconds.
    """

    def __init__(self, method: str, path: str, *, query: Mapping[str, str], headers: Mapping[str, str], body: bytes):
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.flavour = ""
        self.operation: str | None = None
        self.arrived_at = time.monotonic()
        self.ended_at: float | None = None
        self.client_left = False
        self.speech: Speech | None = None
        self.told_at: list[float] = []
        self._over = asyncio.Event()

    @property
    def json(self) -> Any:  # tests index into it; the wires own the shapes
        """The body, decoded."""
        return msgspec.json.decode(self.body)

    @property
    def model(self) -> str:
        """The model named in the body; empty where the path names it."""
        decoded = self.json if self.body else None
        return str(decoded.get("model", "")) if isinstance(decoded, dict) else ""

    def end(self, *, client_left: bool) -> None:
        """Note that the exchange is over, and who ended it."""
        self.client_left = client_left
        self.ended_at = time.monotonic()
        self._over.set()

    async def over(self) -> float:
        """Wait until the answer is finished or the client has left; return when that was, in monotonic seconds."""
        await self._over.wait()
        assert self.ended_at is not None
        return self.ended_at
