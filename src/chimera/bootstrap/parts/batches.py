"""Files and batches put together: the services, the runner, and the door through which it asks our own endpoints."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message

from chimera.batches.service import Answered, Batches, BatchPace, BatchRunner, Files, FileSweeper
from chimera.bootstrap.settings import Settings
from chimera.compat.exchange import LIMITED_HEADER
from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.privacy.holding import check_owner_is_not_held
from chimera.store import Database
from chimera.tenancy.lookups import acting_for

MEBIBYTE = 1_048_576
_CALLER = "chimera.caller"
_BROKEN_OFF = b'{"error":{"message":"The answer broke off.","type":"api_error","param":null,"code":"answer_cut"}}'

log = structlog.get_logger()


async def caller_inside(connection: HTTPConnection) -> Scope:
    """Who asks through the inner door. Only the house itself can write into a request's scope."""
    caller = connection.scope[_CALLER]
    assert isinstance(caller, Scope)
    return caller


@dataclass(slots=True, eq=False)
class InnerDoor:
    """Asks our own endpoints without a socket: what a batch gets is what the endpoint would answer over HTTP.

    Attributes:
        opened: Set once there is an application behind it.
    """

    opened: asyncio.Event = field(default_factory=asyncio.Event)
    _app: ASGIApp | None = None

    def open(self, app: ASGIApp) -> None:
        """Let the application answer; its endpoints must authenticate with `caller_inside`."""
        self._app = app
        self.opened.set()

    async def ask(self, caller: Scope, path: str, body: bytes) -> Answered:
        """POST a JSON body on somebody's behalf and wait for the whole answer."""
        assert self._app is not None, "the door is open before anybody asks"
        exchange = _Exchange(body)
        request_id = f"req_{new_id().hex}"
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "client": None,
            "server": None,
            "chimera.request_id": request_id,
            _CALLER: caller,
        }
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except Exception:  # the outermost edge of this request; one line that fails must not end its batch
            log.exception("batches.unforeseen_error", request_id=request_id)
        return exchange.answered(request_id)


class _Exchange:
    """A request whose client waits, however long the answer takes."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self._pieces: list[bytes] = []
        self._status = 0
        self._is_complete = False
        self._retry_after_s: float | None = None
        self._is_limited = False

    async def receive(self) -> Message:
        body, self._body = self._body, None
        if body is None:
            await asyncio.Event().wait()  # it never leaves; whoever waits for that is cancelled
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            waits = [value for name, value in message["headers"] if name == b"retry-after"]
            self._retry_after_s = float(waits[0]) if waits and waits[0].isdigit() else None
            self._is_limited = any(name == LIMITED_HEADER.encode() for name, _ in message["headers"])
        else:
            self._pieces.append(message.get("body", b""))
            self._is_complete = not message.get("more_body", False)

    def answered(self, request_id: str) -> Answered:
        if not self._is_complete:
            return Answered(status=503, body=_BROKEN_OFF, request_id=request_id)
        return Answered(
            status=self._status,
            body=b"".join(self._pieces),
            request_id=request_id,
            retry_after_s=self._retry_after_s,
            limited=self._is_limited,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is not in a hurry, ready to use; `runner` and `sweeper` live as long as `run`."""

    files: Files
    batches: Batches
    runner: BatchRunner
    sweeper: FileSweeper
    door: InnerDoor

    async def run(self) -> None:
        """Sweep, and lead batches on as soon as there is somebody to ask."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.sweeper.run())
            await self.door.opened.wait()
            group.create_task(self.runner.run())


def open_work(
    settings: Settings,
    database: Database,
    spawn: Callable[[Coroutine[None, None, None]], object],
    *,
    dead_before: datetime | None,
) -> Work:
    """Put it together and start it as a task."""
    clock = utc_now
    door = InnerDoor()
    files = Files(
        database=database, clock=clock, largest=settings.max_file_mb * MEBIBYTE, may_go=check_owner_is_not_held
    )
    # Whatever is configured, half of the room is left to those who wait for their answers.
    concurrency = max(1, min(settings.batch_concurrency, settings.tenant_concurrency // 2))
    runner = BatchRunner(
        database=database,
        files=files,
        execute=door.ask,
        acting=partial(acting_for, database),
        clock=clock,
        pace=BatchPace(concurrency=concurrency, longest_line=settings.max_body_mb * MEBIBYTE),
        replica=str(new_id()),
        dead_before=dead_before,
    )
    batches = Batches(database=database, clock=clock, on_made=runner.wake)
    sweeper = FileSweeper(database=database, clock=clock, may_go=check_owner_is_not_held)
    work = Work(files=files, batches=batches, runner=runner, sweeper=sweeper, door=door)
    spawn(work.run())
    return work
