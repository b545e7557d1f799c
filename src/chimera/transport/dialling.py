"""Making connections: names, the race between addresses, TLS, all within one patience."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, zip_longest
from typing import Any, TypeVar

from chimera.transport.faults import Fault, TransportError
from chimera.transport.request import Origin

P = TypeVar("P", bound=asyncio.Protocol)
_KNOWN_S = 30.0
# RFC 8305, 5: the next address is tried this long after the one before.
_HEAD_START_S = 0.25
Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]


@dataclass(slots=True)
class _Name:
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    addresses: Sequence[Address] = ()
    until: float = 0.0


class _ForbiddenAddressError(OSError):
    """Not an address that may be asked."""


class Dialler:
    """Opens connections. Remembers for 30 seconds what names mean; forgets it where nothing answers.

    Args:
        admits: Judges each IP address right before a socket is connected to it; `None` admits all.
    """

    def __init__(self, admits: Callable[[str], bool] | None = None) -> None:
        self._admits = admits
        self._names: dict[tuple[str, int], _Name] = {}
        self._tls: ssl.SSLContext | None = None

    async def dial(self, origin: Origin, protocol: Callable[[], P], patience_s: float) -> P:
        """Connect, with TLS where the origin asks for it.

        Raises:
            TransportError: NAME, FORBIDDEN, REFUSED, UNREACHABLE, TLS, or SLOW when the patience is over.
        """
        try:
            async with asyncio.timeout(patience_s):
                return await self._connected(origin, protocol)
        except TimeoutError as error:
            raise TransportError(Fault.SLOW) from error
        except (socket.gaierror, UnicodeError) as error:
            raise TransportError(Fault.NAME) from error
        except ssl.SSLError as error:
            raise TransportError(Fault.TLS) from error
        except _ForbiddenAddressError as error:
            raise TransportError(Fault.FORBIDDEN) from error
        except ConnectionRefusedError as error:
            raise TransportError(Fault.REFUSED) from error
        except OSError as error:
            raise TransportError(Fault.UNREACHABLE) from error

    async def _connected(self, origin: Origin, protocol: Callable[[], P]) -> P:
        loop = asyncio.get_running_loop()
        if origin.secure and self._tls is None:
            self._tls = await asyncio.to_thread(trusting_context)
        try:
            link = await first_link(await self._addresses(origin.host, origin.port), self._admits)
        except OSError:
            self._names.pop((origin.host, origin.port), None)
            raise
        tls, name = (self._tls, origin.host) if origin.secure else (None, None)
        return (await loop.create_connection(protocol, sock=link, ssl=tls, server_hostname=name))[1]

    async def _addresses(self, host: str, port: int) -> Sequence[Address]:
        loop = asyncio.get_running_loop()
        name = self._names.setdefault((host, port), _Name())
        async with name.asking:
            if name.until <= loop.time():
                name.addresses = _by_turns(await _resolved(host, port))
                name.until = loop.time() + _KNOWN_S
        return name.addresses


async def _resolved(host: str, port: int) -> Sequence[Address]:
    try:
        # What is an address already needs no thread.
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _by_turns(found: Sequence[Address]) -> Sequence[Address]:
    """The addresses in the resolver's order, but one family after the other: RFC 8305, 4."""
    first = [one for one in found if one[0] == found[0][0]]
    others = [one for one in found if one[0] != found[0][0]]
    return [one for one in chain.from_iterable(zip_longest(first, others)) if one is not None]


async def first_link(addresses: Sequence[Address], admits: Callable[[str], bool] | None = None) -> socket.socket:
    """Connect to the address that answers first, each with a head start before the next. Raises the first OSError."""
    if len(addresses) == 1:
        return await _link(addresses[0], admits)
    left, running = list(reversed(addresses)), set[asyncio.Task[socket.socket]]()
    errors: list[BaseException] = []
    won: socket.socket | None = None
    try:
        while won is None and (left or running):
            if left:
                running.add(asyncio.create_task(_link(left.pop(), admits)))
            patience_s = _HEAD_START_S if left else None
            done, running = await asyncio.wait(running, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if (error := task.exception()) is not None:
                    errors.append(error)
                elif won is None:
                    won = task.result()
                else:
                    task.result().close()
    finally:
        for task in running:
            task.cancel()
            task.add_done_callback(_closed)
    if won is None:
        raise errors[0]
    return won


def _closed(task: asyncio.Task[socket.socket]) -> None:
    """Close what was connected too late."""
    if not task.cancelled() and task.exception() is None:
        task.result().close()


async def _link(address: Address, admits: Callable[[str], bool] | None) -> socket.socket:
    family, kind, protocol, _, place = address
    if admits is not None and not admits(str(place[0]).partition("%")[0]):
        raise _ForbiddenAddressError
    link = socket.socket(family, kind, protocol)
    try:
        link.settimeout(0)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        await asyncio.get_running_loop().sock_connect(link, place)
    except BaseException:
        link.close()
        raise
    return link


@cache
def trusting_context() -> ssl.SSLContext:
    """Whom the machine trusts, read once: that takes 20 ms and a megabyte. It speaks HTTP/1.1 only."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
