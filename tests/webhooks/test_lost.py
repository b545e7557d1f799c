"""An organisation that destroyed its keys is told nothing more until its webhooks have new secrets."""

from tests.sealing import FixedKeys
from tests.webhooks.house import House
from tests.webhooks.receiver import receiving
from tests.webhooks.test_delivering import log, verify

from chimera.store import Database


async def test_without_its_secret_nothing_is_sent_and_with_a_new_one_all_that_can_be_read(database: Database) -> None:
    keys = FixedKeys()
    house = House(database=database.sealed_by(keys))
    ada = await house.tenant()
    async with receiving() as receiver:
        webhook = await house.webhooks.create(ada, url=receiver.url, description="", event_types=())
        await house.webhooks.rotate(ada, webhook.id)
        before = await house.happen(ada, when="before")
        keys.destroy()
        assert [row.secret for row in await house.webhooks.list(ada)] == [""]
        after = await house.happen(ada, when="after")
        async with house.database.transaction(ada) as tx:
            assert not await house.outbox.write(tx, ada, before)  # it is known that it happened
        assert await house.deliver_due() == 2
        assert receiver.heard == []
        entries = {row.event_id: row for row in await log(house, ada, webhook)}
        # What was to be sent is lost for good; what happened since waits for a secret.
        assert (entries[before.id].state, entries[after.id].state) == ("failed", "pending")
        found = await house.webhooks.delivery(ada, webhook.id, entries[before.id].id)
        assert (found.body, [one.trouble for one in found.attempts]) == ("", ["unreadable"])
        anew = await house.webhooks.rotate(ada, webhook.id)
        assert (anew.former_secret, anew.former_until) == (None, None)
        house.pass_time(minutes=1)
        assert await house.deliver_due() == 1
        (received,) = receiver.heard
        assert verify(anew.secret, received)
        assert b"after" in received.body
        assert (await house.webhooks.get(ada, webhook.id)).failing_since is None
        await house.webhooks.replay(ada, webhook.id, entries[before.id].id)
        assert await house.deliver_due() == 1
        assert [row.state for row in await log(house, ada, webhook)] == ["delivered", "failed"]
        assert (await house.webhooks.get(ada, webhook.id)).failing_since is None


async def test_what_is_damaged_is_told_as_such_and_tried_again_later(database: Database) -> None:
    house = House(database=database.sealed_by(FixedKeys()))
    ada = await house.tenant()
    async with receiving() as receiver:
        webhook = await house.webhooks.create(ada, url=receiver.url, description="", event_types=())
        event = await house.happen(ada, when="now")
        async with database.transaction(ada) as tx:
            kept = (await tx.connection()).exec_driver_sql
            (whole,) = (await kept("SELECT body FROM webhook_events")).one()
            await kept(f"UPDATE webhook_events SET body = {literal(database, damaged(bytes(whole)))}")
        assert await house.deliver_due() == 1
        assert receiver.heard == []
        (entry,) = await log(house, ada, webhook)
        found = (entry.event_id, entry.state, entry.attempts)
        assert found == (event.id, "pending", 1)


def damaged(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


def literal(database: Database, content: bytes) -> str:
    return f"X'{content.hex()}'" if database.dialect == "sqlite" else f"'\\x{content.hex()}'::bytea"
