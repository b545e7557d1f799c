"""Webhooks over HTTP: one connection a message, through the gate that all given addresses are asked through."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from chimera.adapters.gate import Gate, Rules, faults
from chimera.webhooks.sending import EXCERPT_BYTES, Heard, Post
from chimera.wires.retry_after import retry_after_s

if TYPE_CHECKING:  # see `adapters.gate`
    from aiohttp import StreamReader


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    private_networks: bool = False
    timeout_s: float = 10.0


@dataclass(frozen=True, slots=True)
class HttpSender:
    """The port `Sender` over aiohttp.

    Attributes:
        rules: Where it may send; by default as the settings say.
    """

    settings: Settings
    rules: Rules | None = field(default=None)

    async def send(self, post: Post) -> Heard:
        """POST it once. The whole of it, name resolution and the answer's beginning included, has `timeout_s`."""
        gate = Gate(self.rules or Rules(private=self.settings.private_networks))
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                return await _sent(post, gate)
        except faults() as error:
            return Heard(trouble=gate.trouble_of(error))


async def _sent(post: Post, gate: Gate) -> Heard:
    headers = {"User-Agent": "chimera-webhooks", **post.headers}
    async with gate.asked("POST", post.url, headers=headers, body=post.body) as response:
        excerpt = await _beginning(response.content)
        waits = retry_after_s(response.status, response.headers) if response.status in {429, 503} else None
        return Heard(status=response.status, excerpt=excerpt, retry_after_s=waits)


async def _beginning(content: "StreamReader") -> str:
    """The first bytes of an answer, as text that every database keeps."""
    found = b""
    while len(found) < EXCERPT_BYTES and (piece := await content.read(EXCERPT_BYTES - len(found))):
        found += piece
    return found.decode("utf-8", "replace").replace("\x00", "\ufffd")
