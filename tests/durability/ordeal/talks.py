"""People who talk through whatever happens: they ask, read, are cut off, come back, stop answers and ask on."""

import asyncio
import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import httpx2
from tests.durability.ordeal.doors import Door, Doors
from tests.durability.ordeal.readings import Reading

MODEL: Final = "openai/gpt-4o-mini"
AGAIN_S: Final = 0.1
BUDGET_USD: Final = "5"
PANELS: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "round_robin"},
    {"kind": "merge", "chair": "Eve"},
)


@dataclass(slots=True, eq=False, kw_only=True)
class Asked:
    """One question, as whoever asked it knows of it.

    Attributes:
        is_kept: Whether the server said that it has it.
        reading: What its first reader was told.
        others: What others who read along were told.
        wants_stop: Whether somebody asked for its end.
        door: Who answers it, if somebody does.
    """

    tag: str
    text: str
    is_kept: bool = False
    reading: Reading = field(default_factory=Reading)
    others: list[Reading] = field(default_factory=list[Reading])
    wants_stop: bool = False
    door: Door | None = None

    @property
    def turn_id(self) -> str | None:
        return self.reading.turn_id if self.reading.frames else None


@dataclass(slots=True, eq=False, kw_only=True)
class Talk:
    """One conversation.

    Attributes:
        number: Of this conversation.
        panel: How several models speak in it; `None` where one does.
        begun: Called for each turn that is known to have begun.
        asked: Every question, whether it was taken or not.
    """

    number: int
    doors: Doors
    lots: random.Random
    begun: Callable[[], None]
    panel: dict[str, Any] | None = None
    id: str = ""
    asked: list[Asked] = field(default_factory=list[Asked])
    refused: int = 0
    _tags: Iterator[int] = field(default_factory=itertools.count)

    async def go_on(self, turns: int) -> None:
        """Open the conversation if need be, and ask until so many questions were answered, or their turns ended."""
        if not self.id:
            await self._open()
        for _ in range(turns):
            while not await self._ask():
                self.refused += 1
                await asyncio.sleep(AGAIN_S)

    async def messages(self, server: httpx2.AsyncClient) -> list[dict[str, Any]]:
        found = await server.get(f"/api/v1/conversations/{self.id}/messages", params={"limit": 500})
        return list(found.raise_for_status().json()["data"])

    async def _open(self) -> None:
        door = await self.doors.any()
        self.id = await door.server.create()
        if self.panel is not None:
            seats = [{"handle": name, "model": MODEL} for name in ("Ada", "Bob", "Eve")]
            limits = {"rounds": 1, "consensus": False, "nothing_new": False, "budget_usd": BUDGET_USD}
            body = {"participants": seats, "policy": self.panel, "limits": limits}
            put = await door.server.client.put(f"/api/v1/conversations/{self.id}/panel", json=body)
            assert put.status_code == 200, put.text

    async def _ask(self) -> bool:
        """Ask once; returns whether the question was taken, and then its turn is over."""
        tag = f"question-{self.number}-{next(self._tags)}"
        asked = Asked(tag=tag, text=f"{tag}: What next?")
        self.asked.append(asked)
        door = await self.doors.any()
        async with asyncio.TaskGroup() as beside:
            with suppress(httpx2.TransportError):
                if self.panel is None and self.lots.random() < 0.1:
                    await self._ask_for_all(asked, door)
                else:
                    await self._ask_streaming(asked, door, beside)
            if asked.turn_id is not None:
                await asked.reading.read_on(self.doors, asked.turn_id, self.lots)
        return asked.turn_id is not None

    async def _ask_for_all(self, asked: Asked, door: Door) -> None:
        """Ask without a stream, and read the turn afterwards from its beginning."""
        answered = await door.server.say(self.id, asked.text, model=MODEL)
        if answered.status_code == 201:
            asked.is_kept, asked.door = True, door
            self.begun()
            await asked.reading.read_on(self.doors, answered.json()["id"], self.lots)

    async def _ask_streaming(self, asked: Asked, door: Door, beside: asyncio.TaskGroup) -> None:
        body: dict[str, Any] = {"text": asked.text, "stream": True}
        path = f"/api/v1/conversations/{self.id}/panel/run"
        if self.panel is None:
            path, body = f"/api/v1/conversations/{self.id}/messages", body | {"model": MODEL}
        cut = self.lots.randint(1, 20) if self.lots.random() < 0.3 else None

        def begun() -> None:
            asked.is_kept, asked.door = True, door
            door.turns.append(UUID(asked.reading.turn_id))
            self._attend(asked, beside)
            self.begun()

        async with door.server.client.stream("POST", path, json=body) as response:
            if response.status_code == 200:
                await asked.reading.read(response, at_most=cut, begun=begun)
            elif response.status_code not in {409, 503}:
                raise AssertionError(await response.aread())

    def _attend(self, asked: Asked, beside: asyncio.TaskGroup) -> None:
        """Let others read along, and perhaps somebody stop it."""
        if self.lots.random() < 0.4:
            other = Reading()
            asked.others.append(other)
            beside.create_task(other.read_on(self.doors, asked.reading.turn_id, self.lots))
        if self.lots.random() < 0.1:
            asked.wants_stop = True
            beside.create_task(self._stop(asked))

    async def _stop(self, asked: Asked) -> None:
        await asyncio.sleep(self.lots.uniform(0, 1))
        door = await self.doors.any()
        with suppress(httpx2.TransportError):
            await door.server.client.post(f"/api/v1/turns/{asked.reading.turn_id}/stop")
