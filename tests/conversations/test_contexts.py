"""What models are shown of long conversations, over HTTP: reports, pins, vectors that are made once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from tests.conversations.house import House, Model, Tasks, answer, someone
from tests.conversations.served import client_of

from chimera.bootstrap.parts.embedder import embedder_of
from chimera.conversations.context import Budget
from chimera.conversations.repository import KeptMessages
from chimera.conversations.service import Composer, Meanings, Summaries
from chimera.gateway.caching.embedder import Embedder, EmbedderMissingError, OpenEmbedder
from chimera.gateway.call import Target
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import ModelCard, Request, Text
from chimera.store import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WINDOW = 4_000
LONG = "The weather is fine over here and there is nothing new to tell but what was told before. " * 12
CODE = "The gate code of the house in Lisbon is 4471."


class Counting:
    """Counts what an embedder is asked."""

    def __init__(self, embedder: Embedder) -> None:
        self.id = embedder.id
        self.embedder = embedder
        self.asked: list[str] = []

    async def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        self.asked += texts
        return await self.embedder.embed(texts)


async def missing() -> Embedder:
    raise EmbedderMissingError("Not built.")


def house_of(database: Database, tasks: Tasks, embedder: OpenEmbedder = missing) -> tuple[House, Meanings]:
    """A replica whose model has a small window."""
    meanings = Meanings(database=database, open=embedder, spawn=tasks.spawn, patience_s=5)
    composer = Composer(
        database=database,
        target=lambda _scope, model: Target(
            provider="openai", model="gpt-4o", card=ModelCard(name=model, context_tokens=WINDOW)
        ),
        budget=Budget(output_tokens=1_000),
        meanings=meanings,
    )
    model = Model(*answer("Indeed."))
    return House(database=database, tasks=tasks, model=model, composer=composer), meanings


async def test_a_summary_is_made_beside_the_turn_and_shown_in_the_next(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house, _ = house_of(database, tasks)
    summariser = Model(*answer("They spoke of the weather."))
    summaries = Summaries(database=database, gateway=summariser, model="small", spawn=tasks.spawn)
    assert house.composer is not None
    house.turns.composer = replace(house.composer, summaries=summaries)
    async with client_of(house, ada) as client:
        first = (await client.post("/api/v1/chat", json={"message": CODE})).json()
        one = f"/api/v1/conversations/{first['conversation_id']}/messages"
        for number in range(16):
            await client.post(one, json={"text": f"{number}. {LONG}"})
            await summaries.settled()
        asked = (await client.post(one, json={"text": "Well?"})).json()
        report = (await client.get(f"{one}/{asked['message']['id']}/context")).json()
    assert report["summarised_to"] is not None
    assert "They spoke of the weather." in words(house)
    first_call, *others = summariser.calls
    assert (first_call.origin.feature, first_call.request.model, first_call.scope) == ("summary", "small", ada)
    assert CODE in str(first_call.request)
    assert "Summary so far" not in str(first_call.request)
    assert all("Summary so far:\\nThey spoke" in str(call.request) for call in others)


def words(house: House) -> str:
    request = house.model.calls[-1].request
    assert isinstance(request, Request)
    return "\n".join(part.text for message in request.messages for part in message.parts if isinstance(part, Text))


async def test_an_answer_tells_what_its_model_was_shown_and_pins_are_always_shown(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house, _ = house_of(database, tasks)
    async with client_of(house, ada) as client:
        first = (await client.post("/api/v1/chat", json={"message": CODE, "system_prompt": "Be brief."})).json()
        one = f"/api/v1/conversations/{first['conversation_id']}/messages"
        report = (await client.get(f"{one}/{first['message']['id']}/context")).json()
        assert (report["whole"], report["history"], report["left_out"]) == (True, 1, 0)
        assert (report["window_tokens"], report["limit_tokens"]) == (WINDOW, WINDOW - 1_000)
        assert report["tokens"]["total"] == report["tokens"]["system"] + report["tokens"]["question"]

        pinned = (await client.post(one, json={"text": "I am allergic to nuts."})).json()["user_message_id"]
        assert (await client.post(f"{one}/{pinned}/pin")).status_code == 204
        for _ in range(16):
            await client.post(one, json={"text": LONG})
        asked = (await client.post(one, json={"text": "What is the gate code in Lisbon?"})).json()
        report = (await client.get(f"{one}/{asked['message']['id']}/context")).json()
        assert report["tokens"]["total"] <= report["limit_tokens"]
        assert (report["whole"], report["meaning"], report["pinned"]) == (False, False, [pinned])
        assert first["user_message_id"] in report["retrieved"]
        assert report["left_out"] > 0
        assert CODE in words(house)
        assert "I am allergic to nuts." in words(house)
        kept = {message["id"]: message["pinned"] for message in (await client.get(one)).json()["data"]}
        assert [name for name, is_pinned in kept.items() if is_pinned] == [pinned]

        assert (await client.delete(f"{one}/{pinned}/pin")).status_code == 204
        asked = (await client.post(one, json={"text": "Well?"})).json()
        report = (await client.get(f"{one}/{asked['message']['id']}/context")).json()
        assert report["pinned"] == []


async def test_what_is_no_answer_has_no_context_and_others_find_none(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house, _ = house_of(database, tasks)
    async with client_of(house, ada) as client:
        turn = (await client.post("/api/v1/chat", json={"message": "Hi"})).json()
        one = f"/api/v1/conversations/{turn['conversation_id']}/messages"
        refused = [
            await client.get(f"{one}/{turn['user_message_id']}/context"),
            await client.get(f"{one}/{new_id()}/context"),
            await client.post(f"{one}/{new_id()}/pin"),
        ]
    async with client_of(house, someone(ada)) as stranger:
        refused += [
            await stranger.get(f"{one}/{turn['message']['id']}/context"),
            await stranger.post(f"{one}/{turn['message']['id']}/pin"),
            await stranger.delete(f"{one}/{turn['message']['id']}/pin"),
        ]
    assert {response.status_code for response in refused} == {404}
    codes = [response.json()["code"] for response in refused]
    assert codes == ["context_not_found", *2 * ["message_not_found"], *3 * ["conversation_not_found"]]


async def test_each_message_is_embedded_once_and_meanings_are_compared_then(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    counting = Counting(await embedder_of("wordpieces")())

    async def opened() -> Embedder:
        return counting

    house, meanings = house_of(database, tasks, opened)
    async with client_of(house, ada) as client:
        first = (await client.post("/api/v1/chat", json={"message": CODE})).json()
        one = f"/api/v1/conversations/{first['conversation_id']}/messages"
        for _ in range(18):
            await client.post(one, json={"text": LONG})
            await meanings.settled()
        asked = (await client.post(one, json={"text": "How does one enter the house in Portugal?"})).json()
        report = (await client.get(f"{one}/{asked['message']['id']}/context")).json()
        await meanings.settled()
    assert report["meaning"] is True
    assert first["user_message_id"] in report["retrieved"]
    assert counting.asked.count(CODE) == 1
    assert counting.asked.count("How does one enter the house in Portugal?") == 2  # to look, and to be found
    async with database.reading(ada) as tx:
        kept = await KeptMessages(tx, ada).with_vectors(UUID(first["conversation_id"]))
    assert len(kept) >= 37


async def test_what_cannot_fit_is_asked_all_the_same_and_said_to_be_too_long(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house, _ = house_of(database, tasks)
    async with client_of(house, ada) as client:
        long = (await client.post("/api/v1/chat", json={"message": "word " * 20_000})).json()
        report = await client.get(
            f"/api/v1/conversations/{long['conversation_id']}/messages/{long['message']['id']}/context"
        )
        assert report.json()["too_long"] is True
        again = await client.post(f"/api/v1/conversations/{long['conversation_id']}/messages", json={"text": "Hi"})
    assert again.status_code == 201
