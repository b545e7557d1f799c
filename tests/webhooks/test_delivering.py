"""An event reaches its webhooks: signed, at least once under one id, again after failures, and given up in the end."""

import asyncio
import base64
import json
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.webhooks.house import STARTED, House
from tests.webhooks.receiver import Received, Receiver, receiving

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.webhooks.events import Event, derived_id, message_id
from chimera.webhooks.service import Change, WebhookPace
from chimera.webhooks.states import Disabled
from chimera.webhooks.tables import DeliveryRow, WebhookRow

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "reference" / "webhooks.md"


@pytest.fixture
def house(database: Database) -> House:
    return House(database=database)


@pytest.fixture
async def ada(house: House) -> Scope:
    return await house.tenant()


@pytest.fixture
async def receiver() -> AsyncGenerator[Receiver]:
    async with receiving() as opened:
        yield opened


async def listen(house: House, scope: Scope, receiver: Receiver, *types: str) -> WebhookRow:
    return await house.webhooks.create(scope, url=receiver.url, description="", event_types=types)


async def log(house: House, scope: Scope, webhook: WebhookRow) -> list[DeliveryRow]:
    page = await house.webhooks.deliveries(scope, webhook.id, state=None, cursor=None, limit=100)
    return list(page.rows)


def verify(secret: str, received: Received) -> bool:
    """With the very code that the documentation shows, at the moment of the signature."""
    (shown,) = re.findall(r"```python\n(.*?)```", DOCUMENTATION.read_text(encoding="utf-8"), flags=re.DOTALL)
    named: dict[str, Any] = {}
    exec(shown, named)
    headers = {name.lower(): value for name, value in received.headers.items()}
    named["time"] = SimpleNamespace(time=lambda: float(headers["webhook-timestamp"]))
    return bool(named["verify"](secret, headers, received.body))


async def test_an_event_arrives_signed_and_once(house: House, ada: Scope, receiver: Receiver) -> None:
    webhook = await listen(house, ada, receiver)
    event = await house.happen(ada, budget="b", spent_usd="1.25")
    assert await house.deliver_due() == 1
    (received,) = receiver.heard
    assert verify(webhook.secret, received)
    assert not verify("whsec_" + base64.b64encode(b"x" * 32).decode(), received)
    assert json.loads(received.body) == {
        "id": message_id(event.id),
        "type": "budget.exhausted",
        "timestamp": "2026-11-21T12:00:00Z",
        "data": {"budget": "b", "spent_usd": "1.25"},
    }
    assert received.headers["webhook-timestamp"] == str(int(house.now.timestamp()))
    (delivery,) = await log(house, ada, webhook)
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 200, 1)
    found = await house.webhooks.delivery(ada, webhook.id, delivery.id)
    assert [(one.status, one.excerpt, one.trouble) for one in found.attempts] == [(200, "thanks", "")]
    house.pass_time(days=10)
    assert await house.deliver_due() == 0


async def test_what_happens_twice_is_told_once(house: House, ada: Scope, receiver: Receiver) -> None:
    await listen(house, ada, receiver)
    for _ in range(2):
        event = Event(type="usage.metered", at=house.now, data={}, id=derived_id(ada.tenant_id, "usage", "2026-11"))
        async with house.database.transaction(ada) as tx:
            await house.outbox.write(tx, ada, event)
    assert await house.deliver_due() == 1


async def test_only_what_it_listens_to_and_only_of_its_organisation(
    house: House, ada: Scope, receiver: Receiver
) -> None:
    await listen(house, ada, receiver, "usage.metered")
    await listen(house, await house.tenant(), receiver)
    await house.happen(ada)
    assert await house.deliver_due() == 0


async def test_nothing_is_sent_of_a_transaction_that_was_rolled_back(
    house: House, ada: Scope, receiver: Receiver
) -> None:
    await listen(house, ada, receiver)

    async def fail() -> None:
        async with house.database.transaction(ada) as tx:
            await house.outbox.write(tx, ada, Event(type="budget.exhausted", at=house.now, data={}))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await house.deliver_due() == 0


async def test_it_is_tried_again_under_the_same_id_at_growing_intervals(
    house: House, ada: Scope, receiver: Receiver
) -> None:
    webhook = await listen(house, ada, receiver)
    await house.happen(ada)
    receiver.statuses = [500, 503, 404]
    for rest_s in (5, 300, 1800):
        assert await house.deliver_due() == 1
        house.pass_time(seconds=rest_s * 0.8 - 1)
        assert await house.deliver_due() == 0
        house.pass_time(seconds=rest_s * 0.4 + 2)
    assert (await house.webhooks.get(ada, webhook.id)).failing_since is not None
    assert await house.deliver_due() == 1
    assert len({received.headers["webhook-id"] for received in receiver.heard}) == 1
    assert len({received.headers["webhook-signature"] for received in receiver.heard}) == 4
    (delivery,) = await log(house, ada, webhook)
    assert (delivery.state, delivery.attempts) == ("delivered", 4)
    assert (await house.webhooks.get(ada, webhook.id)).failing_since is None


async def test_a_receiver_may_ask_for_more_time(house: House, ada: Scope, receiver: Receiver) -> None:
    webhook = await listen(house, ada, receiver)
    await house.happen(ada)
    receiver.statuses, receiver.headers = [429], {"retry-after": "3600"}
    await house.deliver_due()
    (delivery,) = await log(house, ada, webhook)
    assert (delivery.due_at - house.now).total_seconds() == 3600


async def test_after_three_days_of_failures_it_is_given_up_and_its_webhook_disabled(
    house: House, ada: Scope, receiver: Receiver
) -> None:
    webhook = await listen(house, ada, receiver)
    receiver.statuses = [500] * 20
    await house.happen(ada)
    began = house.now
    while await house.deliver_due():
        (delivery,) = await log(house, ada, webhook)
        house.now = max(delivery.due_at, house.now)
    assert (delivery.state, delivery.attempts) == ("failed", 10)
    assert 60 < (house.now - began).total_seconds() / 3600 < 91
    assert (await house.webhooks.get(ada, webhook.id)).disabled_as == Disabled.FAILING.value


async def test_one_that_is_gone_is_disabled_and_hears_later_what_it_missed(
    house: House, ada: Scope, receiver: Receiver
) -> None:
    webhook = await listen(house, ada, receiver)
    await house.happen(ada)
    receiver.statuses = [410]
    (taken,) = await house.runner().claim()
    await house.happen(ada)
    await house.runner().deliver(taken)
    assert (await house.webhooks.get(ada, webhook.id)).disabled_as == Disabled.GONE.value
    assert sorted(row.state for row in await log(house, ada, webhook)) == ["abandoned", "failed"]
    missed = await house.happen(ada)
    assert await house.deliver_due() == 0
    await house.webhooks.change(ada, webhook.id, Change(enabled=True))
    house.pass_time(seconds=1)
    sent, following = await house.webhooks.replay_range(
        ada, webhook.id, since=STARTED - timedelta(days=1), until=utc_now() + timedelta(days=1), after=None
    )
    assert (sent, following) == (3, None)
    assert await house.deliver_due() == 3
    assert message_id(missed.id) in [received.headers["webhook-id"] for received in receiver.heard]
    assert {row.state for row in await log(house, ada, webhook)} == {"delivered"}


async def test_one_delivery_can_be_sent_again_under_its_id(house: House, ada: Scope, receiver: Receiver) -> None:
    webhook = await listen(house, ada, receiver)
    await house.happen(ada)
    await house.deliver_due()
    (delivery,) = await log(house, ada, webhook)
    await house.webhooks.replay(ada, webhook.id, delivery.id)
    assert await house.deliver_due() == 1
    assert len({received.headers["webhook-id"] for received in receiver.heard}) == 1
    assert len(receiver.heard) == 2


async def test_a_rotated_secret_signs_beside_the_former_one_for_a_day(
    house: House, ada: Scope, receiver: Receiver
) -> None:
    webhook = await listen(house, ada, receiver)
    former = webhook.secret
    rotated = await house.webhooks.rotate(ada, webhook.id)
    assert rotated.secret != former
    await house.happen(ada)
    await house.deliver_due()
    house.pass_time(hours=25)
    await house.happen(ada)
    await house.deliver_due()
    within, after = receiver.heard
    assert verify(former, within)
    assert verify(rotated.secret, within)
    assert verify(rotated.secret, after)
    assert not verify(former, after)


async def test_two_replicas_take_different_deliveries_and_what_a_dead_one_took_comes_due_again(
    house: House, ada: Scope, receiver: Receiver
) -> None:
    await listen(house, ada, receiver)
    events = [await house.happen(ada, number=number) for number in range(6)]
    one, other = house.runner(), house.runner()
    first, second = await asyncio.gather(one.claim(), other.claim())
    claimed = [taken.delivery.event_id for taken in (*first, *second)]
    assert len(claimed) == len(set(claimed))
    await asyncio.gather(*(other.deliver(taken) for taken in second))
    # `one` is dead, and so is never heard of again.
    house.pass_time(seconds=61)
    survivor = house.runner()
    while await house.deliver_due(survivor):
        pass
    heard = [received.headers["webhook-id"] for received in receiver.heard]
    assert sorted(set(heard)) == sorted(message_id(event.id) for event in events)
    for taken in first:  # it was not dead after all: what it writes now changes nothing
        await one.deliver(taken)
    assert await house.deliver_due() == 0


async def test_a_slow_receiver_leaves_places_to_the_others(house: House, ada: Scope, receiver: Receiver) -> None:
    slow = await listen(house, ada, receiver)
    for number in range(20):
        await house.happen(ada, number=number)
    async with receiving() as quick:
        await listen(house, ada, quick)
        await house.happen(ada)
        runner = house.runner()
        taken = await runner.claim()
        while more := await runner.claim():
            taken += more
        of_slow = [one for one in taken if one.delivery.webhook_id == slow.id]
        assert (len(of_slow), len(taken)) == (runner.places.most_of_one, runner.places.most_of_one + 1)


async def test_many_slow_receivers_of_one_organisation_leave_places_to_the_others(
    house: House, ada: Scope, receiver: Receiver
) -> None:
    for _ in range(6):
        await listen(house, ada, receiver)
    for number in range(20):
        await house.happen(ada, number=number)
    other = await house.tenant()
    await listen(house, other, receiver)
    await house.happen(other)
    runner = house.runner()
    taken = list(await runner.claim())
    while more := await runner.claim():
        taken += more
    of_ada = [one for one in taken if one.delivery.tenant_id == ada.tenant_id]
    assert (len(of_ada), len(taken)) == (runner.places.most_of_tenant, runner.places.most_of_tenant + 1)


async def test_it_runs_by_itself_and_a_ping_wakes_it(house: House, ada: Scope, receiver: Receiver) -> None:
    house.pace = replace(WebhookPace(), look_s=60.0)
    runner = house.runner()
    webhooks = replace(house.webhooks, on_written=runner.wake)
    webhook = await listen(house, ada, receiver, "usage.metered")
    running = asyncio.create_task(runner.run())
    try:
        await webhooks.ping(ada, webhook.id)
        await receiver.until(lambda: bool(receiver.heard))
    finally:
        running.cancel()
        await asyncio.wait({running})
    assert json.loads(receiver.heard[0].body)["type"] == "ping"


async def test_what_is_old_is_forgotten_with_its_log(house: House, ada: Scope, receiver: Receiver) -> None:
    webhook = await listen(house, ada, receiver)
    await house.happen(ada)
    await house.deliver_due()
    house.now = utc_now() + timedelta(days=31)
    await house.runner().sweep()
    assert await log(house, ada, webhook) == []
