"""Tables of money. Amounts are whole nano-USD; the counters of windows follow from the entries and holds alone."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Identity, Index, Integer, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from chimera.kit.clock import utc_now
from chimera.store import JsonText, Table, TenantTable


class BookRow(TenantTable):
    """One per tenant: whoever changes its windows or budgets locks it first, so that all happens in one order.

    Attributes:
        id: The tenant's.
        version: Raised with every change of the budgets.
    """

    __tablename__ = "books"
    system_access: ClassVar[bool] = True

    version: Mapped[int] = mapped_column(BigInteger, default=0)


class BudgetRow(TenantTable):
    """So much and no more, or a word when it is reached.

    Attributes:
        kind: Whom it binds: `tenant`, `team`, `user`, `key`, `model` or `conversation`.
        subject: The id of that one (a model's is `provider/model`), or `*` for each of them apart.
        period: `day`, `week` (from Monday), `month`, in UTC, or `total`: since the budget was made.
        unit: What is counted: `usd` (the limit is in nano-USD), `tokens` or `requests`.
        hard: Whether a call that would exceed it is refused.
        thresholds: Percentages of the limit at which somebody is told.
        disabled_at: Since when it binds nobody; what it would count is counted on.
    """

    __tablename__ = "budgets"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)
    system_access: ClassVar[bool] = True

    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    limit: Mapped[int] = mapped_column("amount", BigInteger)
    hard: Mapped[bool]
    thresholds: Mapped[list[int]] = mapped_column(JsonText)
    created_by: Mapped[UUID]
    updated_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class BudgetWindowRow(TenantTable):
    """What one budget counts for one subject in one window; without a row it is nothing.

    Attributes:
        id: The budget's.
        subject: A concrete one, never `*`.
        starts_on: First day, in UTC.
        settled: Sum of the entries, in the budget's unit.
        held: Sum of the holds.
    """

    __tablename__ = "budget_windows"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "budget_id"], ["budgets.tenant_id", "budgets.id"], ondelete="CASCADE"),
    )
    system_access: ClassVar[bool] = True

    id: Mapped[UUID] = mapped_column("budget_id", primary_key=True, sort_order=-2)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    settled: Mapped[int] = mapped_column(BigInteger)
    held: Mapped[int] = mapped_column(BigInteger)


class AttemptColumns:
    """Who asked whom for what: the same for a hold and for the entry that follows it.

    Attributes:
        held_at: When the attempt began. It belongs to the windows of that moment.
        call_id: Shared by the attempts of one call.
        maker_ids: Of the keys with which the key was made, whose budgets bind it, with spaces between.
        team_ids: Of the actor's teams, likewise.
        model: As its provider names it, without the provider.
        asked_model: As the caller named it.
    """

    held_at: Mapped[datetime]
    call_id: Mapped[UUID]
    attempt: Mapped[int] = mapped_column(SmallInteger)
    actor_id: Mapped[UUID]
    key_id: Mapped[UUID | None]
    maker_ids: Mapped[str] = mapped_column(Text, default="", server_default="")
    team_ids: Mapped[str] = mapped_column(Text)
    conversation_id: Mapped[UUID | None]
    feature: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    asked_model: Mapped[str] = mapped_column(Text)


class HoldRow(AttemptColumns, TenantTable):
    """An attempt under way, and the most that it may come to.

    Attributes:
        id: The attempt's.
        cashier_id: Of the process that settles it; it has a row in `cashiers` as long as it lives.
        cost_nusd: What is held in budgets that count money.
        tokens: What is held in budgets that count tokens.
        priced: Whether it has a price; else its cost is unknown, whatever it uses.
    """

    __tablename__ = "holds"
    __table_args__ = (Index("ix_holds_cashier_id", "cashier_id"),)
    system_access: ClassVar[bool] = True

    cashier_id: Mapped[UUID]
    cost_nusd: Mapped[int] = mapped_column(BigInteger)
    tokens: Mapped[int] = mapped_column(BigInteger)
    priced: Mapped[bool]


class EntryRow(AttemptColumns, TenantTable):
    """A line of the ledger. Never changed: what turns out otherwise later is a further line.

    Attributes:
        id: The attempt's; of an adjustment its own.
        created_at: When it was written.
        day: Of `held_at`.
        outcome: `ok`, an error's code, `abandoned`, `budget_cut`, `lost` (nobody knows: the process died) or
            `adjustment`.
        measured: See `claims.Measured`.
        adjusts: The entry that an adjustment corrects; its numbers are differences, its tokens by kind the true ones.
        cost_nusd: `None` where no price is known.
        saved_nusd: What it would have cost more without the cache or the router.
        price: Names the price and its version.
        tokens: What counts against budgets of tokens.
        requests: What counts against budgets of requests: 1, and 0 for an attempt that used nothing.
        position: Given by the database. Of one tenant's entries it rises in the order in which they were committed,
            since whoever writes them has locked the tenant's books: whoever sees one sees all before it.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        Index("ix_ledger_entries_day", "tenant_id", "day", "position"),
        Index("ix_ledger_entries_call_id", "tenant_id", "call_id"),
    )
    system_access: ClassVar[bool] = True

    day: Mapped[date]
    outcome: Mapped[str] = mapped_column(Text)
    measured: Mapped[str] = mapped_column(Text)
    adjusts: Mapped[UUID | None]
    cost_nusd: Mapped[int | None] = mapped_column(BigInteger)
    saved_nusd: Mapped[int] = mapped_column(BigInteger)
    price: Mapped[str] = mapped_column(Text)
    tokens: Mapped[int] = mapped_column(BigInteger)
    requests: Mapped[int] = mapped_column(SmallInteger)
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_tokens: Mapped[int] = mapped_column(BigInteger)
    cache_write_tokens: Mapped[int] = mapped_column(BigInteger)
    cache_write_1h_tokens: Mapped[int] = mapped_column(BigInteger)
    reasoning_tokens: Mapped[int] = mapped_column(BigInteger)
    duration_ms: Mapped[int] = mapped_column(BigInteger)
    first_token_ms: Mapped[int | None] = mapped_column(BigInteger)
    # SQLite gives numbers only to its INTEGER PRIMARY KEY, which the migration makes of it there.
    position: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), Identity(always=True))


class CashierRow(Table):
    """A process that holds and settles, and its last sign of life."""

    __tablename__ = "cashiers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    seen_at: Mapped[datetime] = mapped_column(index=True)
