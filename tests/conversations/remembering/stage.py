"""A replica whose people are remembered, and a model that learns what a test tells it."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx2
from tests.conversations.house import House, Model, Tasks, answer
from tests.conversations.served import application, headers_of
from tests.jobs.house import House as Bureau

from chimera.conversations.remembering.endpoints import router
from chimera.conversations.remembering.learning import Learner
from chimera.conversations.remembering.noting import Notes
from chimera.conversations.remembering.recalling import Recalling
from chimera.conversations.remembering.service import Memories
from chimera.conversations.service import Composer
from chimera.jobs.service import JobWorkers
from chimera.kit.scope import Scope
from chimera.llm import Request, Text
from chimera.policies.policy import Policy
from chimera.policies.sections.memory import MemoryPolicy
from chimera.store import Database
from chimera.web.edge import Edge
from chimera.web.routers import join

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def without_vectors(texts: Sequence[str]) -> list[bytes] | None:
    return None


async def without_vector(text: str) -> bytes:
    return b""


def learned(*facts: dict[str, object]) -> str:
    """What a model answers that learned these."""
    usual = {
        "subject": "",
        "subject_kind": "none",
        "attribute": "",
        "value": "",
        "value_kind": "none",
        "single": False,
        "holds": True,
        "kind": "other",
        "confidence": 0.9,
    }
    return json.dumps({"facts": [usual | {"statement": fact["quote"]} | fact for fact in facts]})


@dataclass(slots=True, kw_only=True)
class Remembering:
    """The rooms of memory around a house of conversations; its clock stands until somebody moves it."""

    database: Database
    tasks: Tasks
    mode: str = "opt_in"
    learner_says: str | None = None
    now: datetime = MORNING
    shut_out: bool = False
    house: House = field(init=False)
    bureau: Bureau = field(init=False)
    notes: Notes = field(init=False)
    memories: Memories = field(init=False)
    learner: Learner = field(init=False)
    model: Model = field(init=False)

    def __post_init__(self) -> None:
        self.bureau = Bureau(database=self.database, moment=self.now)
        self.memories = self.service()
        composer = Composer(database=self.database, recall=self.memories.recalling.recall)
        self.house = House(
            database=self.database,
            tasks=self.tasks,
            model=Model(*answer("Indeed.")),
            composer=composer,
            clock=self.clock,
        )
        self.notes = Notes(policy=self.policy, jobs=self.bureau.jobs, clock=self.clock)
        self.house.turns.noting = self.notes.of
        self.model = Model(*answer(self.learner_says or ""))
        self.learner = self.learns_by(self.model)

    def service(self) -> Memories:
        """That of another replica, which knows nothing yet."""
        recalling = Recalling(
            database=self.database,
            policy=self.policy,
            clock=self.clock,
            of_question=without_vector,
            of_facts=without_vectors,
            spawn=self.tasks.spawn,
        )
        return Memories(
            database=self.database,
            policy=self.policy,
            recalling=recalling,
            jobs=self.bureau.jobs,
            clock=self.clock,
        )

    def learns_by(self, model: Model) -> Learner:
        return Learner(
            database=self.database,
            gateway=model,
            model=None if self.learner_says is None else "small",
            policy=self.policy,
            acting=self.acting,
        )

    def clock(self) -> datetime:
        return self.now

    async def policy(self, scope: Scope) -> Policy:
        return Policy(memory=MemoryPolicy.model_validate({"mode": self.mode}))

    async def acting(self, scope: Scope) -> Scope | None:
        return None if self.shut_out else scope

    async def learn(self, *, after: timedelta = timedelta(minutes=1)) -> int:
        """Let what was noted be looked at."""
        self.now += after
        return len(await self.bureau.work(self.workers()))

    def workers(self, learner: Learner | None = None) -> JobWorkers:
        """Those of a replica that learns so."""
        self.bureau.moment, self.bureau.kinds = self.now, ((learner or self.learner).kind,)
        return self.bureau.workers()

    @property
    def shown(self) -> str:
        """All that the last question held."""
        request = self.house.model.calls[-1].request
        assert isinstance(request, Request)
        return "\n".join(part.text for one in request.messages for part in one.parts if isinstance(part, Text))

    @asynccontextmanager
    async def client(self, scope: Scope, *, enabled: bool = True) -> AsyncGenerator[httpx2.AsyncClient]:
        """A client of somebody, who has memory unless it is said otherwise."""
        app = application(self.house)
        join(app.router, router(self.memories))
        transport = httpx2.ASGITransport(app=Edge(app))
        async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=headers_of(scope)) as http:
            if enabled:
                assert (await http.put("/api/v1/memory/settings", json={"enabled": True})).is_success
            yield http


async def say(http: httpx2.AsyncClient, text: str, conversation_id: str | None = None) -> dict[str, str]:
    """Say something in a new conversation or an old one; the turn."""
    turn = await http.post("/api/v1/chat", json={"message": text, "conversation_id": conversation_id})
    assert turn.status_code == 201, turn.text
    told: dict[str, str] = turn.json()
    return told


async def known(http: httpx2.AsyncClient, query: str = "") -> list[str]:
    """What is remembered, what was said last first."""
    page = await http.get(f"/api/v1/memories{query}")
    assert page.is_success, page.text
    return [one["statement"] for one in page.json()["data"]]
