"""`Idempotency-Key` on every POST of the doors behind it. Who sends none is let through at the cost of one look."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as AsgiScope

from chimera.idempotency.description import UNKEYED
from chimera.idempotency.errors import ResultNotKeptError, RunCutError
from chimera.idempotency.recording import REPLAYED, Recording, replay
from chimera.idempotency.request import bears_key, keyed, patience_s
from chimera.idempotency.runs import Runs, Work, in_progress
from chimera.idempotency.states import Result
from chimera.kit.errors import AppError, Kind
from chimera.kit.scope import Scope
from chimera.tenancy.errors import UnauthenticatedError
from chimera.web.bodies import BodyRefusedError
from chimera.web.connection import while_connected
from chimera.web.edge import note_started
from chimera.web.outcome import is_broken
from chimera.web.problems import INTERNAL_MESSAGE

log = structlog.get_logger()

Refuse = Callable[[AppError, Request], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotent:
    """Answers requests with a key from their first result, or lets `app` make it.

    Attributes:
        refuse: Words an error as the surface behind does.
        patience_s: Longest time to wait for the run of another request.
    """

    app: ASGIApp
    runs: Runs
    authenticate: Callable[[HTTPConnection], Awaitable[Scope]]
    refuse: Refuse
    patience_s: float

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if not bears_key(scope) or scope["path"] in UNKEYED:
            await self.app(scope, receive, send)
            return
        try:
            caller = await self.authenticate(HTTPConnection(scope))
        except AppError:
            await self.app(scope, receive, send)  # which refuses it as it does without a key
            return
        request = Request(scope, receive)
        try:
            await self._answer(request, caller, send)
        except ClientDisconnect:
            return
        except BodyRefusedError as error:
            await self._refuse(error.cause, request, send)
        except AppError as error:
            await self._refuse(error, request, send)

    async def _answer(self, request: Request, caller: Scope, send: Send) -> None:
        body = await request.body()
        asked = keyed(request.scope, caller, body)
        within_s = patience_s(request.scope, self.patience_s)
        async with while_connected(request.receive):
            found = await self.runs.first(asked, self._work(request.scope, body), within_s=within_s)
            if isinstance(found, Result):
                await replay(found, send)
                return
            recording, is_ours = found
            if not is_ours:
                await _begun(recording, within_s)
            if not await recording.play(send, more=() if is_ours else (REPLAYED,)) and not recording.started:
                raise _cut(recording)

    def _work(self, outer: AsgiScope, body: bytes) -> Work:
        """The request, as `app` is to see it: whole, from a client that never leaves."""
        scope = dict(outer)
        unread = [body]

        async def receive() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            await asyncio.Event().wait()
            raise AssertionError("nothing ends this wait but its cancellation")

        async def work(send: Send) -> bool:
            status = 0

            async def noted(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    note_started(scope)
                await send(message)

            try:
                await self.app(scope, receive, noted)
            except Exception:  # the outermost edge of this task: nobody may be left to hear of it
                log.exception("idempotency.run_failed", path=scope["path"])
                if not status:
                    await self._refuse(AppError(INTERNAL_MESSAGE), Request(scope, receive), send)
                return False
            return 200 <= status < 300 and not is_broken(scope)

        return work

    async def _refuse(self, error: AppError, request: Request, send: Send) -> None:
        response = self.refuse(error, request)
        if error.kind is Kind.INVALID or isinstance(error, ResultNotKeptError):
            response.headers["x-should-retry"] = "false"  # read by the official SDKs before the status
        await response(request.scope, request.receive, send)


def _cut(recording: Recording) -> AppError:
    if recording.shut_out:
        return UnauthenticatedError("What this may do was changed. Ask again.")
    return RunCutError("The server is about to stop. Try again in a moment.", retry_after_s=2)


async def _begun(recording: Recording, within_s: float) -> None:
    try:
        async with asyncio.timeout(within_s):
            await recording.began()
    except TimeoutError:
        raise in_progress() from None
