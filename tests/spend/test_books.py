"""What is held, what is refused, what is counted where, and that each thing counts once."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.spend.desk import Clock, budget, claim, counters, entry, held, ledger, someone, spend

from chimera.bootstrap.parts.spend import open_books, till_of
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import KeyRates
from chimera.llm import Usage
from chimera.spend.cashier.cashier import Cashier
from chimera.spend.cashier.operations import Adjust
from chimera.spend.claims import Grant
from chimera.spend.errors import BudgetExhaustedError, UnpricedError
from chimera.spend.reconciling import reconcile
from chimera.store import Database


@pytest.fixture
async def books(database: Database) -> AsyncGenerator[Cashier]:
    async with open_books(database) as opened:
        yield opened


async def test_what_is_held_is_given_back_and_what_was_spent_stays(database: Database, books: Cashier) -> None:
    ada = await someone(database, key=True)
    lab = await budget(database, ada, 1_500)
    grant = await books.hold(claim(ada))
    assert (grant.amount_nusd, grant.amount_tokens) == (1_000, None)
    assert await counters(database, ada) == {(lab, str(ada.tenant_id)): (0, 1_000)}
    await books.settle(grant, entry(400, price="genai-prices 1", saved_nusd=7, duration_ms=12, first_token_ms=3))
    assert await counters(database, ada) == {(lab, str(ada.tenant_id)): (400, 0)}
    (line,) = await ledger(database, ada)
    assert (line.id, line.call_id, line.key_id) == (grant.claim.id, grant.claim.call_id, ada.key_id)
    assert (line.cost_nusd, line.saved_nusd, line.price, line.tokens) == (400, 7, "genai-prices 1", 40)
    assert (line.day, line.held_at, line.first_token_ms) == (line.held_at.date(), grant.held_at, 3)
    assert await held(database, ada) == 0


async def test_a_grant_is_what_is_left_and_a_refusal_says_what_to_do(database: Database, books: Cashier) -> None:
    ada = await someone(database)
    await budget(database, ada, 1_500)
    await books.hold(claim(ada))
    assert (await books.hold(claim(ada, least_nusd=500))).amount_nusd == 500
    with pytest.raises(BudgetExhaustedError) as refused:
        await books.hold(claim(ada, least_nusd=1))
    assert refused.value.code == "budget_exhausted"
    assert refused.value.retry_after_s is not None
    assert 0 < refused.value.retry_after_s <= 86_400
    for told in ("Lab", "$0.0000015", "$0.00 is left", "renews on"):
        assert told in refused.value.message
    assert await held(database, ada) == 2


async def test_however_many_come_at_once_no_more_is_held_than_there_is(database: Database, books: Cashier) -> None:
    ada = await someone(database)
    lab = await budget(database, ada, 10_500)
    asked = await asyncio.gather(*(books.hold(claim(ada)) for _ in range(40)), return_exceptions=True)
    assert sum(isinstance(one, BudgetExhaustedError) for one in asked) == 30
    assert await counters(database, ada) == {(lab, str(ada.tenant_id)): (0, 10_000)}


async def test_every_budget_that_binds_is_held_against_and_no_other(database: Database, books: Cashier) -> None:
    ada = await someone(database, teams=2, key=True)
    eve = replace(ada, actor_id=new_id(), key_id=new_id(), team_ids=())
    chat = new_id()
    kinds = ("tenant", "team", "user", "key", "model", "conversation")
    made = {kind: await budget(database, ada, 5_000, kind=kind) for kind in kinds}
    named = await budget(database, ada, 5_000, kind="user", subject=str(eve.actor_id))
    off = await budget(database, ada, 0, disabled_at=utc_now())
    soft = await budget(database, ada, 0, hard=False)
    await books.hold(claim(ada, conversation_id=chat))
    tenant = str(ada.tenant_id)
    assert await counters(database, ada) == {
        (made["tenant"], tenant): (0, 1_000),
        (made["team"], str(ada.team_ids[0])): (0, 1_000),
        (made["team"], str(ada.team_ids[1])): (0, 1_000),
        (made["user"], str(ada.actor_id)): (0, 1_000),
        (made["key"], str(ada.key_id)): (0, 1_000),
        (made["model"], "openai/gpt-4o"): (0, 1_000),
        (made["conversation"], str(chat)): (0, 1_000),
        (off, tenant): (0, 1_000),
        (soft, tenant): (0, 1_000),
    }
    await books.hold(claim(eve))
    found = await counters(database, ada)
    assert found[made["user"], str(eve.actor_id)] == found[named, str(eve.actor_id)] == (0, 1_000)
    assert found[made["tenant"], tenant] == (0, 2_000)


async def test_what_a_key_makes_spends_of_its_makers_budgets_and_the_refusal_names_the_one_that_was_met(
    database: Database, books: Cashier
) -> None:
    ada = await someone(database, key=True)
    first, second = replace(ada, key_id=new_id()), replace(ada, key_id=new_id())
    assert ada.key_id
    assert first.key_id
    assert second.key_id
    first = replace(first, makers=(KeyRates(key_id=ada.key_id),))
    second = replace(second, makers=(KeyRates(key_id=first.key_id), *first.makers))
    each = await budget(database, ada, 5_000, kind="key")
    top = await budget(database, ada, 2_500, kind="key", subject=str(ada.key_id))
    middle = await budget(database, ada, 1_500, kind="key", subject=str(first.key_id))

    async def counted() -> dict[UUID, list[tuple[int, int]]]:
        found = await counters(database, ada)
        keys = (ada.key_id, first.key_id, second.key_id)
        return {made: [found.get((made, str(key)), (0, 0)) for key in keys] for made in (each, top, middle)}

    grant = await books.hold(claim(second))
    assert (await counted())[each] == [(0, 1_000)] * 3
    await books.settle(grant, entry(400))
    assert await counted() == {
        each: [(400, 0)] * 3,
        top: [(400, 0), (0, 0), (0, 0)],
        middle: [(0, 0), (400, 0), (0, 0)],
    }
    await spend(books, first, 300)
    with pytest.raises(BudgetExhaustedError, match=f"key {first.key_id}"):
        await books.hold(claim(second, 900))
    await spend(books, ada, 1_000)
    with pytest.raises(BudgetExhaustedError, match=f"key {ada.key_id}"):
        await books.hold(claim(second, 850, least_nusd=801))
    # Nine come at once, and 800 are left.
    asked = await asyncio.gather(*(books.hold(claim(second, 100)) for _ in range(9)), return_exceptions=True)
    assert sum(isinstance(one, BudgetExhaustedError) for one in asked) == 1
    assert (await counted())[each] == [(1_700, 800), (700, 800), (400, 800)]
    assert (await reconcile(database)).differences == []
    hold = next(one for one in asked if isinstance(one, Grant))
    await books.settle(hold, entry(70))
    await books.adjust(
        Adjust(tenant_id=ada.tenant_id, call_id=hold.claim.call_id, entry_id=hold.claim.id, cost_nusd=10)
    )
    assert (await counted())[top][0] == (1_710, 700)
    assert (await reconcile(database)).differences == []


async def test_the_tightest_of_several_budgets_decides(database: Database, books: Cashier) -> None:
    ada = await someone(database)
    await budget(database, ada, 5_000)
    await budget(database, ada, 700, kind="user")
    assert (await books.hold(claim(ada, least_nusd=1))).amount_nusd == 700
    with pytest.raises(BudgetExhaustedError, match="user"):
        await books.hold(claim(ada, least_nusd=1))


async def test_tokens_and_requests_are_counted_in_budgets_of_their_own(database: Database, books: Cashier) -> None:
    ada = await someone(database)
    tokens = await budget(database, ada, 150, unit="tokens", period="week")
    requests = await budget(database, ada, 3, unit="requests", period="month")
    grant = await books.hold(claim(ada))
    assert (grant.amount_nusd, grant.amount_tokens) == (None, 100)
    with pytest.raises(BudgetExhaustedError, match="50 tokens is left"):
        await books.hold(claim(ada))
    shrunk = await books.hold(claim(ada, least_tokens=10))
    assert shrunk.amount_tokens == 50
    await books.settle(grant, entry())
    await books.settle(shrunk, entry(0, usage=Usage(), outcome="provider_unavailable", measured="none"))
    tenant = str(ada.tenant_id)
    assert await counters(database, ada) == {(tokens, tenant): (40, 0), (requests, tenant): (1, 0)}


async def test_what_has_no_price_is_refused_where_money_is_counted(database: Database, books: Cashier) -> None:
    ada, eve = await someone(database), await someone(database)
    await budget(database, ada, 5_000)
    with pytest.raises(UnpricedError) as refused:
        await books.hold(claim(ada, 0, unpriced=True))
    assert refused.value.code == "model_unpriced"
    grant = await books.hold(claim(eve, 0, unpriced=True))
    await books.settle(grant, entry(None))
    (line,) = await ledger(database, eve)
    assert (line.cost_nusd, line.tokens) == (None, 40)


async def test_what_is_free_goes_on_when_all_is_spent(database: Database, books: Cashier) -> None:
    ada = await someone(database)
    await budget(database, ada, 0)
    assert (await books.hold(claim(ada, 0, free=True))).amount_nusd is None
    with pytest.raises(BudgetExhaustedError):
        await books.hold(claim(ada, 5, least_nusd=0))


async def test_what_is_settled_again_counts_once(database: Database, books: Cashier) -> None:
    ada = await someone(database)
    lab = await budget(database, ada, 5_000)
    grant = await books.hold(claim(ada))
    await asyncio.gather(*(books.settle(grant, entry(400)) for _ in range(3)))
    await books.settle(grant, entry(900))
    books.settle_later(grant, entry(900))
    await books.drain(grace_s=5)
    assert [line.cost_nusd for line in await ledger(database, ada)] == [400]
    assert await counters(database, ada) == {(lab, str(ada.tenant_id)): (400, 0)}


async def test_the_true_cost_counts_even_if_it_is_more_than_was_claimed(database: Database, books: Cashier) -> None:
    ada = await someone(database)
    lab = await budget(database, ada, 1_000)
    await books.settle(await books.hold(claim(ada)), entry(1_300))
    assert await counters(database, ada) == {(lab, str(ada.tenant_id)): (1_300, 0)}
    with pytest.raises(BudgetExhaustedError):
        await books.hold(claim(ada, 1))


async def test_a_hold_that_nobody_waits_for_any_more_is_given_back(database: Database, books: Cashier) -> None:
    ada = await someone(database)
    lab = await budget(database, ada, 5_000)
    for turns in range(8):  # left before, during and after the transaction
        asking = asyncio.create_task(books.hold(claim(ada)))
        for _ in range(turns):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait({asking})
        if not asking.cancelled():  # too late: it was granted
            await books.settle(asking.result(), entry(0))
            break
    await spend(books, ada)
    await books.drain(grace_s=5)
    assert await held(database, ada) == 0
    assert await counters(database, ada) == {(lab, str(ada.tenant_id)): (400, 0)}


async def test_a_settlement_whose_caller_leaves_is_written_all_the_same(database: Database, books: Cashier) -> None:
    ada = await someone(database)
    grant = await books.hold(claim(ada))
    settling = asyncio.create_task(books.settle(grant, entry(400)))
    await asyncio.sleep(0)
    settling.cancel()
    await books.drain(grace_s=5)
    assert [line.cost_nusd for line in await ledger(database, ada)] == [400]


async def test_what_is_still_to_be_written_is_written_before_the_end(database: Database) -> None:
    ada = await someone(database)
    async with open_books(database) as books:
        grants = [await books.hold(claim(ada)) for _ in range(5)]
        for grant in grants:
            books.settle_later(grant, entry(100))
    assert [line.cost_nusd for line in await ledger(database, ada)] == [100] * 5


async def test_a_call_belongs_to_the_window_in_which_it_began(database: Database) -> None:
    clock = Clock(datetime(2026, 11, 30, 23, 59, 50, tzinfo=UTC))
    ada = await someone(database)
    lab = await budget(database, ada, 1_000, period="month", created_at=clock.now)
    cashier = Cashier(till=till_of(database), clock=clock)
    running = asyncio.create_task(cashier.run())
    grant = await cashier.hold(claim(ada))
    with pytest.raises(BudgetExhaustedError) as refused:
        await cashier.hold(claim(ada))
    assert refused.value.retry_after_s == 10
    clock.now += timedelta(seconds=20)
    assert (await cashier.hold(claim(ada))).amount_nusd == 1_000
    await cashier.settle(grant, entry(400))
    (line,) = await ledger(database, ada)
    assert str(line.day) == "2026-11-30"
    assert await counters(database, ada) == {(lab, str(ada.tenant_id)): (400, 1_000)}
    found = await reconcile(database)
    assert (found.windows, found.differences) == (2, [])
    running.cancel()


async def test_budgets_hold_from_the_next_call_on_wherever_they_were_made(database: Database, books: Cashier) -> None:
    ada = await someone(database)
    await spend(books, ada)
    await budget(database, ada, 1_000)
    await spend(books, ada, 600)
    with pytest.raises(BudgetExhaustedError):
        await books.hold(claim(ada))


async def test_a_name_that_no_database_keeps_is_kept_as_near_as_can_be(database: Database, books: Cashier) -> None:
    ada = await someone(database)
    named = claim(ada, model="m\0x", request_id="\ud800" + "r" * 1_000)
    await books.settle(await books.hold(named), entry())
    (line,) = await ledger(database, ada)
    assert (line.model, len(line.request_id)) == ("m\ufffdx", 512)
