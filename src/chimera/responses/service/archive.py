"""Responses that are kept: continued by later ones, read again, deleted."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from chimera.kit.scope import Scope
from chimera.responses.errors import (
    ChainTooLongError,
    PreviousResponseNotFoundError,
    ResponseNotReadyError,
)
from chimera.responses.names import id_of, item_key, public_name
from chimera.responses.repository import KeptContents, KeptEvents, KeptItems, KeptResponses, Link
from chimera.responses.service.pace import Pace
from chimera.responses.states import RUNNING, ResponseStatus
from chimera.responses.tables import ResponseContentRow, ResponseRow
from chimera.store import Database, Transaction
from chimera.store.erasing import OwnerMayGo

LONGEST_CHAIN: Final = 1000
LARGEST_HISTORY: Final = 64 * 1024 * 1024
"""In characters: more than any model reads, and little enough to be held in memory."""

_NAMED_BY_US: Final = {"message", "function_call_output", "custom_tool_call_output"}
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was said before.

    Attributes:
        ids: The responses of the chain, oldest first.
        items: Their input and output items, in order.
    """

    ids: tuple[UUID, ...] = ()
    items: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is kept of a request.

    Attributes:
        items: Its own input items.
        streamed: Whether its events are to be kept, for a response in the background.
    """

    id: UUID
    model: str
    items: Sequence[Mapping[str, Any]]
    history: History = History()
    streamed: bool = False

    @property
    def previous_id(self) -> UUID | None:
        return self.history.ids[-1] if self.history.ids else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Every method finds only what the caller asked, and raises ResponseNotFoundError for anything else."""

    database: Database
    pace: Pace
    clock: Callable[[], datetime]
    may_go: OwnerMayGo
    replica: str

    async def history(self, scope: Scope, previous: str | None) -> History:
        """What a request continues that names a response; nothing if it names none.

        Raises:
            PreviousResponseNotFoundError: also when it is another's, or one before it is gone.
            ResponseNotReadyError: if it is still being written.
            ChainTooLongError: if it would be more than a model can be told.
        """
        if previous is None:
            return History()
        last_id = id_of(previous)
        async with self.database.reading(scope) as tx:
            chain = [] if last_id is None else await KeptResponses(tx, scope).chain(last_id, limit=LONGEST_CHAIN)
            ids = _whole(chain, previous)
            contents = KeptContents(tx, scope)
            if await contents.size(ids) > LARGEST_HISTORY:
                raise ChainTooLongError(f"What leads to {previous[:100]} is too much to be sent again. Begin anew.")
            rows = await contents.of(ids)
        return History(ids=ids, items=tuple(_again(item) for row in rows for item in _said(row)))

    async def keep(self, scope: Scope, question: Question, body: Mapping[str, Any]) -> None:
        """Keep a response that is over; does nothing if it was kept before."""
        async with self.database.transaction(scope) as tx:
            if await KeptResponses(tx, scope).get(question.id) is not None:
                return
            row = self.row(scope, question, ResponseStatus(body["status"]))
            row.finished_at = row.heartbeat_at
            await self.add(tx, scope, row, question, body)
            await name_items(tx, scope, row.id, body)

    async def add(
        self, tx: Transaction, scope: Scope, row: ResponseRow, question: Question, body: Mapping[str, Any]
    ) -> None:
        """Keep a response with its content, and those before it for as long as itself."""
        responses = KeptResponses(tx, scope)
        await responses.add(row)
        items, said = _json(question.items), _json(body)
        await KeptContents(tx, scope).add(ResponseContentRow(id=row.id, items=items, body=said))
        if question.history.ids:
            await responses.prolong(question.history.ids, until=row.expires_at, if_before=row.expires_at - _DAY)

    def row(self, scope: Scope, question: Question, status: ResponseStatus) -> ResponseRow:
        """A new row, not kept yet."""
        now = self.clock()
        return ResponseRow(
            id=question.id,
            owner_id=scope.actor_id,
            previous_id=question.previous_id,
            status=status.value,
            model=question.model,
            streamed=question.streamed,
            replica=self.replica,
            heartbeat_at=now,
            expires_at=now + self.pace.kept,
        )

    async def items(self, scope: Scope, names: Collection[str]) -> dict[str, dict[str, Any]]:
        """Output items of the caller's responses by their names; without those that there are not."""
        async with self.database.reading(scope) as tx:
            ids = await KeptResponses(tx, scope).holding({item_key(name) for name in names})
            rows = await KeptContents(tx, scope).of(ids)
        every = (item for row in rows for item in msgspec.json.decode(row.body)["output"])
        return {item["id"]: item for item in every if item.get("id") in names}

    async def get(self, scope: Scope, name: str) -> bytes:
        """The response object."""
        async with self.database.reading(scope) as tx:
            row = await KeptResponses(tx, scope).found(id_of(name))
            return said_by(row, await KeptContents(tx, scope).body(row.id))

    async def input_items(self, scope: Scope, name: str) -> list[dict[str, Any]]:
        """All that the response was made from: the items of those that it continues, then its own."""
        async with self.database.reading(scope) as tx:
            row = await KeptResponses(tx, scope).found(id_of(name))
            chain = await KeptResponses(tx, scope).chain(row.id, limit=LONGEST_CHAIN)
            *earlier, last = await KeptContents(tx, scope).of([link.id for link in chain])
        items = [item for content in earlier for item in _said(content)]
        own: list[dict[str, Any]] = msgspec.json.decode(last.items)
        return [*items, *own]

    async def delete(self, scope: Scope, name: str) -> None:
        """Delete a response with all that is kept of it; its writer, if it has one, notices and stops.

        Raises:
            ResponseNotFoundError: also when it is another's.
            UnderLegalHoldError: if all that is the caller's must be kept.
        """
        async with self.database.transaction(scope) as tx:
            # Nobody is told of a hold on what they do not have.
            await KeptResponses(tx, scope).found(id_of(name))
            await self.may_go(tx, scope, scope.actor_id)
            row = await KeptResponses(tx, scope).locked(id_of(name))
            # Not left to the foreign keys alone, so that nothing of it can stay behind.
            await KeptEvents(tx, scope).remove_all(row.id)
            await KeptItems(tx, scope).remove_all(row.id)
            await KeptContents(tx, scope).delete(row.id)
            await KeptResponses(tx, scope).delete(row.id)


async def name_items(tx: Transaction, scope: Scope, response_id: UUID, body: Mapping[str, Any]) -> None:
    """Let the items of a response that is over be found by their names."""
    names = {item.get("id") for item in body["output"]} - {None}
    await KeptItems(tx, scope).add_all(response_id, {item_key(str(name)) for name in names})


def said_by(row: ResponseRow, body: str) -> bytes:
    """The response object as it stands: while it is written, only its status changes."""
    kept = body.encode()
    if row.status not in RUNNING:
        return kept
    return msgspec.json.encode({**msgspec.json.decode(kept), "status": row.status})


def _whole(chain: Sequence[Link], previous: str) -> tuple[UUID, ...]:
    """The ids of a chain from which a model can be told all that was said."""
    if not chain:
        raise PreviousResponseNotFoundError(f"There is no response {previous[:100]!r} that could be continued.")
    if chain[-1].status in RUNNING:
        raise ResponseNotReadyError(f"{previous} is still being written. Wait until it is over.")
    missing = chain[0].previous_id
    if missing is not None and len(chain) < LONGEST_CHAIN:
        raise PreviousResponseNotFoundError(
            f"{previous} continues {public_name(missing)}, which was deleted. Begin anew, or send the whole input."
        )
    if missing is not None:
        raise ChainTooLongError(f"{LONGEST_CHAIN} responses lead to {previous}. Begin anew, or send the whole input.")
    return tuple(link.id for link in chain)


def _said(row: ResponseContentRow) -> list[dict[str, Any]]:
    """What was asked and answered, as the input of whatever follows."""
    asked: list[dict[str, Any]] = msgspec.json.decode(row.items)
    answered: list[dict[str, Any]] = msgspec.json.decode(row.body)["output"]
    # A call that broke off has no result, and no provider takes a call without one.
    return [*asked, *(item for item in answered if item.get("type") == "message" or _is_whole(item))]


def _again(item: dict[str, Any]) -> dict[str, Any]:
    """An item to be sent again: without the name that we gave what was asked; what was answered keeps its own."""
    if item.get("role") == "assistant" or item.get("type") not in _NAMED_BY_US:
        return item
    return {name: value for name, value in item.items() if name != "id"}


def _is_whole(item: Mapping[str, Any]) -> bool:
    return item.get("status") not in {"in_progress", "incomplete"}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
