"""What people say of answers stands with them, is taken back, and is told to who learns from it."""

import httpx2
import pytest
from fastapi import FastAPI
from tests.conversations.house import House, Model, Tasks, answer, someone
from tests.conversations.served import application, headers_of

from chimera.conversations.feedback import endpoints
from chimera.conversations.feedback.service import Feedback, Judged
from chimera.kit.scope import Scope
from chimera.store import Database
from chimera.web.edge import Edge
from chimera.web.routers import join


@pytest.fixture
def house(database: Database, tasks: Tasks) -> House:
    return House(database=database, tasks=tasks, model=Model(*answer("Because ", "of Rayleigh.")))


def client_of(app: FastAPI, scope: Scope) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=Edge(app)), base_url="http://test", headers=headers_of(scope)
    )


async def test_an_answer_is_judged_by_its_owner_and_the_last_word_holds(house: House, ada: Scope) -> None:
    heard: list[Judged] = []

    async def learn(scope: Scope, judged: Judged) -> None:
        assert scope.actor_id == ada.actor_id
        heard.append(judged)

    app = application(house)
    join(app.router, endpoints.router(Feedback(database=house.database, learners=(learn,))))
    async with client_of(app, ada) as client:
        said = (await client.post("/api/v1/chat", json={"message": "Sky?"})).json()
        messages = f"/api/v1/conversations/{said['conversation_id']}/messages"
        one = f"{messages}/{said['message']['id']}/feedback"
        judged = await client.put(one, json={"good": False, "text": "Too short."})
        assert judged.status_code == 200, judged.text
        assert judged.json()["feedback"] == {"good": False, "text": "Too short."}
        await client.put(one, json={"good": True})
        page = (await client.get(messages)).json()["data"]
        assert [message["feedback"] for message in page] == [None, {"good": True, "text": None}]
        assert [judgement.good for judgement in heard] == [False, True]
        assert (await client.delete(one)).status_code == 204
        assert (await client.get(messages)).json()["data"][1]["feedback"] is None
        question = await client.put(f"{messages}/{said['user_message_id']}/feedback", json={"good": True})
        assert (question.status_code, question.json()["code"]) == (409, "not_an_answer")
    async with client_of(app, someone(ada)) as client:
        assert (await client.put(one, json={"good": False})).json()["code"] == "conversation_not_found"
    assert len(heard) == 2
