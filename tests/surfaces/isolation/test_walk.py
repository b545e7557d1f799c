"""What is public, that nothing else is served, and what strangers find through bodies and queries."""

from base64 import b64encode
from dataclasses import fields
from inspect import getclosurevars
from typing import Any

import httpx2
import pytest
from fastapi.routing import iter_route_contexts
from tests.serving import Running
from tests.surfaces.description import PUBLIC, PUBLIC_REFUSALS, described, operations
from tests.surfaces.isolation.belongings import SECRET, Belongings
from tests.surfaces.isolation.bodies import BODIES, DOORS, PAGES
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import refused

from chimera.bootstrap.web import Doors, create_app

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


def doors_behind(app: Any) -> Doors:
    """What stands behind the layers that all requests pass, be they objects or functions."""
    while not isinstance(app, Doors):
        app = app.app if hasattr(app, "app") else getclosurevars(app).nonlocals["app"]
    return app


def innermost(app: Any) -> Any:
    """What stands behind all layers before it."""
    while hasattr(app, "app"):
        app = app.app
    return app


def body_of(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any] | None:
    assert ("requestBody" in operation) == ((method, path) in BODIES), f"tell `bodies.py` how to {method} {path}"
    return BODIES.get((method, path))


async def assert_untouched(caller: httpx2.AsyncClient, belongings: Belongings) -> None:
    conversation = await caller.get(f"/api/v1/conversations/{belongings.ids['conversation_id']}")
    assert (conversation.json()["title"], conversation.json()["message_count"]) == (SECRET, 2)
    assert (await caller.get(f"/api/v1/turns/{belongings.ids['turn_id']}")).json()["status"] == "completed"
    assert SECRET in (await caller.get(f"/api/v1/cache/{belongings.ids['entry_id']}")).json()["text"]
    keys = (await caller.get("/api/v1/keys")).json()["data"]
    assert belongings.ids["key_id"] in [key["id"] for key in keys]


@requirement("access.tenant")
async def test_another_organisation_s_things_are_not_reached_through_bodies_and_queries(
    caller: httpx2.AsyncClient, stranger: httpx2.AsyncClient, belongings: Belongings
) -> None:
    taken = belongings.ids["conversation_id"]
    for stream in (False, True):
        response = await stranger.post(
            "/api/v1/chat", json={"message": "Hi", "conversation_id": taken, "stream": stream}
        )
        assert refused(response) == "conversation_not_found"
    own = (await stranger.post("/api/v1/chat", json={"message": "Hi"})).json()["conversation_id"]
    before = await stranger.get(f"/api/v1/conversations/{own}/messages?before={belongings.message_id}")
    assert refused(before) == "message_not_found"
    for query in (f"cursor={belongings.cursor}", "q=coup", "limit=100"):
        listed = await stranger.get(f"/api/v1/conversations?{query}")
        assert listed.status_code == 200
        assert not belongings.in_text(listed.text)
    assert (await stranger.get("/api/v1/search?q=coup")).json()["data"] == []
    found = (await caller.get("/api/v1/search?q=coup")).json()["data"]
    assert belongings.ids["conversation_id"] in [hit["conversation_id"] for hit in found]
    await assert_untouched(caller, belongings)


@requirement("access.public")
async def test_without_credentials_only_the_public_endpoints_answer(standing: Running, belongings: Belongings) -> None:
    async with httpx2.AsyncClient(base_url=standing.url) as nobody:
        for method, path, operation in operations(await described(standing)):
            body = body_of(method, path, operation)
            response = await nobody.request(method, belongings.address(path), json=body)
            if (method, path) not in PUBLIC:
                assert (refused(response), response.status_code) == ("unauthenticated", 401), f"{method} {path}"
            elif (method, path) in PUBLIC_REFUSALS:
                # An identity provider that is not there is no fault of who asks.
                told = response.json()["code"] if response.status_code == 503 else refused(response)
                assert told == PUBLIC_REFUSALS[method, path]
            else:
                assert response.is_success, f"{method} {path}"
        for page in (*PAGES, "/", "/some/page/of/the/app"):
            answer = await nobody.get(page)
            assert answer.status_code in {200, 503}  # 503: the web app is not built
            assert not belongings.in_text(answer.text)


@requirement("access.public")
async def test_nothing_is_served_that_is_not_described(standing: Running) -> None:
    doors = doors_behind(create_app(standing.house))
    served = {route.path.replace(":uuid}", "}") for route in iter_route_contexts(innermost(doors.rest).routes)}
    served |= {route.path.replace(":path}", "}") for route in innermost(doors.compat).router.routes}
    # Gemini's have a second address each, which is described with the first.
    served -= {path for path in served if path.startswith("/v1/models/{model}:")}
    assert served == set((await described(standing))["paths"]) | PAGES


@requirement("access.public")
async def test_every_door_is_walked_and_sockets_are_at_their_own_alone(
    standing: Running, caller: httpx2.AsyncClient
) -> None:
    """A new door comes with a walk of its own."""
    assert {field.name for field in fields(Doors)} <= set(DOORS)
    asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    asked["Sec-WebSocket-Key"] = b64encode(bytes(16)).decode()
    for path in ("/", "/api/v1/chat", "/api/v1/conversations", "/v1/realtime?model=openai/gpt-5", "/v1/responses"):
        assert (await caller.get(path, headers=asked)).status_code == 404, f"{path} opens a socket: it needs a walk"
