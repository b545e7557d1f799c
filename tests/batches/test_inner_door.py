"""The door through which a batch asks our own endpoints: what it gets is what HTTP would have told."""

import pytest
from starlette.requests import Request
from tests.batches.house import somebody

from chimera.bootstrap.parts.batches import InnerDoor, caller_inside


def door_to(app) -> InnerDoor:
    door = InnerDoor()
    door.open(app)
    return door


async def test_the_caller_and_the_body_come_through() -> None:
    mine = somebody()

    async def app(scope, receive, send) -> None:
        request = Request(scope, receive)
        assert await caller_inside(request) == mine
        assert (request.method, request.url.path, await request.body()) == ("POST", "/v1/embeddings", b"{}")
        await send({"type": "http.response.start", "status": 429, "headers": [(b"retry-after", b"7")]})
        await send({"type": "http.response.body", "body": b"[1,", "more_body": True})
        await send({"type": "http.response.body", "body": b"2]"})

    answered = await door_to(app).ask(mine, "/v1/embeddings", b"{}")
    assert (answered.status, answered.body, answered.retry_after_s) == (429, b"[1,2]", 7.0)
    assert answered.request_id.startswith("req_")


@pytest.mark.parametrize("begun", [True, False])
async def test_an_answer_that_breaks_off_is_trouble_that_may_pass(begun: bool) -> None:
    async def app(scope, receive, send) -> None:
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"[1,", "more_body": True})
        raise RuntimeError("unforeseen")

    answered = await door_to(app).ask(somebody(), "/v1/embeddings", b"{}")
    assert answered.status == 503
    assert b"answer_cut" in answered.body
