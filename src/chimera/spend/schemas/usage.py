"""Usage, ledger, invoices and what could be saved, as they are shown."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from chimera.spend.budgets import Unit

_USD = "USD, exact."


class SumsRead(BaseModel):
    """Sums over entries of the ledger. Cached and reasoning tokens are parts of the input and of the output."""

    entries: int = Field(description="Lines of the ledger.")
    requests: int = Field(description="Attempts that used something.")
    unpriced: int = Field(description="Attempts whose cost nobody knows; it is in no sum.")
    cached_calls: int = Field(description="Calls that were answered without asking a model.")
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost_usd: str = Field(description=_USD, examples=["12.345678901"])
    saved_cache_usd: str = Field(description="What cached calls would have cost.", examples=["1.00"])
    saved_routing_usd: str = Field(
        description="What others would have cost more without the router.", examples=["0.50"]
    )
    mean_duration_ms: int | None


class UsageGroup(SumsRead):
    """What entries of a time, or alike, come to."""

    start: datetime | date | None = Field(description="Of the bucket.")
    group: str | None = Field(description="Whatever `group_by` names; null for entries that have none.")


class UsageRead(BaseModel):
    """By time, and within it the dearest first."""

    since: datetime
    until: datetime
    total: SumsRead
    data: list[UsageGroup]
    next_offset: int | None = Field(description="Give it as `offset` for the next page; null on the last.")


class SavingsRead(BaseModel):
    """What the gateway saved, against what the same calls would have cost without its cache and its router."""

    since: datetime
    until: datetime
    cost_usd: str = Field(description="What was paid.")
    saved_cache_usd: str
    saved_routing_usd: str
    baseline_usd: str = Field(description="All three together.")
    saved_percent: float = Field(description="Of the baseline.")
    unpriced: int = Field(description="Attempts that are in none of these, for want of a price.")


class EntryRead(BaseModel):
    """A line of the ledger: one attempt at a model, an answer from the cache, or an adjustment."""

    id: UUID
    at: datetime = Field(description="When the attempt began.")
    written_at: datetime
    call_id: UUID
    attempt: int
    user_id: UUID
    key_id: UUID | None
    team_ids: list[str]
    conversation_id: UUID | None
    feature: str
    request_id: str
    provider: str
    model: str
    asked_model: str
    outcome: str = Field(examples=["ok"])
    measured: str = Field(examples=["reported"])
    adjusts: UUID | None = Field(description="The entry that this one corrects.")
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    cache_write_1h_tokens: int
    reasoning_tokens: int
    cost_usd: str | None = Field(description="Null where no price is known.")
    saved_usd: str
    price: str = Field(description="Names the price and its version.")
    duration_ms: int
    first_token_ms: int | None


class EntryPage(BaseModel):
    """Oldest first."""

    data: list[EntryRead]
    next_after: UUID | None = Field(description="Give it as `after` for the next page; null on the last.")


class InvoiceLine(SumsRead):
    model: str = Field(examples=["openai/gpt-5"])


class InvoiceRead(BaseModel):
    """A month's usage: the total is the sum of the lines, and that of the ledger."""

    month: str = Field(examples=["2026-11"])
    since: datetime
    until: datetime
    is_final: bool = Field(description="Whether the month is over. An adjustment may still follow.")
    currency: Literal["USD"] = "USD"
    lines: list[InvoiceLine]
    total: SumsRead


class RecommendationRead(BaseModel):
    kind: Literal["cheaper_model_for_short_calls", "prompt_cache", "spent_for_nothing"]
    model: str | None
    alternative: str | None
    outcome: str | None
    calls: int
    spent_usd: str
    saves_usd: str = Field(description="In 30 days such as the last.")
    takes_for_granted: str


class RecommendationList(BaseModel):
    """The most first. They overlap: their sum is not what can be saved in all."""

    data: list[RecommendationRead]


class MeterPage(BaseModel):
    """Records, oldest first; those of a day together are the day."""

    data: list[dict[str, Any]]
    next: str | None = Field(description="Give it as `since` to hear only of later ones; keep it.")


class DayCompared(BaseModel):
    """A day that is told otherwise than its lines say."""

    day: date
    ledger: SumsRead = Field(description="Its lines, one by one.")
    reported: SumsRead = Field(description="What usage and invoices tell.")


class CountRead(BaseModel):
    settled: str = Field(description="In the budget's unit.", examples=["12.50"])
    held: str = Field(description="Reserved by calls under way.", examples=["0.02"])


class CounterCompared(BaseModel):
    """A budget that counts otherwise than lines and holds say."""

    budget_id: UUID
    name: str = Field(examples=["Research, monthly"])
    unit: Unit
    subject: str
    starts_on: date
    counted: CountRead = Field(description="What the budget goes by.")
    true: CountRead = Field(description="What lines and holds come to.")


class ReconciliationRead(BaseModel):
    """Whether the books agree over some days, to the billionth of a dollar."""

    at: datetime
    since: date
    until: date = Field(description="The last day, today.")
    is_exact: bool
    ledger_usd: str = Field(description="The lines of these days, one by one.", examples=["12.345678901"])
    reported_usd: str = Field(description="The same days as usage and invoices tell them.", examples=["12.345678901"])
    entries: int = Field(description="Lines that were added up.")
    counters: int = Field(description="Counters of budgets that were compared: of windows that began on these days.")
    days: list[DayCompared] = Field(description="Days that differ.")
    budgets: list[CounterCompared] = Field(description="Counters that differ.")
