"""A house in which several models speak, each by its own script."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import TypeAlias
from uuid import UUID

from tests.conversations.house import House, Step, answer

from chimera.conversations.encoding import Spoken, decode_parts, decode_spoken
from chimera.conversations.journal import Entry
from chimera.conversations.panel_runs.service import Panels, Running, Settings, Words
from chimera.conversations.panels.limits import Limits
from chimera.conversations.panels.participants import Participant
from chimera.conversations.panels.settings import Policy
from chimera.conversations.service import ConversationChange, TurnView
from chimera.conversations.tables import MessageRow
from chimera.gateway.call import Call
from chimera.gateway.telling import Charge
from chimera.kit.scope import Scope
from chimera.llm import Stream, Text
from chimera.spend.errors import BudgetExhaustedError

Script: TypeAlias = Sequence[Step]


class Cast:
    """A gateway at which each model plays its scripts, one a call; the last one again and again."""

    def __init__(self, costs: int | None = 0, **scripts: Sequence[Script]) -> None:
        self.costs = costs
        self.scripts = {f"test/{name}": list(said) for name, said in scripts.items()}
        self.calls: list[Call] = []
        self.left: set[str] = set()

    async def __call__(self, call: Call) -> Stream:
        self.calls.append(call)
        model, most = call.request.model, call.wishes.most_nusd
        if most is not None and self.costs is not None and self.costs > most:
            raise BudgetExhaustedError("As the meter refuses it.")
        scripts = self.scripts[model]
        script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
        try:
            for step in script:
                match step:
                    case asyncio.Event():
                        await step.wait()
                    case BaseException():
                        raise step
                    case _:
                        yield step
        finally:
            call.trail.told.charges.append(Charge(cost_nusd=self.costs))
            self.left.add(model)

    def asked(self) -> list[str]:
        return [call.request.model.removeprefix("test/") for call in self.calls]


def says(*words: str) -> list[Script]:
    """One script a saying."""
    return [answer(word) for word in words]


async def panel(
    house: House, scope: Scope, policy: Policy, seats: Sequence[Participant], limits: Limits | None = None
) -> tuple[Panels, UUID]:
    """Put a panel into a new conversation."""
    panels = Panels(turns=house.turns)
    made = await house.conversations.create(scope, ConversationChange())
    settings = Settings(participants=tuple(seats), policy=policy, limits=limits or Limits(), seed=7)
    await panels.put(scope, made.row.id, settings)
    return panels, made.row.id


async def ask(panels: Panels, scope: Scope, conversation_id: UUID, text: str | None, **more: object) -> TurnView:
    words = None if text is None else Words(text=text)
    return await panels.run(scope, conversation_id, Running(words=words, **more))  # type: ignore[arg-type]  # tests spell fields out


async def told(house: House, scope: Scope, turn_id: UUID) -> list[Entry]:
    async with aclosing(house.readers.follow(scope, turn_id)) as journal:
        return [numbered.entry async for numbered in journal]


async def messages(house: House, scope: Scope, conversation_id: UUID) -> list[MessageRow]:
    return (await house.conversations.messages(scope, conversation_id, limit=100)).rows


def words_of(row: MessageRow) -> str:
    return "".join(part.text for part in decode_parts(row.parts) if isinstance(part, Text))


def spoken_of(row: MessageRow) -> Spoken:
    spoken = decode_spoken(row.speech)
    assert spoken is not None
    return spoken
