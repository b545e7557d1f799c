"""`/api/v1/cache`: answers that are given again, what they save, and how a wrong one is got rid of."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from chimera.gateway.caching.answers import Answers
from chimera.gateway.caching.entry import Entry
from chimera.gateway.caching.savings import TallyMemory
from chimera.kit.errors import AppError, Kind
from chimera.kit.money import usd
from chimera.kit.scope import Scope
from chimera.llm import fold
from chimera.platform.verdicts import Verdicts
from chimera.tenancy.permissions import CHAT, POLICIES_MANAGE, require
from chimera.web.caller import needs
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

_DAYS = 31
_NOT_FOUND = refusals({404: "There is none, or it is another's, or its time is over."})

Chatter: TypeAlias = Annotated[Scope, needs(CHAT)]
Manager: TypeAlias = Annotated[Scope, needs(POLICIES_MANAGE)]


class CachedAnswerNotFoundError(AppError):
    code = "cached_answer_not_found"
    kind = Kind.NOT_FOUND


class TallyRead(BaseModel):
    """What became of the organisation's calls on one day."""

    day: str = Field(description="In UTC", examples=["2026-11-21"])
    exact: int = Field(description="Answered with what the same question was answered before", examples=[120])
    semantic: int = Field(description="Answered with what a question that means the same was answered", examples=[0])
    joined: int = Field(description="Answered together with the same question, asked at the same time", examples=[12])
    missed: int = Field(description="Asked of a model, because nothing was there", examples=[300])
    saved_usd: str = Field(description="What the answered ones would have cost", examples=["0.00125"])


class CacheRead(BaseModel):
    """What was saved lately; calls of the last seconds may be missing."""

    days: list[TallyRead] = Field(description="Days on which something was asked, oldest first, at most 31")


class CachedAnswerRead(BaseModel):
    """An answer that is given again."""

    id: UUID
    model: str = Field(description="Answered", examples=["openai/gpt-5"])
    owner_id: UUID | None = Field(description="Who alone gets it; null for everybody of the organisation")
    text: str = Field(examples=["Paris."])
    cost_usd: str = Field(description="What it cost, and saves each time", examples=["0.00001"])
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, entry: Entry) -> "CachedAnswerRead":
        return cls(
            id=entry.id,
            model=f"{entry.provider}/{entry.model}",
            owner_id=entry.owner_id,
            text=fold(entry.events).text,
            cost_usd=usd(entry.cost_nusd),
            created_at=entry.created_at,
            expires_at=entry.expires_at,
        )


class CacheFeedback(BaseModel):
    """Whether the answer was right for what was asked."""

    model_config = ConfigDict(extra="forbid")

    good: StrictBool = Field(
        description="`false` evicts it; one that others get, too, when a second person or an owner says so",
        examples=[False],
    )


Judged = Callable[[Scope, Entry, bool], Awaitable[None]]
"""Hears what people say of answers that they were given again."""


MayAsk = Callable[[Scope, str], bool]
"""Whether somebody may ask a model of this id, and so see its answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """What people say of answers that are given again, wherever they say it.

    Attributes:
        judged: Hears it, too.
    """

    answers: Answers
    may_ask: MayAsk
    judged: Judged | None = None
    verdicts: Verdicts = field(default_factory=Verdicts)

    async def found(self, caller: Scope, entry_id: UUID) -> Entry:
        """Raises CachedAnswerNotFoundError: also for what the caller may not see."""
        entry = await self.answers.by_id(caller, entry_id)
        if (
            entry is None
            or not self.may_ask(caller, f"{entry.provider}/{entry.model}")
            or (entry.owner_id not in {None, caller.actor_id} and POLICIES_MANAGE not in caller.permissions)
        ):
            raise CachedAnswerNotFoundError("There is no such answer, or its time is over.")
        return entry

    async def judge(self, caller: Scope, entry_id: UUID, *, good: bool) -> None:
        """Take in whether an answer was right; a wrong one is forgotten once enough people say so."""
        entry = await self.found(caller, entry_id)
        if not good and not self.verdicts.evicts(caller, entry):
            return
        if self.judged is not None:
            await self.judged(caller, entry, good)
        if not good:
            await self.answers.drop(caller, entry)


def router(answers: Answers, tallies: TallyMemory | None, judging: Judging) -> APIRouter:
    api = LateRouter(prefix="/api/v1/cache", tags=["cache"])

    @api.get("")
    async def show_cache(caller: Manager) -> CacheRead:
        """What answers that were given again saved the organisation, by day."""
        return CacheRead(days=_days([] if tallies is None else await tallies.of(caller, days=_DAYS)))

    @api.delete("", status_code=status.HTTP_204_NO_CONTENT)
    async def clear_cache(caller: Manager) -> None:
        """Forget every answer of the organisation: here at once, on other replicas within 5 seconds."""
        await answers.clear(caller)

    _add_answers(api, answers, judging)
    return api


def _add_answers(api: APIRouter, answers: Answers, judging: Judging) -> None:
    @api.get("/{entry_id}", responses=_NOT_FOUND)
    async def show_cached_answer(entry_id: UUID, caller: Chatter) -> CachedAnswerRead:
        """The answer that the header `x-chimera-cache-id` named: one's own or shared; any with `policies:manage`."""
        return CachedAnswerRead.of(await judging.found(caller, entry_id))

    @api.delete("/{entry_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_NOT_FOUND)
    async def evict_cached_answer(entry_id: UUID, caller: Chatter) -> None:
        """Forget an answer: here at once, on other replicas within 5 seconds.

        One that others get, too, needs `policies:manage`.
        """
        entry = await judging.found(caller, entry_id)
        if entry.owner_id is None:
            require(caller, POLICIES_MANAGE)
        await answers.drop(caller, entry)

    @api.post("/{entry_id}/feedback", status_code=status.HTTP_204_NO_CONTENT, responses=_NOT_FOUND)
    async def judge_cached_answer(entry_id: UUID, body: CacheFeedback, caller: Chatter) -> None:
        """Say whether an answer that was given again was right. A wrong one is forgotten.

        One that others get, too, is forgotten when a second person says so, or an owner.
        """
        await judging.judge(caller, entry_id, good=body.good)


def _days(tallied: Sequence[tuple[str, str, tuple[int, int]]]) -> list[TallyRead]:
    days: dict[str, Counter[str]] = {}
    saved: Counter[str] = Counter()
    for day, kind, (calls, saved_nusd) in tallied:
        days.setdefault(day, Counter())["missed" if kind == "miss" else kind] += calls
        saved[day] += saved_nusd
    return [
        TallyRead(
            day=day,
            exact=calls["exact"],
            semantic=calls["semantic"],
            joined=calls["joined"],
            missed=calls["missed"],
            saved_usd=usd(saved[day]),
        )
        for day, calls in days.items()
    ]
