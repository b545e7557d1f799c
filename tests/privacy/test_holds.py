"""Whatever happens in whatever order: nothing under a hold loses a word, and nothing that is young does by itself."""

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest

from chimera.adapters.event_buses.memory import MemoryBus
from chimera.conversations.errors import ConversationHeldError, ConversationNotFoundError
from chimera.conversations.service import Conversations
from chimera.crypto.root import RootSealer
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.policies.policy import DEFAULT, Policy
from chimera.policies.sections.retention import RetentionPolicy
from chimera.privacy.erasing import Erasures
from chimera.privacy.holding import LegalHolds, StandingHolds
from chimera.privacy.retaining import Retention
from chimera.store import Database
from chimera.store.errors import UnderLegalHoldError
from chimera.store.recording import Unrecorded
from chimera.tenancy.errors import UserNotFoundError
from chimera.tenancy.personal import Departure
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow
from tests.conversations.lifecycle.house import House
from tests.privacy.test_retention import cutter

YOUNG_DAYS = 60
DAYS = (1, 20, 59, 61, 85, 95, 200)


async def kept(_scope: Scope) -> Policy:
    return DEFAULT.model_copy(update={"retention": RetentionPolicy(conversations_days=YOUNG_DAYS)})


async def nobody_to_remove(_scope: Scope, _user_id: UUID) -> None:
    """There are no accounts here."""


@dataclass(slots=True, kw_only=True)
class Archive:
    """An organisation of three people, and all that can delete their words."""

    database: Database
    lots: random.Random
    officer: Scope
    house: House = field(init=False)
    people: list[UUID] = field(default_factory=lambda: [new_id() for _ in range(3)])
    talks: dict[UUID, tuple[UUID, int]] = field(default_factory=dict[UUID, tuple[UUID, int]])
    holds: dict[UUID, tuple[UUID | None, UUID | None]] = field(
        default_factory=dict[UUID, tuple[UUID | None, UUID | None]]
    )
    wanted: set[UUID] = field(default_factory=set[UUID])

    def __post_init__(self) -> None:
        self.house = House(database=self.database, holds=StandingHolds())

    @property
    def departure(self) -> Departure:
        return Departure(database=self.database, remove=nobody_to_remove)

    @property
    def legal(self) -> LegalHolds:
        return LegalHolds(database=self.database, departure=self.departure, recorder=Unrecorded())

    async def hold(self) -> None:
        talk = self.lots.choice(list(self.talks))
        user, one = self.lots.choice([(self.talks[talk][0], None), (None, talk), (None, talk), (None, None)])
        with suppress(UserNotFoundError, ConversationNotFoundError):
            row = await self.legal.place(self.officer, user, conversation_id=one, reason="Case")
            self.holds[row.id] = (user, one)

    async def release(self) -> None:
        if self.holds:
            chosen = self.lots.choice(list(self.holds))
            await self.legal.release(self.officer, chosen)
            del self.holds[chosen]

    async def retain(self) -> None:
        await Retention(database=self.database, trail=cutter(self.database), policy=kept, lot=2).round()

    async def retire(self) -> None:
        await self.house.look_for(2)

    async def delete(self) -> None:
        talk = self.lots.choice(list(self.talks))
        owner = Scope(tenant_id=self.officer.tenant_id, actor_id=self.talks[talk][0], permissions=frozenset())
        self.wanted = {talk}
        own = Conversations(database=self.database, bus=MemoryBus(), holds=StandingHolds(), clock=utc_now)
        with suppress(ConversationHeldError, ConversationNotFoundError):
            await own.delete(owner, talk)

    async def erase(self) -> None:
        """With a hold, now and then, that is placed after it began."""
        person = self.lots.choice(self.people)
        erasures = Erasures(
            database=self.database,
            departure=self.departure,
            recorder=Unrecorded(),
            signer=RootSealer(root=bytes(32)),
            settles=timedelta(0),
            lot=1,
        )
        with suppress(UnderLegalHoldError, UserNotFoundError):
            await erasures.begin(self.officer, person)
            if self.lots.random() < 0.5:
                await self.hold()
        self.wanted = {talk for talk, (owner, _) in self.talks.items() if owner == person}
        await erasures.lead_on()

    def is_held(self, talk: UUID) -> bool:
        owner = self.talks[talk][0]
        return any(hold in {(None, None), (owner, None), (None, talk)} for hold in self.holds.values())

    async def words(self) -> dict[UUID, int]:
        return {talk: await self.house.words(self.officer, talk) for talk in self.talks}


@pytest.mark.parametrize("seed", range(2))
async def test_nothing_that_is_held_or_young_loses_a_word(database: Database, seed: int) -> None:
    officer = Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset({"privacy:manage"}))
    archive = Archive(database=database, lots=random.Random(seed), officer=officer)
    async with database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=archive.officer.tenant_id, name="Somebody"))
    for number, days in enumerate(DAYS):
        owner = archive.people[number % len(archive.people)]
        talk = await archive.house.said(archive.officer, days=days, owner=owner)
        archive.talks[talk] = (owner, days)
    acts: list[Callable[[], Awaitable[None]]] = [archive.retain, archive.retire, archive.delete, archive.erase]
    lost = 0
    for _ in range(4):
        await archive.hold()
        archive.lots.shuffle(acts)
        for act in acts:
            before, archive.wanted = await archive.words(), set()
            await act()
            after = await archive.words()
            for talk, (_owner, days) in archive.talks.items():
                if archive.is_held(talk) or (days < YOUNG_DAYS and talk not in archive.wanted):
                    assert after[talk] == before[talk], (seed, act.__name__, days)
            lost += sum(before.values()) - sum(after.values())
        await archive.release()
        await archive.release()
    assert lost, "or nothing was tried"
