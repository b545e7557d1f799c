"""The rounds over requests under way: one question for each credential, and no cut while nobody can answer it."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Message

from chimera.kit.errors import AppError
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import DatabaseUnavailableError
from chimera.tenancy.authenticate import SEEN
from chimera.tenancy.errors import NetworkNotAllowedError, UnauthenticatedError
from chimera.tenancy.live.requests import Requests

ME = Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset({"chat", "models:read"}))


class Door:
    """Says of every credential what the test wants, and counts how often it is asked."""

    def __init__(self) -> None:
        self.says: Scope | AppError = ME
        self.asked: list[bytes] = []
        self.times = 0

    async def __call__(self, connections: Sequence[HTTPConnection]) -> Sequence[Scope | AppError]:
        self.times += 1
        self.asked += [dict(connection.scope["headers"])[b"x-api-key"] for connection in connections]
        return [self.says] * len(connections)


async def endless(scope: Any, receive: Any, send: Any) -> None:
    scope[SEEN] = ME
    kind = {"http": "http.response.start", "websocket": "websocket.accept"}[scope["type"]]
    await send({"type": kind, "status": 200, "headers": [(b"content-type", b"text/event-stream; charset=utf-8")]})
    await asyncio.Event().wait()


async def silent(scope: Any, receive: Any, send: Any) -> None:
    scope[SEEN] = ME
    await asyncio.Event().wait()


def refuse(error: Any, request: Request) -> Response:
    return Response(error.code, 401)


def begin(
    requests: Requests, app: Any, key: bytes = b"k", kind: str = "http"
) -> "tuple[asyncio.Task[None], list[Message]]":
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": kind, "headers": [(b"x-api-key", key)], "client": ("192.0.2.1", 1), "path": "/", "method": "GET"}
    return asyncio.ensure_future(requests.watched(app)(scope, None, send)), sent  # type: ignore[arg-type]  # never asked


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def requests(door: Door) -> Requests:
    return Requests(afresh=door, refuse=refuse)


async def test_each_credential_is_asked_about_once_and_those_that_hold_go_on(requests: Requests, door: Door) -> None:
    tasks = [begin(requests, endless, key)[0] for key in (b"a", b"b", b"a", b"a") for _ in range(5)]
    await asyncio.sleep(0)
    await requests.look()
    assert (sorted(door.asked), door.times) == ([b"a", b"b"], 1)
    door.says = DatabaseUnavailableError("away")
    await requests.look()
    await asyncio.sleep(0)
    assert not any(task.done() for task in tasks)
    for task in tasks:
        task.cancel()
    assert all(
        isinstance(error, asyncio.CancelledError) for error in await asyncio.gather(*tasks, return_exceptions=True)
    )
    await requests.look()
    assert len(door.asked) == 4, "nobody is left to ask about"


@pytest.mark.parametrize(
    "says",
    [
        UnauthenticatedError("gone"),
        NetworkNotAllowedError("elsewhere"),
        Scope(tenant_id=ME.tenant_id, actor_id=ME.actor_id, permissions=frozenset({"models:read"})),
        Scope(tenant_id=ME.tenant_id, actor_id=ME.actor_id, permissions=ME.permissions, models=(("a",),)),
    ],
    ids=["shut out", "another network", "demoted", "fewer models"],
)
async def test_who_may_less_is_told_so_at_the_end_of_the_stream(
    requests: Requests, door: Door, says: Scope | AppError
) -> None:
    task, sent = begin(requests, endless)
    await asyncio.sleep(0)
    door.says = says
    await requests.look()
    await task
    assert sent[-1]["body"].startswith(b"event: error\ndata: {")
    assert sent[-1]["more_body"] is False


async def test_who_may_more_goes_on(requests: Requests, door: Door) -> None:
    task, _ = begin(requests, endless)
    await asyncio.sleep(0)
    door.says = Scope(tenant_id=ME.tenant_id, actor_id=ME.actor_id, permissions=ME.permissions | {"spend:read"})
    await requests.look()
    await asyncio.sleep(0)
    assert not task.done()
    task.cancel()
    await asyncio.wait({task})


async def test_a_request_that_was_not_answered_yet_is_refused(requests: Requests, door: Door) -> None:
    task, sent = begin(requests, silent)
    await asyncio.sleep(0)
    door.says = UnauthenticatedError("gone")
    await requests.look()
    await task
    assert (sent[0]["status"], sent[1]["body"]) == (401, b"unauthenticated")


async def test_a_socket_is_closed_as_a_violation_of_policy(requests: Requests, door: Door) -> None:
    task, sent = begin(requests, endless, kind="websocket")
    await asyncio.sleep(0)
    door.says = UnauthenticatedError("gone")
    await requests.look()
    await task
    assert sent[-1] == {"type": "websocket.close", "code": 1008, "reason": "unauthenticated"}


async def test_whoever_is_cancelled_by_others_is_not_mistaken_for_one_of_ours(requests: Requests) -> None:
    task, sent = begin(requests, endless)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(sent) == 1
