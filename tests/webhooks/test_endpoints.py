"""`/api/v1/webhooks` through the whole server: for owners, with secrets shown once, and a receiver that hears."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import pytest
from tests.serving import Running, running
from tests.webhooks.receiver import PATIENCE_S, Receiver, receiving

WEBHOOKS = "/api/v1/webhooks"


@pytest.fixture
async def chimera(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Running]:
    async with running(sqlite_url, {}, {"data_dir": tmp_path, "private_networks": True}) as server:
        yield server


@pytest.fixture
async def client(chimera: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=PATIENCE_S) as http:
        yield http


@pytest.fixture
async def receiver() -> AsyncGenerator[Receiver]:
    async with receiving() as opened:
        yield opened


async def test_a_webhook_from_its_beginning_to_its_end(client: httpx2.AsyncClient, receiver: Receiver) -> None:
    made = await client.post(WEBHOOKS, json={"url": receiver.url, "description": "Billing", "event_types": ["ping"]})
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    webhook = made.json()
    one, secret = f"{WEBHOOKS}/{webhook['id']}", webhook.pop("secret")
    assert secret.startswith("whsec_")
    assert (await client.get(one)).json() == webhook
    assert (await client.get(WEBHOOKS)).json() == {"data": [webhook]}

    pinged = await client.post(f"{one}/ping")
    assert (pinged.status_code, pinged.json()["state"]) == (202, "pending")
    await receiver.until(lambda: bool(receiver.heard))
    assert receiver.heard[0].headers["webhook-id"] == pinged.json()["event_id"]
    receiver.statuses = [200]
    again = await client.post(f"{one}/deliveries/{pinged.json()['id']}/replay")
    assert again.status_code == 202
    await receiver.until(lambda: len(receiver.heard) == 2)
    page = (await client.get(f"{one}/deliveries")).json()
    assert [delivery["type"] for delivery in page["data"]] == ["ping"]
    detail = (await client.get(f"{one}/deliveries/{pinged.json()['id']}")).json()
    assert detail["payload"]["data"] == {"webhook_id": webhook["id"]}
    assert [attempt["status"] for attempt in detail["log"]][:1] == [200]

    rotated = (await client.post(f"{one}/secret")).json()
    assert rotated["secret"] != secret
    off = await client.patch(one, json={"enabled": False})
    assert (off.json()["enabled"], off.json()["disabled_as"]) == (False, "by_hand")
    refused = await client.post(f"{one}/ping")
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_disabled")
    assert (await client.patch(one, json={"enabled": True, "description": ""})).json()["enabled"]
    replayed = await client.post(f"{one}/replay", json={"since": "2020-01-01T00:00:00Z"})
    assert (replayed.status_code, replayed.json()) == (202, {"replayed": 0, "next": None})
    assert (await client.delete(one)).status_code == 204
    assert (await client.get(one)).json()["code"] == "webhook_not_found"


async def test_only_owners_may(chimera: Running, client: httpx2.AsyncClient) -> None:
    key = (await client.post("/api/v1/keys", json={"name": "chat", "permissions": ["chat"]})).json()["key"]
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(base_url=chimera.url, headers=headers) as member:
        for method, path in (("GET", WEBHOOKS), ("POST", WEBHOOKS)):
            answer = await member.request(method, path, json={"url": "https://example.com"})
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


async def test_what_makes_no_sense_is_refused(client: httpx2.AsyncClient) -> None:
    for body, status in (
        ({"url": "ftp://example.com"}, 400),
        ({"url": "https://example.com", "event_types": ["nothing"]}, 422),
        ({"url": "https://example.com", "secret": "mine"}, 422),
        ({"url": "https://example.com", "description": "\u0000"}, 422),
        ({}, 422),
    ):
        assert (await client.post(WEBHOOKS, json=body)).status_code == status, body
