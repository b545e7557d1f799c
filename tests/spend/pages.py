"""Entries of a ledger that a test makes up, and the whole server before a database that holds them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import update
from tests.serving import Running, running

from chimera.kit.ids import new_id
from chimera.spend.repository import AllBooks
from chimera.spend.tables import BookRow, BudgetWindowRow, EntryRow
from chimera.store import Database
from chimera.tenancy.repository import AllTenants, AllUsers
from chimera.tenancy.tables import TenantRow, UserRow

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def entry(tenant_id: UUID, actor_id: UUID, **values: Any) -> EntryRow:
    """A good attempt at noon, unless told otherwise."""
    at = values.get("held_at", NOON)
    usual: dict[str, Any] = {
        "tenant_id": tenant_id,
        "id": new_id(),
        "created_at": at,
        "held_at": at,
        "day": at.astimezone(UTC).date(),
        "call_id": new_id(),
        "attempt": 1,
        "actor_id": actor_id,
        "key_id": None,
        "team_ids": "",
        "conversation_id": None,
        "feature": "api",
        "request_id": "req",
        "provider": "openai",
        "model": "gpt-5",
        "asked_model": "gpt-5",
        "outcome": "ok",
        "measured": "reported",
        "adjusts": None,
        "cost_nusd": 1_000_000,
        "saved_nusd": 0,
        "price": "test/1",
        "tokens": 30,
        "requests": 1,
        "input_tokens": 20,
        "output_tokens": 10,
        "cached_tokens": 0,
        "cache_write_tokens": 0,
        "cache_write_1h_tokens": 0,
        "reasoning_tokens": 0,
        "duration_ms": 500,
        "first_token_ms": 100,
    }
    return EntryRow(**(usual | values))


async def write(database: Database, *entries: EntryRow) -> None:
    """As a cashier leaves them: in books."""
    async with database.system_transaction() as tx:
        for tenant in {entry.tenant_id for entry in entries}:
            await AllBooks(tx).add_if_absent(BookRow(tenant_id=tenant, id=tenant, version=0))
        tx.add_all(entries)


async def spend(database: Database, window: tuple[UUID, UUID, str, Any], settled: int) -> None:
    """Let a counter say so much, whoever counted it."""
    tenant_id, budget_id, subject, starts_on = window
    async with database.system_transaction() as tx:
        chosen = update(BudgetWindowRow).where(
            BudgetWindowRow.id == budget_id,
            BudgetWindowRow.subject == subject,
            BudgetWindowRow.starts_on == starts_on,
        )
        if not (await tx.execute(chosen.values(settled=settled))).rowcount:
            row = BudgetWindowRow(
                tenant_id=tenant_id, id=budget_id, subject=subject, starts_on=starts_on, settled=settled, held=0
            )
            tx.add(row)


@asynccontextmanager
async def owners_client(database_url: str, folder: Path) -> AsyncGenerator[tuple[Running, httpx2.AsyncClient]]:
    flags = {"data_dir": folder, "private_networks": True}
    async with (
        running(database_url, {}, flags) as server,
        httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=20) as http,
    ):
        yield server, http


async def whoever_asks(http: httpx2.AsyncClient) -> tuple[UUID, UUID]:
    """Tenant and user."""
    session = (await http.get("/api/v1/session")).json()
    return UUID(session["tenant"]["id"]), UUID(session["user"]["id"])


async def colleague_of(database: Database, tenant: UUID) -> UUID:
    """Somebody else in an organisation."""
    user = new_id()
    async with database.system_transaction() as tx:
        await AllUsers(tx).add(UserRow(tenant_id=tenant, id=user, email=f"{user}@example.com", name="c", role="member"))
    return user


async def another_tenant(database: Database) -> tuple[UUID, UUID]:
    tenant, user = new_id(), new_id()
    async with database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=tenant, name="Others"))
        await AllUsers(tx).add(UserRow(tenant_id=tenant, id=user, email=f"{user}@example.com", name="o", role="owner"))
    return tenant, user
