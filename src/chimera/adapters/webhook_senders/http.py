"""Webhooks over HTTP: one connection a message, to no address but those of the public internet.

The socket is made for one resolved address, which is judged there and connected to: a name that resolves to something
else a moment later (DNS rebinding) changes nothing, and no notation of an address slips through.
"""

import asyncio
import errno
import socket
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import BaseModel, ConfigDict
from yarl import URL

from chimera.kit.addresses import is_public
from chimera.webhooks.sending import EXCERPT_BYTES, Heard, Post
from chimera.wires.retry_after import retry_after_s


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    private_networks: bool = False
    timeout_s: float = 10.0


class _RefusedAddressError(OSError):
    def __init__(self) -> None:
        super().__init__(errno.EACCES, "not an address of the public internet")


@dataclass(slots=True)
class _Gate:
    """Makes sockets for public addresses only, and remembers that it refused one."""

    has_refused: bool = False

    def __call__(self, address: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _name, where = address
        if not is_public(str(where[0]).partition("%")[0]):
            self.has_refused = True
            raise _RefusedAddressError
        return socket.socket(family=family, type=kind, proto=protocol)


@dataclass(frozen=True, slots=True)
class HttpSender:
    """The port `Sender` over aiohttp."""

    settings: Settings

    async def send(self, post: Post) -> Heard:
        """POST it once. The whole of it, name resolution and the answer's beginning included, has `timeout_s`."""
        gate = None if self.settings.private_networks else _Gate()
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                return await _sent(post, gate)
        except TimeoutError:
            trouble = "timeout"
        except (aiohttp.ClientResponseError, aiohttp.ClientPayloadError, HttpProcessingError):
            trouble = "not_http"
        except (aiohttp.ClientError, OSError, ValueError):  # ValueError: a name that cannot be one of a host
            trouble = "unreachable"
        return Heard(trouble="address_refused" if gate and gate.has_refused else trouble)


async def _sent(post: Post, gate: _Gate | None) -> Heard:
    connector = aiohttp.TCPConnector(force_close=True, use_dns_cache=False, socket_factory=gate)
    headers = {"User-Agent": "chimera-webhooks", "Accept-Encoding": "identity", **post.headers}
    async with (
        aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # of what was not asked for a few bytes may become gigabytes
        ) as session,
        session.post(
            URL(post.url), data=post.body, headers=headers, allow_redirects=False, timeout=aiohttp.ClientTimeout()
        ) as response,
    ):
        excerpt = await _beginning(response.content)
        waits = retry_after_s(response.status, response.headers) if response.status in {429, 503} else None
        return Heard(status=response.status, excerpt=excerpt, retry_after_s=waits)


async def _beginning(content: aiohttp.StreamReader) -> str:
    """The first bytes of an answer, as text that every database keeps."""
    found = b""
    while len(found) < EXCERPT_BYTES and (piece := await content.read(EXCERPT_BYTES - len(found))):
        found += piece
    return found.decode("utf-8", "replace").replace("\x00", "\ufffd")
