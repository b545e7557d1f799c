"""What everyone who writes responses works with, and how a response ends that its writer does not end."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from chimera.crypto.sealing import KeyDestroyedError
from chimera.gateway.call import Handler
from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.responses.errors import ResponseInterruptedError
from chimera.responses.frames import FINAL_EVENTS, event, items_done
from chimera.responses.names import public_name
from chimera.responses.repository import KeptContents, KeptEvents, KeptResponses
from chimera.responses.service.pace import Pace
from chimera.responses.states import ResponseStatus
from chimera.responses.tables import ResponseRow
from chimera.responses.waking import Bus
from chimera.store import Database, Transaction
from chimera.store.erasing import OwnerMayGo

INTERRUPTED: Final = ResponseInterruptedError("The server went away while this response was written. Ask again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Collaborators.

    Attributes:
        encode_error: An error as the surface's body of it.
        may_go: Says before anything is deleted whether it may be.
    """

    database: Database
    bus: Bus
    gateway: Handler
    pace: Pace
    clock: Callable[[], datetime]
    encode_error: Callable[[AppError], bytes]
    may_go: OwnerMayGo


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """Ends a response in place of its writer, who writes nothing more from then on.

    Attributes:
        status: How it ends.
        error: What the response object says of it.
    """

    status: ResponseStatus
    error: AppError | None = None

    async def take(self, tx: Transaction, scope: Scope, row: ResponseRow, now: datetime) -> bytes | None:
        """End it as far as it was kept, and return the response object; `None` if it is over or in other hands."""
        if not await KeptResponses(tx, scope).close(row.id, fence=row.fence, status=self.status, now=now):
            return None
        contents, events = KeptContents(tx, scope), KeptEvents(tx, scope)
        body = await _begun(contents, row)
        kept = await events.all(row.id)
        body |= {"status": self.status.value, "output": items_done(kept), "error": self._error()}
        said = msgspec.json.encode(body)
        await contents.replace(row.id, said.decode())
        if row.streamed:
            number = await events.last(row.id) + 1
            last = event(FINAL_EVENTS[self.status], number, body)
            await events.append(row.id, seq=number, frames=last.decode())
        return said

    def _error(self) -> dict[str, str] | None:
        # A closed set of codes, of which this is the only one for faults of the server.
        return None if self.error is None else {"code": "server_error", "message": self.error.message}


async def _begun(contents: KeptContents, row: ResponseRow) -> dict[str, Any]:
    """The response object as it was kept; where that was lost with its key, what is known of it without."""
    try:
        body: dict[str, Any] = msgspec.json.decode(await contents.body(row.id))
    except KeyDestroyedError:
        return {
            "id": public_name(row.id),
            "object": "response",
            "created_at": int(row.created_at.timestamp()),
            "model": row.model,
            "background": row.background,
            "previous_response_id": row.previous_id and public_name(row.previous_id),
        }
    return body


class Bell:
    """Rung within one writer; several rings before a look are one."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, timeout_s: float) -> None:
        """Until it rings, at most so long."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        except TimeoutError:
            return
        self._rung.clear()
