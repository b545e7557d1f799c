"""The outermost ASGI layer: request ids, security headers, and the last catch. Pure ASGI, for speed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chimera.kit.ids import new_id
from chimera.web.problems import internal_problem

log = structlog.get_logger()

_STARTED = "chimera.response_started"

CONTENT_SECURITY_POLICY = (
    b"default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    b"connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
SECURITY: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"geolocation=(), microphone=(), payment=()"),
)


@dataclass(frozen=True, slots=True)
class Edge:
    """Gives every request an id (the caller's `x-request-id` when it is a sane one), and every answer its headers.

    HEAD is answered as GET without its body, everywhere.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _given_id(scope["headers"]) or f"req_{new_id().hex}"
        scope["chimera.request_id"] = request_id
        structlog.contextvars.bind_contextvars(
            request_id=request_id
        )  # each request is a task, with a context of its own
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
                message["headers"] = [*message["headers"], *SECURITY, *named]
                _complete(message["headers"], scope["path"])
            await send(message)

        try:
            await self.app(scope, receive, outward)
        except Exception:
            log.exception("web.unforeseen_error", path=scope["path"])
            if not started:
                await _fail(outward, request_id)


def _complete(headers: list[tuple[bytes, bytes]], path: str) -> None:
    """Add what no inner layer has said for itself."""
    said = {name for name, _ in headers}
    if b"content-security-policy" not in said:
        headers.append((b"content-security-policy", CONTENT_SECURITY_POLICY))
    if b"cache-control" not in said and path.startswith(("/api/", "/v1/", "/v1beta/")):
        headers.append((b"cache-control", b"no-store"))


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
