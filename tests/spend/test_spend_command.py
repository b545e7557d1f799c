"""`chimera spend` as an operator types it, beside a server's books."""

import json

from tests.bootstrap.terminal import typed
from tests.spend.desk import budget, claim, ledger, someone, spend

from chimera.bootstrap.parts.spend import open_books
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.spend.analytics.folding import Folding
from chimera.spend.analytics.repository import UsageDays
from chimera.spend.repository import AllWindows
from chimera.store import Database, connect


async def test_an_operator_proves_mends_looks_and_puts_right(sqlite_url: str) -> None:
    variables = {"CHIMERA_DATABASE_URL": sqlite_url}
    async with connect(sqlite_url) as database:
        ada = await someone(database)
        await budget(database, ada, 5_000)
        async with open_books(database) as books:
            grant = await spend(books, ada, 900)
            await books.hold(claim(ada))
            async with database.system_transaction() as tx:
                windows = AllWindows(tx)
                await windows.run(windows.changing().values(settled=1))
            found = await typed("spend", "reconcile", "--json", env=variables)
            assert found.code == 1
            (difference,) = json.loads(found.out)["differences"]
            assert difference["settled"] == {"kept": 1, "true": 900}
            mended = await typed("spend", "reconcile", "--repair", env=variables)
            assert (mended.code, "settled $0.000000001 instead of $0.0000009" in mended.out) == (0, True)
            await falsify_a_sum(database, ada)
            found = await typed("spend", "reconcile", "--json", env=variables)
            assert (found.code, len(json.loads(found.out)["days"])) == (1, 1)
            mended = await typed("spend", "reconcile", "--repair", env=variables)
            assert (mended.code, "sums are not those of its lines" in mended.out) == (0, True)
            held = await typed("spend", "holds", env=variables)
            assert "1 hold, $0.000001 in all." in held.out
            adjusted = await typed("spend", "adjust", str(grant.claim.id), "--cost-usd", "0.0000004", env=variables)
            assert adjusted.code == 0, adjusted.err
            refused = await typed("spend", "adjust", str(ada.tenant_id), "--cost-usd", "1", env=variables)
            assert (refused.code, "no such entry" in refused.err) == (1, True)
        assert sum(line.cost_nusd or 0 for line in await ledger(database, ada)) == 400
        left = await typed("spend", "reconcile", env=variables)
        assert (left.code, "nobody will settle it" in left.out) == (1, True)


async def falsify_a_sum(database: Database, ada: Scope) -> None:
    assert await Folding(database=database, clock=utc_now).fold(ada) == 1
    async with database.transaction(ada) as tx:
        days = UsageDays(tx, ada)
        assert await days.run(days.changing().values(cost_nusd=901)) == 1
