"""Requests, streams and sockets under way, and the rounds in which their credentials are looked up afresh."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from msgspec import Struct
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as AsgiScope

from chimera.kit.errors import AppError, Kind
from chimera.kit.scope import Scope
from chimera.tenancy.authenticate import SEEN
from chimera.tenancy.channels import presented
from chimera.tenancy.errors import UnauthenticatedError

log = structlog.get_logger()

ROUND_S: Final = 2.0
_SSE, _LINES = b"text/event-stream", b"application/x-ndjson"
# Of WebSockets: RFC 6455, section 7.4.1, "policy violation".
_SHUT_OUT: Final = 1008


class _Underway(Struct, kw_only=True, eq=False):
    """A request that is being answered, or a socket.

    Attributes:
        content_type: Of the answer, once it has begun.
        refusal: Why it was ended by us.
    """

    connection: HTTPConnection
    task: "asyncio.Task[object]"
    content_type: bytes | None = None
    refusal: AppError | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Requests:
    """All that is under way here; `look` ends what may not go on.

    Attributes:
        afresh: Who sends each request as the database says now, or why it cannot be told.
        refuse: Words an error as the surface does that was asked, where nothing was answered yet.
    """

    afresh: Callable[[Sequence[HTTPConnection]], Awaitable[Sequence[Scope | AppError]]]
    refuse: Callable[[AppError, Request], Response]
    _underway: set[_Underway] = field(default_factory=set[_Underway])

    def watched(self, app: ASGIApp) -> ASGIApp:
        """The application, whose requests are known here while they are under way."""

        async def watch(scope: AsgiScope, receive: Receive, send: Send) -> None:
            await self._watch(app, scope, receive, send)

        return watch

    async def look(self) -> None:
        """Ask once about each credential that is in use, and end whatever is refused now or may less than it did."""
        asking: dict[object, list[_Underway]] = {}
        for one in self._underway:
            if SEEN in one.connection.scope and one.refusal is None:
                asking.setdefault(_credential(one.connection), []).append(one)
        if not asking:
            return
        groups = list(asking.values())
        answers = await self.afresh([these[0].connection for these in groups])
        for these, answer in zip(groups, answers, strict=True):
            self._judge(these, answer)

    def _judge(self, these: Sequence[_Underway], answer: Scope | AppError) -> None:
        refusal = answer if isinstance(answer, AppError) else None
        if refusal is not None and refusal.kind not in {Kind.UNAUTHENTICATED, Kind.FORBIDDEN}:
            return  # nobody can say; the next round asks again
        for one in these:
            if not isinstance(answer, AppError) and not _may_less(answer, one.connection.scope[SEEN]):
                continue
            # Whoever left meanwhile is not there any more to be told.
            if one in self._underway:
                one.refusal = refusal or UnauthenticatedError("What this may do was changed. Ask again.")
                one.task.cancel()
                log.info("tenancy.cut_off", code=one.refusal.code)

    async def _watch(self, app: ASGIApp, scope: AsgiScope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None, "servers answer in tasks"
        one = _Underway(connection=HTTPConnection(scope), task=task)

        # No coroutine of its own: it is on the way of every chunk.
        def outward(message: Message) -> Awaitable[None]:
            if one.content_type is None and message["type"] in {"http.response.start", "websocket.accept"}:
                named = (value for name, value in message.get("headers", ()) if name.lower() == b"content-type")
                one.content_type = next(named, b"")
            return send(message)

        self._underway.add(one)
        try:
            await app(scope, receive, outward)
        except asyncio.CancelledError:
            if one.refusal is None or task.uncancel() > 0:
                raise
            await self._part(one, scope, receive, send)
        finally:
            self._underway.discard(one)

    async def _part(self, one: _Underway, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Say why it ends, where the client can still be told; a body that is no stream is cut off."""
        assert one.refusal is not None, "it was ended by us"
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _SHUT_OUT, "reason": one.refusal.code})
        elif one.content_type is None:
            await self.refuse(one.refusal, Request(scope))(scope, receive, send)
        elif last := _last_word(one.content_type, one.refusal):
            await send({"type": "http.response.body", "body": last, "more_body": False})


def _credential(connection: HTTPConnection) -> object:
    shown, client = presented(connection.scope["headers"]), connection.scope.get("client")
    return shown.key, shown.session, client[0] if client else None


def _may_less(now: Scope, began: Scope) -> bool:
    return not began.permissions <= now.permissions or not set(now.models) <= set(began.models)


def _last_word(content_type: bytes, refusal: AppError) -> bytes:
    """An error as the streams of all surfaces tell one: the members that their clients read are all there."""
    error = {"type": "authentication_error", "code": refusal.code, "message": refusal.message}
    told = json.dumps({"type": "error", "code": refusal.code, "message": refusal.message, "error": error}).encode()
    if content_type.startswith(_SSE):
        return b"event: error\ndata: " + told + b"\n\n"
    if content_type.startswith(_LINES):
        return json.dumps({"error": refusal.message}).encode() + b"\n"
    return b""
