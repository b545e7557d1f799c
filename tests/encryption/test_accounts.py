"""Calls of an organisation go to its own accounts at providers, and nobody else's do."""

import asyncio
from collections.abc import AsyncGenerator
from time import monotonic
from typing import Any

import pytest
from openai import AsyncOpenAI

from chimera.encryption.repository import AllConnections, AllSecrets
from chimera.kit.clock import utc_now
from tests.encryption.towns import CONNECTIONS, HOUSE, OURS, THEIRS, Town, chat, models, town_of
from tests.fakes import Answer
from tests.surfaces.test_batches import begun, line, over


@pytest.fixture
async def town(sqlite_url: str) -> AsyncGenerator[Town]:
    async with town_of(sqlite_url, "openai") as found:
        yield found


async def test_each_organisation_s_calls_go_with_its_own_key_and_those_of_others_with_the_house_s(town: Town) -> None:
    await town.connect(town.ours, OURS)
    await town.connect(town.theirs, THEIRS)
    since = len(town.fake.requests)
    for who, key in ((town.ours, OURS), (town.theirs, THEIRS), (town.others, HOUSE), (town.ours, OURS)):
        for ask in ({}, {"stream": True}):
            answer = await chat(who, **ask)
            assert answer.status_code == 200, answer.text
            assert town.shown(since)[-1] == key
        asked = await who.post("/v1/embeddings", json={"model": "openai/text-embedding-3-small", "input": "a"})
        assert asked.status_code == 200, asked.text
        assert town.shown(since)[-1] == key


async def test_its_models_are_listed_for_it_alone(database_url: str) -> None:
    async with town_of(database_url, "openai") as town:
        await _listed_for_it_alone(town)


async def _listed_for_it_alone(town: Town) -> None:
    before = await models(town.others)
    await town.connect(town.ours, OURS, name="vllm", kind="openai_compatible", provider="ours")
    seen = await models(town.ours)
    assert any(model.startswith("ours/") for model in seen)
    assert seen > before == await models(town.others) == await models(town.theirs)
    mine = next(model for model in seen if model.startswith("ours/"))
    assert (await chat(town.ours, mine)).status_code == 200
    refused = await chat(town.theirs, mine)
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "model_not_found")
    assert (await town.ours.get("/api/v1/models")).json()["default_model"] in seen - before
    await town.connect(town.theirs, "sk-canary-wrong", provider="ill")
    assert any(model.startswith("ill/") for model in await models(town.theirs))
    assert (await town.theirs.get("/api/v1/models")).json()["default_model"] in before


async def test_every_kind_of_provider_is_shown_the_key_where_it_wants_it(town: Town) -> None:
    for kind in ("anthropic", "gemini", "deepseek", "openrouter", "openai_compatible", "openai"):
        connection = await town.connect(town.ours, OURS, name=kind, kind=kind)
        listed = sorted(model for model in await models(town.ours) if model.startswith(f"{kind}/"))
        chatty = next(model for model in listed if "embed" not in model)
        since = len(town.fake.requests)
        answer = await chat(town.ours, chatty)
        assert answer.status_code == 200, answer.text
        assert town.shown(since) == [OURS]
        checked = await town.ours.post(f"{CONNECTIONS}/{connection}/check")
        assert checked.json() == {"outcome": "ok"}


async def test_batches_and_responses_in_the_background_go_there_too(town: Town) -> None:
    await town.connect(town.ours, OURS)
    since = len(town.fake.requests)
    async with AsyncOpenAI(base_url=f"{town.chimera.url}/v1", api_key=town.chimera.key) as client:
        lines = [line(str(number), model="openai/gpt-4o") for number in range(3)]
        batch = await over(client, await begun(client, lines))
        assert batch.request_counts is not None
        assert batch.request_counts.completed == 3
        response = await client.responses.create(model="openai/gpt-4o", input="hello", background=True)
        while response.status in {"queued", "in_progress"}:
            response = await client.responses.retrieve(response.id)
        assert response.status == "completed"
    assert town.shown(since) == [OURS] * 4


async def test_a_credential_is_rotated_under_load_without_a_failed_call(town: Town) -> None:
    connection, key, over = await town.connect(town.ours, OURS), OURS, asyncio.Event()

    async def load() -> list[int]:
        said = []
        while not over.is_set():
            said.append((await chat(town.ours)).status_code)
        return said

    asking = [asyncio.ensure_future(load()) for _ in range(4)]
    for number in range(5):
        before, key = key, f"{OURS}-{number}"
        town.fake.know_only(HOUSE, before, key)
        rotated = await town.ours.post(f"{CONNECTIONS}/{connection}/rotate", json={"credential": key})
        assert rotated.status_code == 200
        town.fake.know_only(HOUSE, key)
        since = len(town.fake.requests)
        await town.fake.arrived(since + 20)
    over.set()
    said = [status for each in await asyncio.gather(*asking) for status in each]
    assert set(said) == {200}
    assert town.shown()[-1] == key


async def test_while_a_rotation_lasts_the_former_credential_does_where_the_new_one_is_not_known_yet(town: Town) -> None:
    connection, newer = await town.connect(town.ours, OURS), "sk-canary-newer"
    rotation = {"credential": newer, "keep_former_s": 600}
    await town.ours.post(f"{CONNECTIONS}/{connection}/rotate", json=rotation)
    await town.looked()
    since = len(town.fake.requests)
    assert (await chat(town.ours)).status_code == 200
    assert town.shown(since) == [newer, OURS]

    async with town.chimera.house.database.system_transaction() as tx:
        rows = AllConnections(tx)
        await rows.run(rows.changing().values(former_until=utc_now()))
    accounts = await town.looked()
    await accounts.note_uses()
    async with town.chimera.house.database.system_reading() as tx:
        (kept,) = await tx.scalars(AllSecrets(tx).every())
    (listed,) = (await town.ours.get(CONNECTIONS)).json()["data"]
    assert (listed["former_until"], listed["last_used_at"] is None) == (None, False)
    assert await town.chimera.house.people.sealing.connections.secrets.read(kept.name) == newer.encode()


async def test_what_is_switched_off_elsewhere_ends_within_five_seconds_in_running_streams_too(town: Town) -> None:
    await town.connect(town.ours, OURS, provider="mine")
    town.fake.say(Answer(text="on and on " * 200, chunks=400, delay_s=0.1))
    body = {"model": "mine/gpt-4o", "messages": [{"role": "user", "content": "hello"}], "stream": True}
    async with town.ours.stream("POST", "/v1/chat/completions", json=body) as answer:
        lines = answer.aiter_lines()
        await anext(lines)
        await switched_off(town)
        begun = monotonic()
        rest = "".join([one async for one in lines])
    assert monotonic() - begun < 5
    assert "provider_forbidden" in rest
    refused = await chat(town.ours, "mine/gpt-4o")
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "model_not_found")
    assert "mine/gpt-4o" not in await models(town.ours)


async def switched_off(town: Town) -> None:
    """By another server."""
    async with town.chimera.house.database.system_transaction() as tx:
        rows = AllConnections(tx)
        await rows.run(rows.changing().values(enabled=False))


async def test_a_removed_connection_is_gone_at_once_and_the_house_s_account_answers_again(town: Town) -> None:
    connection = await town.connect(town.ours, OURS)
    assert (await town.theirs.delete(f"{CONNECTIONS}/{connection}")).status_code == 404
    assert (await town.ours.delete(f"{CONNECTIONS}/{connection}")).status_code == 204
    await town.followed()
    since = len(town.fake.requests)
    assert (await chat(town.ours)).status_code == 200
    assert town.shown(since) == [HOUSE]


async def test_a_wrong_key_is_told_to_its_organisation_alone(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = "sk-canary-that-nobody-knows"
    connection = await town.connect(town.theirs, wrong)
    await town.connect(town.ours, OURS)
    since, said = len(town.fake.requests), []
    for _ in range(8):
        refused = await chat(town.theirs)
        assert refused.json()["error"]["code"] == "provider_unauthenticated"
        said.append(refused.text)
        assert (await chat(town.ours)).status_code == (await chat(town.others)).status_code == 200
    assert town.shown(since).count(wrong) <= 10  # once more in five seconds
    said.append((await town.theirs.post(f"{CONNECTIONS}/{connection}/check")).text)
    assert "wrong_key" in said[-1]
    await town.chimera.house.audit.notes.drain()
    said += [(await town.theirs.get(path)).text for path in (CONNECTIONS, "/api/v1/audit")]
    assert connection in said[-1]
    said += capsys.readouterr()
    assert not any("sk-canary" in one for one in said)
    (opened,) = [one for one in town.opened() if str(one.kept.id) == connection]
    assert "sk-canary" not in repr(opened.provider.proof)


async def test_an_account_that_is_ill_opens_no_circuit_of_others_and_is_stood_in_for_only_if_it_may(town: Town) -> None:
    dead = town.fake.base_url("openai", unreachable=True)
    connection = await town.connect(town.theirs, THEIRS, base_url=dead)
    await town.connect(town.ours, OURS)
    since, codes = len(town.fake.requests), set()
    for _ in range(6):
        codes.add((await chat(town.theirs)).json()["error"]["code"])
        assert (await chat(town.ours)).status_code == 200
    assert codes == {"provider_unreachable", "circuit_open"}
    assert set(town.shown(since)) == {OURS}
    assert (await chat(town.others)).status_code == 200

    changed = await town.theirs.patch(f"{CONNECTIONS}/{connection}", json={"fallback_to_house": True})
    assert changed.json()["fallback_to_house"] is True
    await town.followed()
    since = len(town.fake.requests)
    assert (await chat(town.theirs)).status_code == 200
    assert town.shown(since) == [HOUSE]


async def test_once_its_data_keys_are_destroyed_an_organisation_is_told_plainly_and_can_mend_it(town: Town) -> None:
    connection = await town.connect(town.theirs, THEIRS)
    assert (await town.theirs.delete("/api/v1/encryption/keys", params={"name": "Others"})).status_code == 200
    async with asyncio.timeout(5):
        while (refused := await chat(town.theirs)).status_code == 200:
            pass
    assert refused.json()["error"]["code"] == "provider_unauthenticated"
    assert "cannot be opened" in refused.json()["error"]["message"]
    checked = await town.theirs.post(f"{CONNECTIONS}/{connection}/check")
    assert checked.json() == {"outcome": "credential_unreadable"}
    await town.theirs.post(f"{CONNECTIONS}/{connection}/rotate", json={"credential": THEIRS})
    await town.followed()
    assert (await chat(town.theirs)).status_code == 200


async def test_an_address_within_is_not_connected_to_whoever_wrote_it_into_the_database(sqlite_url: str) -> None:
    async with town_of(sqlite_url, settings={"private_networks": False}) as town:
        made = await town.ours.post(CONNECTIONS, json={"name": "a", "kind": "openai", "credential": OURS})
        assert made.status_code == 201
        async with town.chimera.house.database.system_transaction() as tx:
            rows = AllConnections(tx)
            await rows.run(rows.changing().values(settings={"base_url": town.fake.base_url("openai")}))
        accounts: Any = town.chimera.house.gateway.catalogues.accounts
        for opened in tuple(accounts._open):
            await accounts._close(opened)
        await town.followed()
        refused = await chat(town.ours)
        assert refused.json()["error"]["code"] == "provider_unreachable"
        assert (await town.ours.post(f"{CONNECTIONS}/{made.json()['id']}/check")).json() == {"outcome": "unreachable"}
        assert town.fake.requests == []
