"""What the queries of usage and ledger have in common."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from fastapi import Depends, Query
from pydantic import Field, WithJsonSchema

from chimera.kit.clock import utc_now
from chimera.kit.money import usd
from chimera.kit.scope import Scope
from chimera.spend.analytics.sums import Sums, Wanted
from chimera.spend.schemas.usage import SumsRead
from chimera.spend.schemas.values import Moment
from chimera.tenancy.errors import PermissionDeniedError
from chimera.tenancy.permissions import BUDGETS_MANAGE, SPEND_READ
from chimera.web.caller import Caller, needs

_BY_DEFAULT: Final = timedelta(days=30)
FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
# Described without null: an address cannot say it.
_MOMENT: Final = WithJsonSchema({"type": "string", "format": "date-time"})
_ID: Final = WithJsonSchema({"type": "string", "format": "uuid"})
_TEXT: Final = WithJsonSchema({"type": "string", "maxLength": 300, "pattern": "^[^\\u0000]*$"})
Since = Annotated[
    Moment | None, Query(description="First moment; 30 days before `until`, or 48 hours for sums by hour."), _MOMENT
]
Until = Annotated[Moment | None, Query(description="Moment after the last; now."), _MOMENT]
Id = Annotated[UUID | None, Query(description="Only what is of this one."), _ID]
Text = Annotated[
    Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")] | None,
    Query(description="Only what has this; see `group_by` for what there is."),
    _TEXT,
]
ModelName = Annotated[
    Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")] | None,
    Query(description="As its provider names it, or `provider/model`."),
    _TEXT,
]


Administrator: TypeAlias = Annotated[Scope, needs(BUDGETS_MANAGE)]
Auditor: TypeAlias = Annotated[Scope, needs(SPEND_READ)]


def sees_all(scope: Scope) -> bool:
    """Who reads the books sees what everybody spends; others see what they spend themselves."""
    return SPEND_READ in scope.permissions


async def _time(since: Since = None, until: Until = None) -> Wanted:
    end = until or utc_now()
    return Wanted(since=since or max(end, FIRST) - _BY_DEFAULT, until=end)


Time = Annotated[Wanted, Depends(_time)]


async def _whose(
    caller: Caller,
    user_id: Id = None,
    key_id: Id = None,
    team_id: Id = None,
    conversation_id: Id = None,
) -> dict[str, Any]:
    if not sees_all(caller):
        if user_id not in {None, caller.actor_id}:
            raise PermissionDeniedError(f"What others spend only those see who hold the permission {SPEND_READ}.")
        user_id = caller.actor_id
    return {"user_id": user_id, "key_id": key_id, "team_id": team_id, "conversation_id": conversation_id}


async def _wanted(
    time: Time,
    whose: Annotated[dict[str, Any], Depends(_whose)],
    model: ModelName = None,
    provider: Text = None,
    feature: Text = None,
    outcome: Text = None,
) -> Wanted:
    what: dict[str, Any] = {"model": model, "provider": provider, "feature": feature, "outcome": outcome}
    return Wanted(since=time.since, until=time.until, **whose, **what)


Asked = Annotated[Wanted, Depends(_wanted)]


def sums_read(sums: Sums) -> SumsRead:
    return SumsRead(
        entries=sums.entries,
        requests=sums.requests,
        unpriced=sums.unpriced,
        cached_calls=sums.cached_calls,
        input_tokens=sums.input_tokens,
        output_tokens=sums.output_tokens,
        cached_tokens=sums.cached_tokens,
        cache_write_tokens=sums.cache_write_tokens,
        reasoning_tokens=sums.reasoning_tokens,
        cost_usd=usd(sums.cost_nusd),
        saved_cache_usd=usd(sums.saved_cache_nusd),
        saved_routing_usd=usd(sums.saved_routing_nusd),
        mean_duration_ms=sums.duration_ms // sums.entries if sums.entries else None,
    )
