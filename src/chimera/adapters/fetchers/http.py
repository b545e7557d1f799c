"""Given addresses over HTTP, through the gate; each redirect is a request of its own, judged anew."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict
from yarl import URL

from chimera.adapters.gate import Gate, Rules, faults
from chimera.kit.fetching import Fetched, FetchError, Outgoing

if TYPE_CHECKING:  # see `adapters.gate`
    from aiohttp import StreamReader

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
# Never carried on to another host.
_PRIVATE_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization"})
_SAID: Final = {
    "timeout": "The address did not answer in time.",
    "not_http": "The address does not speak HTTP as it should.",
    "address_refused": "The address is not one of the public internet, reached by https.",
    "unreachable": "The address cannot be reached.",
}


class Settings(BaseModel):
    """What a fetcher needs.

    Attributes:
        private_networks: Whether private networks and plain HTTP may be asked, too: the operator's choice alone.
        timeout_s: Of a whole fetch, its redirects included.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    private_networks: bool = False
    timeout_s: float = 10.0


@dataclass(frozen=True, slots=True)
class HttpFetcher:
    """The port `Fetcher` over aiohttp.

    Attributes:
        rules: Where it may ask; by default as the settings say.
    """

    settings: Settings
    rules: Rules | None = field(default=None)

    async def fetch(self, outgoing: Outgoing) -> Fetched:
        """Ask, and follow as many redirects as `outgoing` allows.

        Raises:
            FetchError: if the address is refused, does not answer in time, or says more than was asked for.
        """
        gate = Gate(self.rules or Rules(private=self.settings.private_networks))
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                return await _followed(outgoing, gate)
        except faults() as error:
            trouble = gate.trouble_of(error)
            raise FetchError(_SAID[trouble], trouble=trouble) from error


async def _followed(outgoing: Outgoing, gate: Gate) -> Fetched:
    fetched, left = await _once(outgoing, gate), outgoing.redirects
    while outgoing.method == "GET" and fetched.status in _REDIRECTS and "location" in fetched.headers:
        if left <= 0:
            raise FetchError("The address leads on too often.", trouble="too_many_redirects")
        left -= 1
        outgoing = onward(outgoing, fetched)
        fetched = await _once(outgoing, gate)
    return fetched


async def _once(outgoing: Outgoing, gate: Gate) -> Fetched:
    headers = {"User-Agent": "chimera", **outgoing.headers}
    async with gate.asked(outgoing.method, outgoing.url, headers=headers, body=outgoing.body) as response:
        body = await _read(response.content, outgoing.most_bytes)
        told = {name.lower(): value for name, value in response.headers.items()}
        return Fetched(url=outgoing.url, status=response.status, headers=told, body=body)


def onward(outgoing: Outgoing, fetched: Fetched) -> Outgoing:
    """What is asked next, where an answer leads elsewhere.

    Raises:
        FetchError: if it leads from https to anything else.
    """
    before = URL(fetched.url)
    after = before.join(URL(fetched.headers["location"])).with_fragment(None)
    if before.scheme == "https" and after.scheme != "https":
        raise FetchError(_SAID["address_refused"], trouble="address_refused")
    kept = {
        name: value
        for name, value in outgoing.headers.items()
        if before.origin() == after.origin() or name.lower() not in _PRIVATE_HEADERS
    }
    return replace(outgoing, url=str(after), headers=kept)


async def _read(content: "StreamReader", most: int) -> bytes:
    found = bytearray()
    while piece := await content.read(65_536):
        found += piece
        if len(found) > most:
            raise FetchError("The address says more than was asked for.", trouble="too_large")
    return bytes(found)
