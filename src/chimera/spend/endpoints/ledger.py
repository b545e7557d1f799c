"""`/api/v1/ledger` and `/api/v1/invoices`: every line of it, as a file too, and the months."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import StreamingResponse

from chimera.kit.money import usd
from chimera.spend.agreement import Agreeing, Agreement
from chimera.spend.alerts.watching import shown
from chimera.spend.analytics.invoices import invoice
from chimera.spend.analytics.reading import Ledger, told
from chimera.spend.analytics.usage import Usage
from chimera.spend.budgets import Unit
from chimera.spend.endpoints.asking import Asked, Auditor, Id, sums_read
from chimera.spend.schemas.usage import (
    CounterCompared,
    CountRead,
    DayCompared,
    EntryPage,
    EntryRead,
    InvoiceLine,
    InvoiceRead,
    ReconciliationRead,
)
from chimera.web.caller import Caller
from chimera.web.routers import LateRouter

_MEDIA: Final = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file, streamed.",
        "content": {media.partition(";")[0]: {"schema": {"type": "string"}} for media in _MEDIA.values()},
    }
}
Days = Annotated[int, Query(ge=1, le=93, description="How many, today among them.")]
Month = Annotated[str, Path(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-11"])]


def router(usage: Usage, ledger: Ledger, agreeing: Agreeing) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["spend"])

    @api.get("/ledger")
    async def list_entries(
        caller: Caller, asked: Asked, limit: Annotated[int, Query(ge=1, le=500)] = 100, after: Id = None
    ) -> EntryPage:
        """Entries of the ledger, oldest first. With `spend:read` everybody's, else the caller's."""
        rows, following = await ledger.page(caller, asked, after=after, limit=limit)
        return EntryPage(data=[EntryRead.model_validate(told(row)) for row in rows], next_after=following)

    @api.get("/ledger/export", response_class=Response, responses=_FILES)
    async def export_entries(
        caller: Caller, asked: Asked, format: Annotated[Literal["csv", "jsonl"], Query()] = "csv"
    ) -> Response:
        """The same as a file, however long, as CSV or as JSON Lines."""
        name = f"ledger-{asked.since:%Y%m%d}-{asked.until:%Y%m%d}.{format}"
        return StreamingResponse(
            ledger.export(caller, asked, format),
            media_type=_MEDIA[format],
            headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
        )

    @api.get("/ledger/reconciliation")
    async def reconcile_books(caller: Auditor, days: Days = 31) -> ReconciliationRead:
        """Add the last days up line by line, and compare what reports tell and what budgets count with it.

        Budgets without an end are not among them.
        """
        return _reconciled(await agreeing.compare(caller, days=days))

    @api.get("/invoices/{month}")
    async def read_invoice(month: Month, caller: Auditor) -> InvoiceRead:
        """What the organisation used in a month (UTC), by model. The total is the ledger's."""
        year, _, number = month.partition("-")
        found = await invoice(usage, caller, int(year), int(number))
        return InvoiceRead(
            month=month,
            since=found.since,
            until=found.until,
            is_final=found.is_final,
            lines=[InvoiceLine(**sums_read(sums).model_dump(), model=model) for model, sums in found.lines],
            total=sums_read(found.total),
        )

    return api


def _reconciled(found: Agreement) -> ReconciliationRead:
    return ReconciliationRead(
        at=found.at,
        since=found.since,
        until=found.until,
        is_exact=found.is_exact,
        ledger_usd=usd(found.ledger.cost_nusd),
        reported_usd=usd(found.reported.cost_nusd),
        entries=found.ledger.entries,
        counters=found.counters,
        days=[
            DayCompared(day=one.day, ledger=sums_read(one.ledger), reported=sums_read(one.reported))
            for one in found.days
        ],
        budgets=[
            CounterCompared(
                budget_id=one.budget.id,
                name=one.budget.name,
                unit=one.budget.unit,
                subject=one.window.subject,
                starts_on=one.window.starts_on,
                counted=_count(one.kept, one.budget.unit),
                true=_count(one.true, one.budget.unit),
            )
            for one in found.budgets
        ],
    )


def _count(counted: tuple[int, int], unit: Unit) -> CountRead:
    settled, held = counted
    return CountRead(settled=shown(settled, unit), held=shown(held, unit))
