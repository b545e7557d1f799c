"""`/api/v1/usage`: what was used and what it cost, what was saved and what could be, and the meter."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from pydantic import Field, WithJsonSchema

from chimera.kit.errors import InvalidRequestError
from chimera.kit.money import usd
from chimera.kit.scope import Scope
from chimera.spend.analytics.metering import Metering
from chimera.spend.analytics.recommending import Recommending
from chimera.spend.analytics.sums import GROUPS, Bucket, Group, GroupBy, Grouping, Sums, Wanted
from chimera.spend.analytics.usage import Usage
from chimera.spend.endpoints.asking import FIRST, Asked, Auditor, Since, Time, sums_read
from chimera.spend.schemas.usage import (
    MeterPage,
    RecommendationList,
    RecommendationRead,
    SavingsRead,
    UsageGroup,
    UsageRead,
)
from chimera.web.caller import Caller
from chimera.web.routers import LateRouter

_BUCKETS = WithJsonSchema({"type": "string", "enum": ["hour", "day", "month"]})
_GROUPS = WithJsonSchema({"type": "string", "enum": list(GROUPS)})
_CURSOR = WithJsonSchema({"type": "string", "maxLength": 200})
By = Annotated[GroupBy | None, Query(description="What entries are told apart by."), _GROUPS]
Buckets = Annotated[Bucket | None, Query(description="In UTC; hours for at most 8 days."), _BUCKETS]
Cursor = Annotated[
    Annotated[str, Field(max_length=200)] | None, Query(description="`next` of the answer before."), _CURSOR
]
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
# Thirty days of hours are more than is told at once.
_BY_DEFAULT_OF_HOURS: Final = timedelta(hours=48)


async def _grouping(bucket: Buckets = None, group_by: By = None) -> Grouping:
    return Grouping(bucket=bucket, by=group_by)


Grouped = Annotated[Grouping, Depends(_grouping)]


async def _asked(asked: Asked, grouping: Grouped, since: Since = None) -> Wanted:
    if since is None and grouping.bucket == "hour":
        return replace(asked, since=max(asked.until, FIRST) - _BY_DEFAULT_OF_HOURS)
    return asked


AskedUsage = Annotated[Wanted, Depends(_asked)]


def router(usage: Usage, recommending: Recommending, metering: Metering) -> APIRouter:
    api = LateRouter(prefix="/api/v1/usage", tags=["spend"])
    _add_sums(api, usage)
    _add_advice(api, recommending)
    _add_meter(api, metering)
    return api


def _add_sums(api: APIRouter, usage: Usage) -> None:
    @api.get("")
    async def show_usage(
        caller: Caller,
        asked: AskedUsage,
        grouping: Grouped,
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> UsageRead:
        """Sums over the ledger, exact: by time, or by who, what and whom. The caller's, or with `spend:read` all."""
        found, total = await _found(usage, caller, asked, grouping, (limit, offset))
        return UsageRead(
            since=asked.since,
            until=asked.until,
            total=sums_read(total),
            data=[_group(group, sums) for group, sums in found[:limit]],
            next_offset=offset + limit if len(found) > limit else None,
        )

    @api.get("/savings")
    async def show_savings(caller: Auditor, time: Time) -> SavingsRead:
        """What cache and router saved, against what the same calls would have cost without."""
        return _savings(time, await usage.total(caller, time))


def _add_advice(api: APIRouter, recommending: Recommending) -> None:
    @api.get("/recommendations")
    async def list_recommendations(caller: Auditor) -> RecommendationList:
        """What could be saved, from the last 30 days of the ledger and present prices."""
        return RecommendationList(
            data=[
                RecommendationRead(
                    kind=one.kind,
                    model=one.model,
                    alternative=one.alternative,
                    outcome=one.outcome,
                    calls=one.calls,
                    spent_usd=usd(one.spent_nusd),
                    saves_usd=usd(one.saves_nusd),
                    takes_for_granted=one.takes_for_granted,
                )
                for one in await recommending.recommend(caller)
            ]
        )


def _add_meter(api: APIRouter, metering: Metering) -> None:
    @api.get("/meter")
    async def read_meter(
        caller: Auditor, since: Cursor = None, limit: Annotated[int, Query(ge=1, le=500)] = 100
    ) -> MeterPage:
        """For billing systems: the records that webhooks hear of as `usage.metered`."""
        records, following = await metering.records(caller, since, limit=limit)
        return MeterPage(data=records, next=following)


async def _found(
    usage: Usage, caller: Scope, asked: Wanted, grouping: Grouping, paging: tuple[int, int]
) -> tuple[list[tuple[Group, Sums]], Sums]:
    """A page of groups with one to spare, and the sums of all."""
    limit, offset = paging
    if grouping.by == "conversation":
        if grouping.bucket is not None:
            raise InvalidRequestError("Conversations are not told apart by time as well.", field="bucket")
        some = await usage.conversations(caller, asked, limit=limit + 1, offset=offset)
        return list(some), await usage.total(caller, asked)
    groups = await usage.grouped(caller, asked, grouping)
    # By team somebody may be counted twice, which no total may be.
    total = await usage.total(caller, asked) if grouping.by == "team" else sum(groups.values(), Sums())
    ordered = sorted(groups.items(), key=_order)
    return ordered[offset : offset + limit + 1], total


def _order(found: tuple[Group, Sums]) -> tuple[Any, ...]:
    group, sums = found
    return (_moment(group.start), -sums.cost_nusd, -sums.entries, group.name or "")


def _moment(start: date | datetime | None) -> str:
    return start.isoformat() if start else ""


def _group(group: Group, sums: Sums) -> UsageGroup:
    return UsageGroup(**sums_read(sums).model_dump(), start=group.start, group=group.name)


def _savings(time: Wanted, sums: Sums) -> SavingsRead:
    saved = sums.saved_cache_nusd + sums.saved_routing_nusd
    baseline = sums.cost_nusd + saved
    return SavingsRead(
        since=time.since.astimezone(UTC),
        until=time.until.astimezone(UTC),
        cost_usd=usd(sums.cost_nusd),
        saved_cache_usd=usd(sums.saved_cache_nusd),
        saved_routing_usd=usd(sums.saved_routing_nusd),
        baseline_usd=usd(baseline),
        saved_percent=round(100 * saved / baseline, 1) if baseline else 0.0,
        unpriced=sums.unpriced,
    )
