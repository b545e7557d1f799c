"""What every endpoint of the surface shares: who calls, a bounded body, errors in OpenAI's shape, answer headers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from chimera.gateway.call import Call, Handler, new_call
from chimera.gateway.catalogue import Catalogue
from chimera.kit.errors import AppError, InvalidRequestError, Kind
from chimera.kit.scope import Scope
from chimera.llm import EmbeddingRequest
from chimera.llm import Request as ModelRequest
from chimera.web.problems import error_headers, status_of
from chimera.web.refusals import check_json
from chimera.wires.openai_chat import encode_error

log = structlog.get_logger()

JSON_TYPE = (b"content-type", b"application/json")
TIMEOUT_HEADER = "x-chimera-timeout-s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What the endpoints work with.

    Attributes:
        authenticate: Turns credentials into a scope, or raises.
        patience_s: Longest time of one call; a caller may ask for less with the header `x-chimera-timeout-s`.
    """

    authenticate: Callable[[HTTPConnection], Awaitable[Scope]]
    gateway: Handler
    catalogue: Callable[[], Catalogue]
    patience_s: float

    def call(
        self, scope: Scope, asked: ModelRequest | EmbeddingRequest, request: Request, *, fallbacks: tuple[str, ...] = ()
    ) -> Call:
        return new_call(scope, asked, patience_s=self._patience_s(request), fallbacks=fallbacks)

    def _patience_s(self, request: Request) -> float:
        wanted = request.headers.get(TIMEOUT_HEADER)
        if wanted is None:
            return self.patience_s
        try:
            seconds = float(wanted)
        except ValueError:
            seconds = 0.0
        if not seconds > 0:
            raise InvalidRequestError(f"The header {TIMEOUT_HEADER} must be a positive number of seconds.")
        return min(seconds, self.patience_s)


Answer = Callable[[Surface, Scope, Request, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An ASGI endpoint: authenticates, answers, and turns whatever fails before the first byte into OpenAI's error."""

    surface: Surface
    answer: Answer

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            caller = await self.surface.authenticate(request)
            await self.answer(self.surface, caller, request, send)
        except AppError as error:
            if error.kind is Kind.INTERNAL:
                log.exception("compat.internal_error", code=error.code)
            await error_response(error, request)(scope, receive, send)


def error_response(error: AppError, request: Request) -> Response:
    request_id = str(request.scope.get("chimera.request_id", ""))
    headers = error_headers(error)
    if error.retry_after_s is not None:
        headers["retry-after-ms"] = str(max(1, round(error.retry_after_s * 1000)))
    if error.kind in {Kind.EXHAUSTED, Kind.INVALID}:
        headers["x-should-retry"] = "false"  # read by the official SDKs before the status
    return Response(
        encode_error(error, request_id=request_id), status_of(error), headers=headers, media_type="application/json"
    )


def answer_headers(call: Call, lost: tuple[str, ...]) -> list[tuple[bytes, bytes]]:
    """Which model answered, after how many attempts, and what its provider could not be told."""
    answered = call.trail.answered_by
    headers = [(b"x-chimera-attempts", b"%d" % len(call.trail.steps))]
    if answered is not None:
        # Model names come from callers and providers: nothing but printable ASCII may reach a header.
        headers.append((b"x-chimera-model", _header_safe(answered.id)))
        failed = [step.outcome for step in call.trail.steps if step.target.id != answered.id]
        if failed:
            headers.append((b"x-chimera-fallback", _header_safe(failed[-1])))
    if lost:
        headers.append((b"x-chimera-lost", _header_safe(", ".join(lost))))
    return headers


def _header_safe(text: str) -> bytes:
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text[:500]).encode("ascii")


async def send_json(send: Send, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": 200, "headers": [JSON_TYPE, length, *headers]})
    await send({"type": "http.response.body", "body": body})


async def read_json(request: Request) -> bytes:
    """Read the body.

    Raises:
        UnsupportedMediaTypeError: if it says that it is something else than JSON; saying nothing is fine.
        InvalidRequestError: if the client left before it had sent all.
    """
    check_json(request)
    try:
        return await request.body()
    except ClientDisconnect as error:
        raise InvalidRequestError("The body broke off.") from error


def path_parameter(scope: Mapping[str, object], name: str) -> str:
    parameters = scope["path_params"]
    assert isinstance(parameters, dict)
    return str(parameters[name])
