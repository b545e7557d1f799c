"""`chimera serve` as a process of its own, to be killed, frozen and starved; and a client that reads its streams."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from tests.fakes.server import FakeUpstream
from tests.serving import API_KEY, OWNER_EMAIL, OWNER_PASSWORD, ROOT_KEY, provider_environment

ROOT = Path(__file__).parents[2]
MODEL = "openai/gpt-4o"
# A start takes 2 s, and 15 times as long on a machine that others keep busy.
START_S = 60
LOOK_S = 0.05
END_S = 30


@dataclass(frozen=True, slots=True)
class Frame:
    """One server-sent event."""

    id: int
    event: str
    data: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """A running server.

    Attributes:
        said: What it printed until it listened.
        log: The file of its log.
        client: Carries the owner's key.
    """

    process: asyncio.subprocess.Process
    url: str
    said: str
    log: Path
    client: httpx2.AsyncClient

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def over(self, within_s: float = END_S) -> int:
        """Its exit code, once it has ended."""
        async with asyncio.timeout(within_s):
            return await self.process.wait()

    async def kill(self) -> None:
        """End it without a warning, as the kernel does when memory runs out."""
        self.process.kill()
        await self.over()

    async def create(self) -> str:
        """Make a conversation and return its id."""
        made = await self.client.post("/api/v1/conversations", json={})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def say(self, conversation_id: str, text: str = "Go on", *, model: str = MODEL) -> httpx2.Response:
        """Say something and wait for the whole answer."""
        body = _saying(text) | {"model": model}
        return await self.client.post(f"/api/v1/conversations/{conversation_id}/messages", json=body)

    @asynccontextmanager
    async def saying(self, conversation_id: str, text: str = "Tell me") -> AsyncGenerator[AsyncIterator[Frame]]:
        """Say something and read the answer while it is written."""
        path = f"/api/v1/conversations/{conversation_id}/messages"
        async with self.client.stream("POST", path, json=_saying(text) | {"stream": True}) as response:
            assert response.status_code == 200, await response.aread()
            yield frames(response)

    @asynccontextmanager
    async def following(self, turn_id: str, after: int = 0) -> AsyncGenerator[AsyncIterator[Frame]]:
        """Follow a turn from an event on, as a browser that was cut off."""
        headers = {"Last-Event-ID": str(after)}
        async with self.client.stream("GET", f"/api/v1/turns/{turn_id}/events", headers=headers) as response:
            assert response.status_code == 200, await response.aread()
            yield frames(response)

    async def turn(self, turn_id: str) -> dict[str, Any]:
        return dict((await self.client.get(f"/api/v1/turns/{turn_id}")).raise_for_status().json())

    async def messages(self, conversation_id: str) -> list[dict[str, Any]]:
        found = await self.client.get(f"/api/v1/conversations/{conversation_id}/messages")
        return list(found.raise_for_status().json()["data"])

    async def is_ready(self) -> bool:
        try:
            return (await self.client.get("/health/ready")).status_code == 200
        except httpx2.TransportError:
            return False

    async def until_ready(self, *, ready: bool = True, within_s: float = 20) -> None:
        """Ask as an orchestrator does: of another process there is no event to wait for."""
        for _ in range(int(within_s / LOOK_S)):
            if await self.is_ready() is ready:
                return
            await asyncio.sleep(LOOK_S)
        raise AssertionError(f"the server did not become {'ready' if ready else 'unready'}")

    async def until_closed(self) -> None:
        """Until it takes no more connections."""
        with suppress(httpx2.TransportError):
            for _ in range(int(END_S / LOOK_S)):
                async with httpx2.AsyncClient(base_url=self.url) as fresh:
                    await fresh.get("/health/live")
                await asyncio.sleep(LOOK_S)
            raise AssertionError("the server goes on listening")


def _saying(text: str) -> dict[str, str]:
    return {"text": text, "model": MODEL}


def text_of(read: list[Frame]) -> str:
    return "".join(frame.data["text"] for frame in read if frame.event == "text.delta")


def answer_of(message: dict[str, Any]) -> str:
    return "".join(part["text"] for part in message["parts"] if part["type"] == "text")


async def frames(response: httpx2.Response) -> AsyncGenerator[Frame]:
    """Read server-sent events; keep-alive comments are passed over."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield Frame(int(fields["id"]), fields["event"], json.loads(fields["data"]))
            fields = {}


async def read_until(stream: AsyncIterator[Frame], event: str, *, count: int = 1) -> list[Frame]:
    """Read on until an event of this name was seen so often; give everything that was read."""
    read: list[Frame] = []
    async with asyncio.timeout(40):
        async for frame in stream:
            read.append(frame)
            count -= frame.event == event
            if count == 0:
                return read
    raise AssertionError(f"the stream ended after {read}")


@asynccontextmanager
async def replica(database_url: str, fake: FakeUpstream, folder: Path, **settings: str) -> AsyncGenerator[Replica]:
    """Start `chimera serve --migrate`; leaving kills it if it still runs.

    Args:
        database_url: Of an account that may migrate, if there is anything to migrate.
        fake: What `openai/…` is answered by.
        folder: Of data and logs.
        settings: Further ones, by the names they have in the environment after `CHIMERA_`.
    """
    chosen = {
        "port": "0",
        "data_dir": str(folder),
        "database_url": database_url,
        "local_model": "off",
        "owner_email": OWNER_EMAIL,
        "owner_password": OWNER_PASSWORD,
        "bootstrap_api_key": API_KEY,
        "root_key": ROOT_KEY,
    }
    variables = {f"CHIMERA_{name.upper()}": value for name, value in (chosen | settings).items()}
    environment = {"PYTHONPATH": str(ROOT / "src"), **provider_environment(fake, "openai"), **variables}
    log = _log_in(folder)
    with log.open("ab") as written:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "chimera", "serve", "--migrate"),
            stdout=asyncio.subprocess.PIPE,
            stderr=written,
            env=environment,
        )
    try:
        said, url = await _listening(process, log)
        headers = {"Authorization": f"Bearer {API_KEY}"}
        limits = httpx2.Limits(max_connections=None)
        async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=40, limits=limits) as client:
            yield Replica(process=process, url=url, said=said, log=log, client=client)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def _log_in(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder / "server.log"


async def _listening(process: asyncio.subprocess.Process, log: Path) -> tuple[str, str]:
    assert process.stdout is not None
    said, url = "", ""
    async with asyncio.timeout(START_S):
        async for line in process.stdout:
            said += line.decode()
            if " ready at " in line.decode():
                url = line.decode().split()[-1]
            if "Ctrl+C" in line.decode():
                return said, url
    raise AssertionError(f"the server did not start, see {log}:\n{said}")
