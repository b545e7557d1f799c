"""What is older than the policy says goes, in lots, and nothing else; a legal hold keeps it."""

from datetime import timedelta

import pytest

from chimera.audit.checkpoints import Notary
from chimera.audit.cutting import Cutter
from chimera.conversations.repository import KeptConversations
from chimera.conversations.tables import ConversationRow
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.kit.trail import Unwritten
from chimera.policies.policy import DEFAULT, SECTIONS, Policy
from chimera.policies.sections.retention import RetentionPolicy
from chimera.privacy.repository import KeptHolds
from chimera.privacy.retaining import KINDS, TRAIL, Retention
from chimera.privacy.tables import LegalHoldRow
from chimera.store import Database
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow

AGES = (1, 5, 29, 31, 40, 50, 400)


async def organisation(database: Database) -> Scope:
    """With conversations of some ages in days, all of one person."""
    scope = Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset({"privacy:manage"}))
    async with database.system_transaction() as tx:
        await AllTenants(tx).add(TenantRow(id=scope.tenant_id, name="Somebody"))
    async with database.transaction(scope) as tx:
        for days in AGES:
            row = ConversationRow(owner_id=scope.actor_id, title=str(days), updated_at=utc_now() - timedelta(days=days))
            await KeptConversations(tx, scope).add(row)
    return scope


async def left(database: Database, scope: Scope) -> list[int]:
    async with database.reading(scope) as tx:
        rows = await tx.scalars(KeptConversations(tx, scope).mine())
        return sorted(int(row.title) for row in rows)


def retention(database: Database, whose: Scope, days: int = 30) -> Retention:
    async def policy(scope: Scope) -> Policy:
        if scope.tenant_id != whose.tenant_id:
            return DEFAULT
        return DEFAULT.model_copy(update={"retention": RetentionPolicy(conversations_days=days)})

    return Retention(database=database, trail=cutter(database), policy=policy, lot=2)


def cutter(database: Database) -> Cutter:
    return Cutter(database=database, notary=Notary(root=bytes(32)), sinks=[], trail=Unwritten())


async def hold(database: Database, scope: Scope, user_id: object) -> LegalHoldRow:
    async with database.transaction(scope) as tx:
        row = LegalHoldRow(user_id=user_id, reason="a", created_by=scope.actor_id)
        return await KeptHolds(tx, scope).add(row)


async def test_what_is_too_old_goes_and_nothing_else(database: Database) -> None:
    mine, others = await organisation(database), await organisation(database)
    kept = retention(database, mine)
    held, due = await kept.preview(mine)
    assert (held, due["conversations"].days, due["conversations"].rows) == (False, 30, 4)
    assert {one.days for kind, one in due.items() if kind not in {"conversations", "temporary"}} == {None}
    assert await left(database, mine) == [*AGES]
    assert await kept.round() == 4
    assert await left(database, mine) == [1, 5, 29]
    assert await left(database, others) == [*AGES]
    assert await kept.round() == 0


async def test_temporary_conversations_go_after_a_day_whatever_becomes_of_others(database: Database) -> None:
    mine, others = await organisation(database), await organisation(database)
    async with database.transaction(mine) as tx:
        for row in await tx.scalars(KeptConversations(tx, mine).mine()):
            row.temporary = int(row.title) in {1, 5, 400}
    kept = retention(database, others)
    _, due = await kept.preview(mine)
    assert (due["temporary"].days, due["temporary"].rows) == (1, 3)
    await kept.round()
    assert await left(database, mine) == [29, 31, 40, 50]


@pytest.mark.parametrize("whole", [True, False])
async def test_a_legal_hold_wins(database: Database, whole: bool) -> None:
    scope = await organisation(database)
    placed = await hold(database, scope, None if whole else scope.actor_id)
    kept = retention(database, scope)
    held, due = await kept.preview(scope)
    assert (held, due["conversations"].rows) == (whole, 0)
    assert await kept.round() == 0
    async with database.transaction(scope) as tx:
        await KeptHolds(tx, scope).release(placed.id, utc_now())
    await hold(database, scope, new_id())  # somebody else's
    assert await kept.round() == 4


def test_every_kind_has_its_days_in_the_policy() -> None:
    assert "retention" in SECTIONS
    assert {f"{kind}_days" for kind in (*(one.kind for one in KINDS), TRAIL)} == set(RetentionPolicy.model_fields)
