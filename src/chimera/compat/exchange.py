"""What the endpoints of every surface share: who calls, a bounded body, errors in its shape, answer headers."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, cast

import structlog
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from chimera.gateway.call import NO_WISHES, Asked, Call, Handler, Origin, Wishes, new_call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.limits.errors import LIMITED
from chimera.gateway.limits.wording import Worded, as_openai
from chimera.gateway.telling import Told
from chimera.gateway.tokens import Factors, TokenCount, count
from chimera.kit.errors import AppError, InvalidRequestError, Kind
from chimera.kit.scope import Scope
from chimera.llm import ProviderError
from chimera.llm import Request as ModelRequest
from chimera.web.problems import error_headers, status_of
from chimera.web.refusals import check_json, header_of
from chimera.web.sse import HEADERS, KEEP_ALIVE

log = structlog.get_logger()

JSON_TYPE = (b"content-type", b"application/json")
TIMEOUT_HEADER = "x-chimera-timeout-s"
STRICT_HEADER = "x-chimera-strict"
CACHE_HEADER = "x-chimera-cache"
DIAL_HEADER = "x-chimera-dial"
# Tells a limit of ours from a provider's.
LIMITED_HEADER = "x-chimera-limited"
# Each takes about two microseconds, in which nobody else is served; messages and tools have limits of their own.
_MOST_OBJECTS = 250_000
# Where a refusal finds what was told of its call.
_TOLD = "chimera.told"
_OBJECT = re.compile(rb'\{\s*"')
# Claude Code tries a 401 ten times over minutes, unless it is told not to.
_NOT_AGAIN = frozenset({Kind.EXHAUSTED, Kind.FORBIDDEN, Kind.INVALID, Kind.UNAUTHENTICATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What the endpoints work with.

    Attributes:
        authenticate: Turns credentials into a scope, or raises.
        patience_s: Longest time of one call; a caller may ask for less with the header `x-chimera-timeout-s`.
        within: The caller with the lists of models of their organisation: for what tells of models and asks none.
        factors: What was learned of how a model of a provider counts.
    """

    authenticate: Callable[[HTTPConnection], Awaitable[Scope]]
    gateway: Handler
    catalogue: Callable[[Scope], Catalogue]
    patience_s: float
    within: Callable[[Scope], Awaitable[Scope]]
    factors: Callable[[str, str], Factors] = lambda _provider, _model: {}

    async def count(self, scope: Scope, asked: ModelRequest) -> TokenCount:
        """Tokens of a request to the model that it names, counted or estimated here; asks nobody."""
        target = self.catalogue(scope).resolve(asked.model)
        if target is None:
            return await asyncio.to_thread(count, asked, asked.model)
        return await asyncio.to_thread(count, asked, target.model, self.factors(target.provider, target.model))

    def call(self, scope: Scope, asked: Asked, request: Request, *, fallbacks: tuple[str, ...] = ()) -> Call:
        made = new_call(
            scope,
            asked,
            patience_s=self._patience_s(request),
            fallbacks=fallbacks,
            origin=Origin(feature=_feature(request), request_id=request_id_of(request)),
            wishes=_wishes(request),
        )
        request.scope[_TOLD] = made.trail.told
        return made

    def _patience_s(self, request: Request) -> float:
        wanted = header_of(request, TIMEOUT_HEADER)
        if wanted is None:
            return self.patience_s
        try:
            seconds = float(wanted)
        except ValueError:
            seconds = 0.0
        if not seconds > 0:
            raise InvalidRequestError(f"The header {TIMEOUT_HEADER} must be a positive number of seconds.")
        return min(seconds, self.patience_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a surface words what is common to all.

    Attributes:
        wire: Name of its wire's package.
        encode_error: An error and the request's id as a body.
        status: The error's HTTP status, where the surface's own differs from the house's.
        limits: How names of rate-limit headers begin that its clients read.
        allowances: How our own limits are told in them.
        stream_type: Content type of what is streamed.
        keep_alive: What is said in the silences of a stream; nothing where no frame may be empty.
    """

    wire: str
    encode_error: Callable[[AppError, str], bytes]
    status: Callable[[AppError], int] = status_of
    limits: str = "x-ratelimit-"
    allowances: Worded = as_openai
    stream_type: bytes = HEADERS["content-type"].encode()
    keep_alive: bytes = KEEP_ALIVE


Answer = Callable[[Surface, Scope, Request, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An ASGI endpoint: authenticates, answers, and words whatever fails before the first byte as its surface does."""

    surface: Surface
    answer: Answer
    shape: Shape

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            caller = await self.surface.authenticate(request)
            await self.answer(self.surface, caller, request, send)
        except AppError as error:
            if error.kind is Kind.INTERNAL:
                log.exception("compat.internal_error", code=error.code)
            await error_response(error, request, self.shape)(scope, receive, send)


def error_response(error: AppError, request: Request, shape: Shape) -> Response:
    """Word an error as the surface does, with all that tells the official SDKs whether and when to try again."""
    headers = error_headers(error)
    headers |= _limits(request.scope.get(_TOLD), error.headers if isinstance(error, ProviderError) else (), shape)
    if isinstance(error, LIMITED):
        headers[LIMITED_HEADER] = error.limit
    if error.retry_after_s is not None:
        headers["retry-after-ms"] = str(max(1, round(error.retry_after_s * 1000)))
    if error.kind in _NOT_AGAIN:
        headers["x-should-retry"] = "false"  # read by the official SDKs before the status
    body = shape.encode_error(error, request_id_of(request))
    return Response(body, shape.status(error), headers=headers, media_type="application/json")


def _feature(request: Request) -> str:
    """What of the product asks: a batch comes through the inner door, with its caller in the request's scope."""
    return "batch" if "chimera.caller" in request.scope else "api"


def _wishes(request: Request) -> Wishes:
    cache, dial = header_of(request, CACHE_HEADER), header_of(request, DIAL_HEADER)
    if cache is None and dial is None:
        return NO_WISHES
    if cache not in {None, "default", "off", "refresh"}:
        raise InvalidRequestError(f"The header {CACHE_HEADER} must be `default`, `off` or `refresh`.")
    return Wishes(cache=cast("Literal['default', 'off', 'refresh']", cache or "default"), dial=_dial(dial))


def _dial(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        dial = float(text)
    except ValueError:
        dial = -1.0
    if not 0.0 <= dial <= 1.0:
        raise InvalidRequestError(f"The header {DIAL_HEADER} must be a number from 0 (cheapest) to 1 (best).")
    return dial


def request_id_of(request: Request) -> str:
    return str(request.scope.get("chimera.request_id", ""))


def is_strict(request: Request) -> bool:
    """Whether the caller wants an error rather than an answer to a question that lost something on its way.

    Raises:
        InvalidRequestError: if the header says neither yes nor no.
    """
    match (header_of(request, STRICT_HEADER) or "false").lower():
        case "true" | "1":
            return True
        case "false" | "0":
            return False
        case _:
            raise InvalidRequestError(f"The header {STRICT_HEADER} must be `true` or `false`.")


def answer_headers(
    call: Call, lost: tuple[str, ...], told: tuple[tuple[str, str], ...] = (), *, shape: Shape | None = None
) -> list[tuple[bytes, bytes]]:
    """Which model answered, after how many attempts, what its provider could not be told, and its rate limits."""
    answered = call.trail.answered_by
    headers = [(b"x-chimera-attempts", b"%d" % len(call.trail.steps))]
    if answered is not None:
        # Model names come from callers and providers: nothing but printable ASCII may reach a header.
        headers.append((b"x-chimera-model", header_safe(answered.id)))
        failed = [step.outcome for step in call.trail.steps if step.target.id != answered.id]
        if failed:
            headers.append((b"x-chimera-fallback", header_safe(failed[-1])))
    if call.trail.told.cache is not None:
        headers.append((b"x-chimera-cache", call.trail.told.cache.encode("ascii")))
    headers += [
        (f"x-chimera-{name}".encode("ascii"), header_safe(value)) for name, value in call.trail.told.headers.items()
    ]
    if lost:
        headers.append((b"x-chimera-lost", header_safe(", ".join(lost))))
    if shape is not None:
        limits = _limits(call.trail.told, told, shape)
        headers += [(name.encode("ascii"), value.encode("ascii")) for name, value in limits.items()]
    return headers


def _limits(told: Told | None, theirs: Sequence[tuple[str, str]], shape: Shape) -> dict[str, str]:
    """The limits that bind the caller: ours where there are any, else the provider's; never some of both."""
    if told is not None and told.allowances:
        return dict(shape.allowances(told.allowances))
    return {name: header_safe(value).decode() for name, value in theirs if name.startswith(shape.limits)}


def header_safe(text: str) -> bytes:
    text = text[:500]
    if text.isascii() and text.isprintable():
        return text.encode("ascii")
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text).encode("ascii")


async def send_json(send: Send, body: bytes, headers: list[tuple[bytes, bytes]], *, status: int = 200) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [JSON_TYPE, length, *headers]})
    await send({"type": "http.response.body", "body": body})


async def read_json(request: Request) -> bytes:
    """Read the body.

    Raises:
        UnsupportedMediaTypeError: if it says that it is something else than JSON; saying nothing is fine.
        InvalidRequestError: if the client left before it had sent all, or sent more objects than anybody reads.
    """
    check_json(request)
    body = await read_body(request)
    if min(body.count(b"{"), body.count(b'"')) > _MOST_OBJECTS and _objects(body) > _MOST_OBJECTS:
        raise InvalidRequestError(f"The body holds more than {_MOST_OBJECTS:,} objects.")
    return body


def _objects(body: bytes) -> int:
    """Count objects with members, one more than allowed at most; quotation marks within texts are escaped."""
    return sum(1 for _ in islice(_OBJECT.finditer(body), _MOST_OBJECTS + 1))


async def read_body(request: Request) -> bytes:
    """Read a body of any kind, once; see `read_json`."""
    pieces: list[bytes] = []
    more = True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise InvalidRequestError("The body broke off.")
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(pieces)


def path_parameter(scope: Mapping[str, object], name: str) -> str:
    parameters = scope["path_params"]
    assert isinstance(parameters, dict)
    return str(parameters[name])
