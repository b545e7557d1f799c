"""An ordeal: people talk to servers that are killed, frozen and cut off, by a seed; then all is looked at."""

import asyncio
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.durability.ordeal.blows import ON_A_FILE, ON_POSTGRES, Blow, Field
from tests.durability.ordeal.doors import Doors, Start
from tests.durability.ordeal.speaker import Speaker
from tests.durability.ordeal.talks import PANELS, Talk
from tests.durability.ordeal.verdict import Verdict, judge
from tests.durability.replica import LOOK_S
from tests.durability.rows import count, run
from tests.durability.test_money_killed import limit, price_of_a_call, until_priced
from tests.fakes.server import FakeUpstream


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much of it.

    Attributes:
        turns: How many questions are answered, in all conversations together.
        talks: How many conversations go on at once; every fourth is a panel's.
        every: After so many turns something happens.
        blows: What happens, in an order that the seed draws; `None`: what can happen to such a database.
    """

    turns: int = 200
    talks: int = 8
    every: int = 8
    seed: int = 0
    blows: Sequence[Blow] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where it happens.

    Attributes:
        start: Starts a server at a place.
        postgres: Process of the database's server, where there is one.
    """

    database_url: str
    fake: FakeUpstream
    start: Start
    postgres: int | None = None

    @property
    def is_file(self) -> bool:
        return self.database_url.startswith("sqlite")


@dataclass(slots=True)
class Progress:
    """How many turns have begun."""

    begun: int = 0
    more: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self) -> None:
        self.begun += 1
        self.more.set()

    async def until(self, begun: int) -> None:
        while self.begun < begun:
            self.more.clear()
            await self.more.wait()


async def undergo(plan: Plan, ground: Ground) -> Verdict:
    """Let it happen and judge it."""
    lots, progress = random.Random(plan.seed), Progress()
    ground.fake.say(Speaker(lots=random.Random(plan.seed)))
    async with Doors(start=ground.start, lots=random.Random(plan.seed)) as doors:
        first = (await doors.begin("a")).server
        if not ground.is_file:
            await until_priced((await doors.begin("b")).server)
        await price_of_a_call(first, ground.database_url)
        await limit(ground.database_url, 10**15)
        talks = [
            Talk(
                number=number,
                doors=doors,
                lots=random.Random(f"{plan.seed} {number}"),
                begun=progress.note,
                panel=PANELS[number // 4 % len(PANELS)] if number % 4 == 3 else None,
            )
            for number in range(plan.talks)
        ]
        struck = Field(doors=doors, database_url=ground.database_url, lots=lots, postgres=ground.postgres)
        async with asyncio.TaskGroup() as group:
            speaking = [group.create_task(talk.go_on(turns)) for talk, turns in zip(talks, _shares(plan), strict=True)]
            striking = group.create_task(_strike(plan, ground, struck, progress))
            await asyncio.gather(*speaking)
            striking.cancel()
            if struck.falling is not None:
                await struck.falling
        await _come_to_rest(ground, struck)
        for talk in talks:
            await talk.go_on(1)  # whatever happened, it can
        return await judge(talks, struck, ground.fake)


async def _strike(plan: Plan, ground: Ground, struck: Field, progress: Progress) -> None:
    blows = plan.blows or (ON_A_FILE if ground.is_file else ON_POSTGRES)
    for number in itertools.count(1):
        await progress.until(number * plan.every)
        await asyncio.sleep(struck.lots.uniform(0, 1))
        # Each once before any comes again.
        begin = (number - 1) // len(blows) * len(blows)
        order = random.Random(f"{plan.seed} {begin}").sample(list(blows), len(blows))
        blow = order[number - 1 - begin]
        struck.done.append(blow.__name__)
        struck.falling = asyncio.ensure_future(blow(struck))
        await asyncio.shield(struck.falling)


async def _come_to_rest(ground: Ground, struck: Field) -> None:
    """Until every turn has ended and every hold is settled, those of dead servers too."""
    for door in struck.killed:
        await struck.silence(door)
    alive = len(struck.doors.open)
    if not ground.is_file:
        dead = f"SELECT id FROM cashiers ORDER BY seen_at DESC OFFSET {alive}"
        aged = f"UPDATE cashiers SET seen_at = seen_at - interval '1 minute' WHERE id IN ({dead})"
        await run(ground.database_url, "", aged)
    for _ in range(int(90 / LOOK_S)):
        running = await count(ground.database_url, "turns", "finished_at IS NULL")
        if running + await count(ground.database_url, "holds") == 0:
            return
        await asyncio.sleep(LOOK_S)


def _shares(plan: Plan) -> list[int]:
    return [(number + 1) * plan.turns // plan.talks - number * plan.turns // plan.talks for number in range(plan.talks)]
