"""A server of mail: takes messages, with TLS or without, and may refuse to."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class FakeMailServer:
    """What came, and how.

    Attributes:
        offers_tls: Whether it says STARTTLS.
        refuses: Everything that is handed in.
    """

    tls: ssl.SSLContext | None = None
    offers_tls: bool = True
    refuses: bool = False
    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    in_the_clear: list[bytes] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        encrypted = False
        writer.write(b"220 fake\r\n")
        while line := await reader.readline():
            verb = line.split()[0].upper() if line.split() else b""
            if not encrypted:
                self.in_the_clear.append(line)
            if verb == b"EHLO":
                writer.write(
                    b"250-fake\r\n" + (b"250-STARTTLS\r\n" if self.offers_tls else b"") + b"250 AUTH PLAIN\r\n"
                )
            elif verb == b"STARTTLS" and self.tls:
                writer.write(b"220 go\r\n")
                await writer.start_tls(self.tls)
                encrypted = True
            elif verb == b"DATA":
                await self._take(reader, writer)
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                self.logins += [line] if verb == b"AUTH" else []
                writer.write(b"235 in\r\n" if verb == b"AUTH" else b"554 no\r\n" if self.refuses else b"250 ok\r\n")
            await writer.drain()
        writer.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"354 go on\r\n")
        text = await reader.readuntil(b"\r\n.\r\n")
        message = message_from_bytes(text[:-3], policy=policy.SMTP)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        writer.write(b"250 taken\r\n")


@asynccontextmanager
async def mail_server(fake: FakeMailServer, *, tls_at_once: bool = False) -> AsyncGenerator[FakeMailServer]:
    server = await asyncio.start_server(fake, "127.0.0.1", 0, ssl=fake.tls if tls_at_once else None)
    fake.port = server.sockets[0].getsockname()[1]
    async with server:
        yield fake
