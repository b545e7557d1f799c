"""What earlier messages are looked through for: not always the words that were said last."""

import httpx2
from tests.conversations.house import STARTED, House, Tasks, answer, texts
from tests.conversations.served import client_of
from tests.conversations.test_contexts import house_of

from chimera.conversations.steps.reading.references import resolved
from chimera.conversations.steps.small_calls import SmallCalls
from chimera.conversations.steps.taking import Steps
from chimera.kit.scope import Scope
from chimera.llm import Finished, FinishReason
from chimera.policies.policy import DEFAULT, Policy
from chimera.store import Database

EVIDENCE = "My sister Ottilie keeps bees in Trondheim."
FILLER = "The weather is fine over here and there is nothing new to tell but what was told before. " * 12
QUESTION = "Where does Ottilie keep her bees?"


async def defaults(_: Scope) -> Policy:
    return DEFAULT


def stepping(house: House) -> House:
    house.turns.steps = Steps(calls=SmallCalls(gateway=house.model), policy=defaults)
    return house


async def test_what_is_looked_for_says_what_the_question_stands_on(
    database: Database, tasks: Tasks, ada: Scope
) -> None:
    house = stepping(house_of(database, tasks)[0])
    async with client_of(house, ada) as client:
        evidence = (await client.post("/api/v1/chat", json={"message": EVIDENCE})).json()
        path = f"/api/v1/conversations/{evidence['conversation_id']}/messages"
        for number in range(14):
            await client.post(path, json={"text": f"{number}. {FILLER}"})

        async def shown(text: str) -> tuple[bool, str | None, str]:
            said = (await client.post(path, json={"text": text})).json()
            return await report_of(client, path, said["message"]["id"], evidence["user_message_id"])

        assert await shown(QUESTION) == (True, None, "new_topic")
        found, searched, intent = await shown("And since when does she do that?")
        assert (found, intent) == (True, "follow_up")
        assert searched == "And since when does she do that? (Ottilie, keep, bees)"
        assert (await shown("Thanks, that's all. Bye!"))[::2] == (False, "goodbye")
        house.model.steps = (STARTED, *texts("In"), Finished(reason=FinishReason.LENGTH))
        cut = (await client.post(path, json={"text": QUESTION})).json()
        house.model.steps = answer(" Norway.")
        ended = (await client.post(f"{path}/{cut['message']['id']}/continue", json={})).json()
        continued = await report_of(client, path, ended["message"]["id"], evidence["user_message_id"])
        assert continued == (True, None, "new_topic")


async def report_of(client: httpx2.AsyncClient, path: str, message: str, evidence: str) -> tuple[bool, str | None, str]:
    report = (await client.get(f"{path}/{message}/context")).json()
    assert report["whole"] is False
    return evidence in report["retrieved"], report["searched"], report["intent"]


def test_a_question_is_completed_only_where_it_lacks_something() -> None:
    before = ("When did Caroline visit Bergen?", "In May, with Melanie.")
    assert resolved("How tall is the Eiffel Tower in Paris?", *before) == ""
    assert resolved("And what did they eat there?", "", "") == ""
    assert resolved("Why?", *before) == "Why? (Caroline, visit, Bergen, Melanie)"
    assert "Caroline" in resolved("What did she bring home from the journey?", *before)
    assert resolved("Und was hat sie dort gegessen?", "Wann war Anna in Bergen?", "") == (
        "Und was hat sie dort gegessen? (Anna, Bergen, Wann, war)"
    )
