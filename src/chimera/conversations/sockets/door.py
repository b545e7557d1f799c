"""`/api/v1/ws/…` as plain ASGI: nobody passes who is not known, and every end has a code."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import parse_qs
from uuid import UUID

import structlog
from starlette.requests import HTTPConnection
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from chimera.conversations.errors import ConversationNotFoundError
from chimera.conversations.fields import MAX_SEQ
from chimera.conversations.sockets.bounds import INTRODUCTION_S, Bounds
from chimera.conversations.sockets.errors import SocketError, close_code
from chimera.conversations.sockets.following import Places
from chimera.conversations.sockets.frames import MAX_TURNS, Auth, read_frame
from chimera.conversations.sockets.outlet import DepartedError, Outlet
from chimera.conversations.sockets.talk import Means, Talk
from chimera.kit.errors import AppError, InvalidRequestError
from chimera.kit.scope import Scope
from chimera.tenancy.channels import presented, require_same_origin
from chimera.tenancy.errors import UnauthenticatedError
from chimera.tenancy.live.tickets import Tickets
from chimera.tenancy.permissions import CHAT
from chimera.web.caller import Authenticate, Demand
from chimera.web.problems import as_problem
from chimera.web.refusals import UnknownEndpointError

log = structlog.get_logger()

PREFIX: Final = "/api/v1/ws/"
_CHAT: Final = "chat"
_ALL: Final = "conversations"
_CREDENTIALS: Final = frozenset(
    {b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key", b"cookie", b"origin", b"sec-fetch-site"}
)


class _Wanted(NamedTuple):
    """What an address asks for."""

    conversation_id: UUID | None
    places: Places | None
    ticket: str | None
    overhears: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketDoor:
    """Lets people in to their conversations.

    What is wrong with an address, an origin or a credential is told as HTTP; what is wrong later, as an error frame
    before the socket is closed, since pages are told nothing of a handshake that failed.
    """

    authenticate: Authenticate
    demand: Demand
    tickets: Tickets
    bounds: Bounds
    means: Means

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        request_id = str(scope.get("chimera.request_id", ""))
        await receive()  # websocket.connect
        with ExitStack() as stack:
            try:
                wanted = _wanted(scope)
                stack.enter_context(self.bounds.socket())
                caller = await self._caller(scope, wanted)
            except AppError as error:
                await as_problem(error, request_id)(scope, receive, send)
                return
            await send({"type": "websocket.accept"})
            outlet = Outlet(send=send, stall_s=self.bounds.stall_s, request_id=request_id)
            try:
                if caller is None:
                    caller = await self._introduced(scope, receive)
                stack.enter_context(self.bounds.person(caller))
                await _run(self._talk(wanted, caller, outlet, receive))
            except DepartedError:
                return
            except AppError as error:
                await _close(outlet, error)

    def _talk(self, wanted: _Wanted, caller: Scope, outlet: Outlet, receive: Receive) -> Talk:
        return Talk(
            means=self.means,
            scope=caller,
            outlet=outlet,
            receive=receive,
            at=wanted.conversation_id,
            places=wanted.places,
            overhears=wanted.overhears,
        )

    async def _caller(self, scope: AsgiScope, wanted: _Wanted) -> Scope | None:
        """Who asks, by header, cookie or ticket; `None`: nobody knows yet."""
        shown = presented(scope["headers"])
        if shown.key is None:
            # Nothing but a page says an origin, and none of another site may ask, whatever it has in hand.
            require_same_origin(shown.headers)
        if wanted.ticket is not None:
            self._show(scope, await self.tickets.redeem(wanted.ticket))
        elif shown.key is None and shown.session is None:
            return None
        return await self._known(scope)

    async def _introduced(self, scope: AsgiScope, receive: Receive) -> Scope:
        """Who asks, by their first frame."""
        with self.bounds.stranger(scope["client"][0] if scope.get("client") else ""):
            try:
                async with asyncio.timeout(INTRODUCTION_S):
                    received = await receive()
            except TimeoutError:
                raise UnauthenticatedError(f"Nobody said in {INTRODUCTION_S:g} s who this is.") from None
            if received["type"] == "websocket.disconnect":
                raise DepartedError
            frame = read_frame(received)
            if not isinstance(frame, Auth) or (frame.token is None) == (frame.ticket is None):
                raise UnauthenticatedError("Begin with an `auth` frame that has a token or a ticket.")
            if frame.ticket is not None:
                self._show(scope, await self.tickets.redeem(frame.ticket))
            else:
                self._show(scope, (b"authorization", b"Bearer " + (frame.token or "").encode()))
            return await self._known(scope)

    def _show(self, scope: AsgiScope, credential: tuple[bytes, bytes]) -> None:
        """Let the socket be known by this credential alone: also to those who look whether it is still good."""
        scope["headers"] = [*(pair for pair in scope["headers"] if pair[0] not in _CREDENTIALS), credential]

    async def _known(self, scope: AsgiScope) -> Scope:
        caller = await self.authenticate(HTTPConnection(scope))
        self.demand(caller, CHAT)
        return caller


async def _run(talk: Talk) -> None:
    """Let it run to its end. Raises DepartedError, or the AppError that ended it."""
    try:
        await talk.run()
    except BaseExceptionGroup as group:
        ends = list(_leaves(group))
        if foreign := [end for end in ends if not isinstance(end, AppError | DepartedError)]:
            raise foreign[0] from None
        # Whoever has left is told nothing; of several errors the first is the cause.
        raise next((end for end in ends if isinstance(end, DepartedError)), ends[0]) from None


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for one in group.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _leaves(one)
        else:
            yield one


async def _close(outlet: Outlet, error: AppError) -> None:
    """Say why, where it can still be said, and close."""
    code = close_code(error)
    if not isinstance(error, SocketError) and code == 1011:
        log.error("sockets.internal_error", code=error.code, exc_info=error)
    try:
        if error.code != "not_reading":
            await outlet.error(error)
        await outlet.send({"type": "websocket.close", "code": code, "reason": error.code})
    except (DepartedError, OSError, AppError):
        return


def _wanted(scope: AsgiScope) -> _Wanted:
    """What the address asks for. Raises UnknownEndpointError, ConversationNotFoundError, InvalidRequestError."""
    path: str = scope["path"]
    if not path.startswith(PREFIX):
        raise UnknownEndpointError(f"{path[:200]}: no socket is opened here. See /docs.")
    named = path.removeprefix(PREFIX)
    query = _query(scope)
    at = None if named in {_CHAT, _ALL} else _id(named)
    if at is None and named not in {_CHAT, _ALL}:
        raise ConversationNotFoundError("There is no such conversation.")
    return _Wanted(at, _places(query), query.get("ticket", [None])[-1], named == _ALL)


def _query(scope: AsgiScope) -> dict[str, list[str]]:
    try:
        return parse_qs(scope["query_string"].decode("ascii"), keep_blank_values=True, max_num_fields=2 * MAX_TURNS + 1)
    except (UnicodeDecodeError, ValueError) as error:
        raise InvalidRequestError("The query of this address cannot be read.") from error


def _places(query: Mapping[str, list[str]]) -> Places | None:
    """Pairs of `turn_id` and `after`."""
    turns, numbers = query.get("turn_id", []), query.get("after", [])
    if len(turns) != len(numbers):
        raise InvalidRequestError("after: one for each turn_id.", field="after")
    return {_turn(turn): _number(number) for turn, number in zip(turns, numbers, strict=True)} if turns else None


def _turn(text: str) -> UUID:
    found = _id(text)
    if found is None:
        raise InvalidRequestError("turn_id: must be an id.", field="turn_id")
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= MAX_SEQ):
        raise InvalidRequestError(f"after: must be a whole number up to {MAX_SEQ}.", field="after")
    return int(text)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
