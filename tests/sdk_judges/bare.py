"""A client of bare sockets, for what no HTTP library shows: single bytes, resets, unfinished bodies."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.fakes import FakeUpstream
from tests.sdk_judges.conftest import KEY

OPENAI_LIKE = ("openai", "azure", "deepseek", "openrouter", "lmstudio", "openai_compatible")
CHATS = (*OPENAI_LIKE, "responses", "anthropic", "gemini", "ollama")
"""Every chat wire; "responses" is OpenAI's second one."""

_PATHS = {
    "azure": "/azure/openai/v1/chat/completions",
    "lmstudio": "/lmstudio/v1/chat/completions",
    "responses": "/openai/v1/responses",
    "anthropic": "/anthropic/v1/messages",
    "ollama": "/ollama/api/chat",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One chat request on one wire."""

    wire: str
    stream: bool = True
    model: str = "model"
    text: str = "hello there"

    @property
    def flavour(self) -> str:
        return "openai" if self.wire == "responses" else self.wire

    def path(self, fake: FakeUpstream) -> str:
        if self.wire == "gemini":
            method = "streamGenerateContent?alt=sse" if self.stream else "generateContent"
            return f"/gemini/v1beta/models/{self.model}:{method}"
        return _PATHS.get(self.wire) or urlsplit(fake.base_url(self.wire)).path + "/chat/completions"

    def body(self) -> bytes:
        match self.wire:
            case "gemini":
                fields: dict[str, object] = {"contents": [{"role": "user", "parts": [{"text": self.text}]}]}
            case "responses":
                fields = {"input": self.text}
            case "anthropic":
                fields = {"messages": [{"role": "user", "content": self.text}], "max_tokens": 4096}
            case _:
                fields = {"messages": [{"role": "user", "content": self.text}]}
        common = {} if self.wire == "gemini" else {"model": self.model, "stream": self.stream}
        return json.dumps(fields | common).encode()

    def request(self, fake: FakeUpstream) -> bytes:
        body = self.body()
        lines = [
            f"POST {self.path(fake)} HTTP/1.1",
            "host: fake",
            f"authorization: Bearer {KEY}",
            f"x-goog-api-key: {KEY}",
            "anthropic-version: 2023-06-01",
            f"content-length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body


@asynccontextmanager
async def asked(fake: FakeUpstream, question: Question) -> AsyncIterator[asyncio.StreamReader]:
    """Send the question on a connection of its own; leaving the context closes it."""
    host, port = fake.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=8 * 1024 * 1024)
    try:
        writer.write(question.request(fake))
        yield reader
    finally:
        writer.close()


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Read the status and the headers."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    fields = dict(line.split(": ", 1) for line in head[1:] if line)
    return int(head[0].split()[1]), fields


async def read_chunk(reader: asyncio.StreamReader) -> bytes:
    """Read one chunk of a chunked body; the last one is empty."""
    size = int(await reader.readline(), 16)
    return (await reader.readexactly(size + 2))[:-2]


async def read_body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    """Read a finished body, chunked or of known length."""
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    parts: list[bytes] = []
    while part := await read_chunk(reader):
        parts.append(part)
    return b"".join(parts)


async def answer_to(fake: FakeUpstream, question: Question) -> tuple[int, dict[str, str], bytes]:
    """Ask, and return the whole answer."""
    async with asked(fake, question) as reader:
        status, headers = await read_head(reader)
        return status, headers, await read_body(reader, headers)
