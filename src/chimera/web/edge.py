"""The outermost ASGI layer: request ids, security headers, and the last catch. Pure ASGI, for speed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chimera.kit.errors import AppError
from chimera.kit.ids import new_id
from chimera.kit.trail import Whence, whence
from chimera.web.problems import INTERNAL_MESSAGE, as_problem, internal_problem
from chimera.web.refusals import HostNotAllowedError
from chimera.web.security.crossing import answer_preflight, is_preflight, without_cookies, without_origin
from chimera.web.security.headers import Security, is_foreign

log = structlog.get_logger()

_STARTED = "chimera.response_started"


@dataclass(frozen=True, slots=True)
class Edge:
    """Gives every request an id (the caller's `x-request-id` when it is a sane one), and every answer its headers.

    HEAD is answered as GET without its body, everywhere.

    Attributes:
        security: What browsers are told, and which hosts and origins there are.
    """

    app: ASGIApp
    security: Security = field(default_factory=Security)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, origin = scope["path"], self.security.shared_with(scope)
        request_id = _named(scope, path)
        started = ended = False
        is_head = scope["method"] == "HEAD"
        if is_head:
            scope = {**scope, "method": "GET"}

        async def outward(message: Message) -> None:
            nonlocal started, ended
            if ended:
                return
            if is_head and message["type"] == "http.response.body":
                ended, message = True, {"type": "http.response.body"}
            if message["type"] == "http.response.start":
                started = scope[_STARTED] = True
                _note_failure(scope, message["status"])
                # OpenAI's SDKs look for the first, Anthropic's for the second.
                named = ((b"x-request-id", request_id.encode()), (b"request-id", request_id.encode()))
                message["headers"] = headers = [*message["headers"], *named]
                self.security.complete(headers, path, origin)
            await send(message)

        try:
            await self._let_in(scope, receive, outward, origin)
        except Exception:
            log.exception("web.unforeseen_error", path=scope["path"])
            if not started:
                await _fail(outward, request_id)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A page of an admitted other site may open one as its requests may come: without a cookie."""
        path = scope["path"]
        request_id = _named(scope, path)
        accepted = False

        async def outward(message: Message) -> None:
            nonlocal accepted
            accepted = accepted or message["type"] == "websocket.accept"
            if message["type"] in {"websocket.accept", "websocket.http.response.start"}:
                headers = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
                if not accepted:
                    self.security.complete(headers, path, None)
                message = {**message, "headers": headers}
            await send(message)

        try:
            if not self.security.admits_host(scope):
                await as_problem(_misdirected(), request_id)(scope, receive, outward)
            elif self.security.shared_with(scope) is None:
                await self.app(scope, receive, outward)
            else:
                await self.app(without_origin(scope), receive, outward)
        except Exception:
            log.exception("web.unforeseen_error", path=path)
            if accepted:
                await send({"type": "websocket.close", "code": 1011})
            else:
                await as_problem(AppError(INTERNAL_MESSAGE), request_id)(scope, receive, outward)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send, origin: bytes | None) -> None:
        """Pass the request on, if it means this server. A page of another site is a stranger, unless it shows a key."""
        security = self.security
        if (security.hosts or not is_foreign(scope["path"])) and not security.admits_host(scope):
            await as_problem(_misdirected(), scope["chimera.request_id"])(scope, receive, send)
        elif origin is None:
            await self.app(scope, receive, send)
        elif is_preflight(scope):
            await answer_preflight(send)
        else:
            await self.app(without_cookies(scope), receive, send)


def _named(scope: Scope, path: str) -> str:
    """Give the request its id, and tell logs and trail of it: each request is a task, with a context of its own."""
    request_id = _given_id(scope["headers"]) or f"req_{new_id().hex}"
    scope["chimera.request_id"] = request_id
    structlog.contextvars.bind_contextvars(request_id=request_id)
    if path.startswith("/api/v1/"):
        whence.set(Whence(scope["client"][0] if scope.get("client") else "", request_id))
    return request_id


def _misdirected() -> HostNotAllowedError:
    return HostNotAllowedError("This server is not asked under this name. CHIMERA_ALLOWED_HOSTS says under which.")


def _note_failure(scope: Scope, status: int) -> None:
    """Leave a line for whoever looks for a request that failed on our side; probes say so themselves."""
    if status >= 500 and not scope["path"].startswith("/health/"):
        log.warning("web.server_error", status=status, method=scope["method"], path=scope["path"])


def has_started(scope: Scope) -> bool:
    """Whether the answer to this request has begun, so that its status cannot be changed any more."""
    return _STARTED in scope


def note_started(scope: Scope) -> None:
    """Tell the same of an answer that is made ahead of its sending."""
    scope[_STARTED] = True


def _given_id(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    for name, value in headers:
        if name == b"x-request-id" and 0 < len(value) <= 128 and value.isascii():
            text = value.decode("ascii")
            return text if text.replace("-", "").replace("_", "").isalnum() else None
    return None


async def _fail(send: Send, request_id: str) -> None:
    body = json.dumps(internal_problem(request_id)).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})
