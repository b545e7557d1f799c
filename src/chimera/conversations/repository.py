"""Every query of this package."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Select, Table, Update, bindparam, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import defer

from chimera.conversations.errors import (
    ConversationNotFoundError,
    MessageNotFoundError,
    PanelNotFoundError,
    TurnInProgressError,
    TurnNotFoundError,
)
from chimera.conversations.journal import Entry, Numbered, decode_entry, encode_entry
from chimera.conversations.keeping.rests import Rests
from chimera.conversations.states import ConversationState, MessageStatus, TurnStatus
from chimera.conversations.tables import ConversationRow, MessageRow, PanelRow, TaggedRow, TurnEventRow, TurnRow
from chimera.conversations.title import folded
from chimera.kit.clock import utc_now
from chimera.store import Page, Repository, SystemRepository

# Statements of the hot path are made once, over plain tables: making them, and the unit of work, costs more than
# running them. Each begins with the tenant, like those of `mine()` and `changing()`.
_TURNS: Final = cast("Table", TurnRow.__table__)
_ENTRIES: Final = cast("Table", TurnEventRow.__table__)
_LOOKED_THROUGH: Final = 500
_IN_PROGRESS: Final = "An answer is still being written in this conversation. Wait for it, or stop it."
_HELD: Final = (
    _TURNS.c.tenant_id == bindparam("of_tenant"),
    _TURNS.c.id == bindparam("of_turn"),
    _TURNS.c.status == TurnStatus.RUNNING.value,
    _TURNS.c.fence == bindparam("by_fence"),
)
_HOLD: Final = select(_TURNS.c.stop_requested).where(*_HELD).with_for_update(key_share=True)
_BEAT: Final = update(_TURNS).where(*_HELD).values(heartbeat_at=bindparam("now")).returning(_TURNS.c.stop_requested)
_APPEND: Final = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(_ENTRIES).on_conflict_do_nothing()
    for dialect in (postgresql, sqlite)
}
_AFTER: Final = (
    select(_ENTRIES.c.seq, _ENTRIES.c.payload)
    .where(
        _ENTRIES.c.tenant_id == bindparam("of_tenant"),
        _ENTRIES.c.turn_id == bindparam("of_turn"),
        _ENTRIES.c.seq > bindparam("after"),
    )
    .order_by(_ENTRIES.c.seq)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which conversations should be listed; `None` does not matter."""

    title_has: str | None = None
    folder_id: UUID | None = None
    tag_id: UUID | None = None
    pinned: bool | None = None
    archived: bool = False
    state: ConversationState | None = None


class KeptConversations(Repository[ConversationRow]):
    """The caller's own conversations: what a colleague of the same tenant wrote is not found."""

    table = ConversationRow

    def mine(self) -> Select[ConversationRow]:
        return super().mine().where(ConversationRow.owner_id == self._scope.actor_id)

    async def add(self, row: ConversationRow) -> ConversationRow:
        """As always, and let it be looked at when it may rest."""
        await Rests(self._tx, self._scope).foresee(utc_now())
        return await super().add(row)

    async def found(self, id: UUID) -> ConversationRow:
        """Raises ConversationNotFoundError, also when it is another's."""
        return _conversation(await self.get(id))

    async def locked(self, id: UUID) -> ConversationRow:
        """As `found`, and nobody else changes or deletes it before this transaction ends."""
        return _conversation(await self.get_locked(id))

    async def get_locked(self, id: UUID) -> ConversationRow | None:
        query = self.mine().where(ConversationRow.id == id).with_for_update()
        return (await self._tx.scalars(query)).one_or_none()

    def listed(self, wanted: Wanted) -> Select[ConversationRow]:
        """Those that are listed, but for what their titles contain."""
        query = self.mine().where(ConversationRow.temporary.is_(False), ConversationRow.archived.is_(wanted.archived))
        if wanted.pinned is not None:
            query = query.where(ConversationRow.pinned.is_(wanted.pinned))
        if wanted.state is not None:
            query = query.where(ConversationRow.state == wanted.state.value)
        if wanted.folder_id is not None:
            query = query.where(ConversationRow.folder_id == wanted.folder_id)
        if wanted.tag_id is not None:
            bears = (TaggedRow.tenant_id == ConversationRow.tenant_id) & (TaggedRow.id == ConversationRow.id)
            query = query.join(TaggedRow, bears).where(TaggedRow.tag_id == wanted.tag_id)
        return query

    async def recent(self, wanted: Wanted, *, cursor: str | None, limit: int) -> Page[ConversationRow]:
        """The newest first. Titles are sealed: to find some, all before them are read, in lots."""
        query = self.listed(wanted)
        if not wanted.title_has:
            return await self.page(query, by=ConversationRow.updated_at, cursor=cursor, limit=limit)
        title_has, found, after = folded(wanted.title_has), list[ConversationRow](), cursor
        while True:
            lot = await self.page(query, by=ConversationRow.updated_at, cursor=after, limit=_LOOKED_THROUGH)
            found += [row for row in lot.rows if title_has in folded(row.title)]
            after = lot.next_cursor
            if after is None or len(found) > limit:
                return Page.of(found, limit=limit, by=ConversationRow.updated_at)


class KeptMessages(Repository[MessageRow]):
    table = MessageRow

    async def path(self, leaf_id: UUID | None, *, limit: int | None = None) -> list[MessageRow]:
        """Messages from the root to the leaf; only the last `limit` of them, if one is given."""
        if leaf_id is None:
            return []
        step = (MessageRow.id, MessageRow.parent_id, MessageRow.conversation_id)
        walked = (
            self.mine()
            .where(MessageRow.id == leaf_id)
            .with_only_columns(*step, literal(1).label("depth"))
            .cte("walked", recursive=True)
        )
        parents = (
            self.mine()
            .with_only_columns(*step, walked.c.depth + 1)
            .join(walked, MessageRow.id == walked.c.parent_id)
            .where(MessageRow.conversation_id == walked.c.conversation_id)
        )
        if limit is not None:
            parents = parents.where(walked.c.depth < limit)
        walked = walked.union_all(parents)
        query = self.mine().join(walked, MessageRow.id == walked.c.id).order_by(walked.c.depth.desc())
        return list(await self._tx.scalars(query))

    async def found(self, id: UUID, conversation_id: UUID) -> MessageRow:
        """Raises MessageNotFoundError, also when it is of another conversation."""
        row = await self.get(id)
        if row is None or row.conversation_id != conversation_id:
            raise MessageNotFoundError("There is no such message in this conversation.")
        return row

    async def siblings(self, rows: Collection[MessageRow]) -> dict[UUID, list[UUID]]:
        """Of each of these messages of one conversation, all that follow the same one, itself too, oldest first."""
        if not rows:
            return {}
        parents = {row.parent_id for row in rows}
        under = MessageRow.parent_id.in_(parents - {None})
        query = (
            self.mine()
            .where(MessageRow.conversation_id == next(iter(rows)).conversation_id)
            .where(or_(under, MessageRow.parent_id.is_(None)) if None in parents else under)
            .with_only_columns(MessageRow.id, MessageRow.parent_id)
            .order_by(MessageRow.created_at, MessageRow.id)
        )
        found: dict[UUID | None, list[UUID]] = {}
        for message_id, parent_id in await self._tx.execute(query):
            found.setdefault(parent_id, []).append(message_id)
        return {row.id: found[row.parent_id] for row in rows}

    async def vectors(self, conversation_id: UUID) -> dict[UUID, bytes]:
        """Of all messages that have some."""
        query = self._meant(conversation_id).with_only_columns(MessageRow.id, MessageRow.vectors)
        return {row[0]: row[1] for row in await self._tx.execute(query) if row[1]}

    async def with_vectors(self, conversation_id: UUID) -> set[UUID]:
        """Messages whose vectors were made, though some have none."""
        return set(await self._tx.scalars(self._meant(conversation_id).with_only_columns(MessageRow.id)))

    async def keep_vectors(self, vectors: Mapping[UUID, bytes]) -> None:
        for message_id, made in vectors.items():
            await self.run(self.changing_one(message_id).values(vectors=made))

    async def keep_summary(self, message_id: UUID, summary: str) -> None:
        await self.run(self.changing_one(message_id).values(summary=summary))

    async def keep_recap(self, message_id: UUID, recap: str) -> None:
        await self.run(self.changing_one(message_id).values(recap=recap))

    def _meant(self, conversation_id: UUID) -> Select[MessageRow]:
        return self.mine().where(MessageRow.conversation_id == conversation_id, MessageRow.vectors.is_not(None))

    def changing_one(self, message_id: UUID) -> Update:
        """An update of one message; of an answer, while its turn is held."""
        return self.changing().where(MessageRow.id == message_id)

    def being_written(self, message_id: UUID) -> Update:
        """As `changing_one`, for a speech that nobody ended yet."""
        return self.changing_one(message_id).where(MessageRow.status == MessageStatus.STREAMING)

    async def remove_all(self, conversation_id: UUID) -> None:
        await self.run(self.removing().where(MessageRow.conversation_id == conversation_id))

    async def counts(self, conversation_ids: Collection[UUID]) -> dict[UUID, int]:
        """How many messages each conversation has, all branches together."""
        query = (
            self.mine()
            .with_only_columns(MessageRow.conversation_id, func.count())
            .where(MessageRow.conversation_id.in_(conversation_ids))
            .group_by(MessageRow.conversation_id)
        )
        return {row[0]: row[1] for row in await self._tx.execute(query)}


class KeptTurns(Repository[TurnRow]):
    """The caller's own turns."""

    table = TurnRow

    def mine(self) -> Select[TurnRow]:
        return super().mine().where(TurnRow.owner_id == self._scope.actor_id)

    async def found(self, id: UUID) -> TurnRow:
        """Raises TurnNotFoundError, also when it is another's."""
        turn = await self.get(id)
        if turn is None:
            raise TurnNotFoundError("There is no such turn.")
        return turn

    async def open(self, turn: TurnRow) -> None:
        """Keep a new running turn; the database admits one for each slot of a conversation.

        Raises:
            TurnInProgressError: if there is one. The transaction is of no use after that.
        """
        try:
            await self.add(turn)
        except IntegrityError as error:
            raise TurnInProgressError(_IN_PROGRESS) from error

    async def check_idle(self, conversation_id: UUID) -> None:
        """Raises TurnInProgressError if any turn of the conversation, which is locked, still runs."""
        if await self.running([conversation_id]):
            raise TurnInProgressError(_IN_PROGRESS)

    async def running(self, conversation_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
        """The running turns of each conversation that has some: answers to one question, in their order."""
        query = self.mine().where(TurnRow.conversation_id.in_(conversation_ids), TurnRow.status == TurnStatus.RUNNING)
        found: dict[UUID, list[UUID]] = {}
        columns = query.with_only_columns(TurnRow.conversation_id, TurnRow.id).order_by(TurnRow.slot)
        for conversation_id, turn_id in await self._tx.execute(columns):
            found.setdefault(conversation_id, []).append(turn_id)
        return found

    async def sent(self, conversation_id: UUID, send_id: UUID) -> Sequence[TurnRow]:
        """What was begun under the name that a sender gave it, in its order."""
        query = self.mine().where(TurnRow.conversation_id == conversation_id, TurnRow.send_id == send_id)
        return list(await self._tx.scalars(query.order_by(TurnRow.slot)))

    async def hold(self, id: UUID, *, fence: int) -> bool | None:
        """Lock a writer's turn until the transaction ends.

        Returns whether a stop was requested, or `None` if the turn is not this writer's any more.
        """
        held = {"of_tenant": self._scope.tenant_id, "of_turn": id, "by_fence": fence}
        stop: bool | None = (await self._tx.execute(_HOLD, held)).scalar_one_or_none()
        return stop

    async def beat(self, id: UUID, *, fence: int, now: datetime) -> bool | None:
        """As `hold`, and tell that the writer lives."""
        held = {"of_tenant": self._scope.tenant_id, "of_turn": id, "by_fence": fence}
        stop: bool | None = (await self._tx.execute(_BEAT, {**held, "now": now})).scalar_one_or_none()
        return stop

    async def close(self, turn: TurnRow, *, status: TurnStatus, error: str | None, now: datetime) -> bool:
        """End a running turn and raise its fence. False if it was not running any more, or in other hands."""
        values = {"status": status.value, "error": error, "finished_at": now, "fence": turn.fence + 1}
        return await self.run(self._held(turn.id, turn.fence).values(values)) == 1

    async def show(self, id: UUID, *, message_id: UUID) -> None:
        """Let a turn of a panel show its newest speech."""
        await self.run(self.changing().where(TurnRow.id == id).values(message_id=message_id))

    async def remove_all(self, conversation_id: UUID) -> None:
        """Delete the conversation's turns and, by the foreign key, their journals."""
        await self.run(self.removing().where(TurnRow.conversation_id == conversation_id))

    async def request_stop(self, id: UUID) -> bool:
        """Ask the writer to stop. False if nothing runs."""
        statement = self.changing().where(TurnRow.id == id, TurnRow.status == TurnStatus.RUNNING)
        return await self.run(statement.values(stop_requested=True)) == 1

    async def silent_since(self, id: UUID, moment: datetime) -> TurnRow | None:
        """The turn, locked, if it still runs and its writer was not seen since."""
        query = self.mine().where(TurnRow.id == id, TurnRow.status == TurnStatus.RUNNING, TurnRow.heartbeat_at < moment)
        return (await self._tx.scalars(query.with_for_update())).one_or_none()

    def _held(self, id: UUID, fence: int) -> Update:
        return self.changing().where(TurnRow.id == id, TurnRow.status == TurnStatus.RUNNING, TurnRow.fence == fence)


class KeptPanels(Repository[PanelRow]):
    """Panels; whose they are, the conversation says that is looked up before."""

    table = PanelRow

    async def of(self, conversation: ConversationRow) -> PanelRow:
        """Raises PanelNotFoundError."""
        panel = await self.get(conversation.id)
        if panel is None:
            raise PanelNotFoundError("Several models do not speak in this conversation yet: put its panel first.")
        return panel


class SilentTurns(SystemRepository[TurnRow]):
    """Running turns of all tenants whose writers have gone silent; without what went wrong, which is sealed."""

    table = TurnRow

    async def since(self, moment: datetime, *, limit: int) -> Sequence[TurnRow]:
        query = self.every().where(TurnRow.status == TurnStatus.RUNNING, TurnRow.heartbeat_at < moment)
        query = query.options(defer(TurnRow.error)).order_by(TurnRow.heartbeat_at).limit(limit)
        return list(await self._tx.scalars(query))


class KeptEntries(Repository[TurnEventRow]):
    """The journals."""

    table = TurnEventRow

    async def append(self, turn_id: UUID, entries: Iterable[Numbered]) -> None:
        """Add entries; those that are there already, because a commit was not heard of, are passed over.

        Only whoever holds the turn may, so a number always means the same entry.
        """
        shared = {"tenant_id": self._scope.tenant_id, "turn_id": turn_id, "created_at": utc_now()}
        rows = [{**shared, "seq": entry.seq, "payload": encode_entry(entry.entry)} for entry in entries]
        await self._tx.execute(_APPEND[self._tx.get_bind().dialect.name], rows)

    async def after(self, turn_id: UUID, seq: int, *, limit: int) -> list[Numbered]:
        bounds = {"of_tenant": self._scope.tenant_id, "of_turn": turn_id, "after": seq, "most": limit}
        return [Numbered(row[0], decode_entry(row[1])) for row in await self._tx.execute(_AFTER, bounds)]

    async def all(self, turn_id: UUID) -> list[Entry]:
        query = self.mine().with_only_columns(TurnEventRow.payload).where(TurnEventRow.id == turn_id)
        return [decode_entry(row[0]) for row in await self._tx.execute(query.order_by(TurnEventRow.seq))]


def _conversation(row: ConversationRow | None) -> ConversationRow:
    if row is None:
        raise ConversationNotFoundError("There is no such conversation.")
    return row
