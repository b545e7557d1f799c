"""Queries of conversations that rest, whosever they are in an organisation, and of what is left of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func

from chimera.conversations.keeping.holding import Bound
from chimera.conversations.lifecycle.tables import RetiredRow
from chimera.conversations.states import ConversationState, TurnStatus
from chimera.conversations.tables import ConversationRow, MessageRow, PanelRow, TurnRow
from chimera.store import Repository

_SPENT: Final = ("input_tokens", "output_tokens", "cost_nusd")


class Gone(NamedTuple):
    """What is remembered of a message that is deleted."""

    id: UUID
    conversation_id: UUID
    role: str
    model: str | None
    created_at: datetime
    input_tokens: int | None
    output_tokens: int | None
    cost_nusd: int | None


class RestingConversations(Repository[ConversationRow]):
    """Conversations of everybody in the organisation."""

    table = ConversationRow

    async def quiet(
        self, states: Collection[ConversationState], before: datetime, *, bound: Bound, limit: int
    ) -> Sequence[UUID]:
        """Some that were quiet since before, locked, the quietest first; not those that somebody is at, or holds."""
        query = self._in(states).where(ConversationRow.quiet_since < before, ~self._spoken_in())
        query = self._free(query, bound).order_by(ConversationRow.quiet_since, ConversationRow.id).limit(limit)
        query = query.with_for_update(skip_locked=True, of=ConversationRow)
        return list(await self._tx.scalars(query.with_only_columns(ConversationRow.id)))

    async def newest(
        self, *, state: ConversationState | None, owner_id: UUID | None, limit: int
    ) -> Sequence[ConversationRow]:
        """Those in which something was said last."""
        query = self.mine() if state is None else self._in([state])
        query = query if owner_id is None else query.where(ConversationRow.owner_id == owner_id)
        query = query.order_by(ConversationRow.updated_at.desc(), ConversationRow.id.desc()).limit(limit)
        return list(await self._tx.scalars(query))

    async def enter(self, state: ConversationState, ids: Collection[UUID], now: datetime, **values: object) -> None:
        """Let conversations that are locked be in another state."""
        entered = self.changing().where(ConversationRow.id.in_(ids))
        await self.run(entered.values(state=state.value, state_since=now, **values))

    async def unsummed(self, ids: Collection[UUID]) -> Sequence[tuple[UUID, UUID]]:
        """Which of these have no summary of what was said, and who owns each; none that is temporary."""
        query = self.mine().where(ConversationRow.id.in_(ids), ConversationRow.temporary.is_(False))
        query = query.where(ConversationRow.leaf_id.is_not(None))
        query = query.where(ConversationRow.leaf_id.is_distinct_from(ConversationRow.summary_of))
        found = await self._tx.execute(query.with_only_columns(ConversationRow.id, ConversationRow.owner_id))
        return [(row[0], row[1]) for row in found]

    async def quietest(self, states: Collection[ConversationState], bound: Bound) -> datetime | None:
        """Since when the one is quiet that was quiet longest."""
        query = self._free(self._in(states), bound).with_only_columns(func.min(ConversationRow.quiet_since))
        moment: datetime | None = await self._tx.scalar(query)
        return moment

    def _in(self, states: Collection[ConversationState]) -> Select[ConversationRow]:
        return self.mine().where(ConversationRow.state.in_([state.value for state in states]))

    def _spoken_in(self) -> ColumnElement[bool]:
        turns = RestingTurns(self._tx, self._scope).mine().where(TurnRow.status == TurnStatus.RUNNING.value)
        return turns.where(TurnRow.conversation_id == ConversationRow.id).exists()

    def _free(self, query: Select[ConversationRow], bound: Bound) -> Select[ConversationRow]:
        if bound.people:
            query = query.where(ConversationRow.owner_id.not_in(list(bound.people)))
        return query.where(ConversationRow.id.not_in(list(bound.conversations))) if bound.conversations else query


class RestingTurns(Repository[TurnRow]):
    table = TurnRow

    async def remove_some(self, conversation_id: UUID, *, limit: int) -> int:
        """Delete some, with their journals; tell how many."""
        lot = self.mine().where(TurnRow.conversation_id == conversation_id).with_only_columns(TurnRow.id).limit(limit)
        ids = list(await self._tx.scalars(lot))
        return await self.run(self.removing().where(TurnRow.id.in_(ids))) if ids else 0


class RestingMessages(Repository[MessageRow]):
    table = MessageRow

    async def remove_some(self, conversation_id: UUID, *, limit: int) -> list[Gone]:
        """Delete some; tell what may be remembered of them."""
        columns: list[Any] = [getattr(MessageRow, name) for name in Gone._fields]
        query = self.mine().where(MessageRow.conversation_id == conversation_id).with_only_columns(*columns)
        gone = [Gone(*row) for row in await self._tx.execute(query.limit(limit))]
        if gone:
            await self.run(self.removing().where(MessageRow.id.in_([one.id for one in gone])))
        return gone


class RestingPanels(Repository[PanelRow]):
    table = PanelRow


class Retired(Repository[RetiredRow]):
    """What is left."""

    table = RetiredRow

    async def unfinished(self, bound: Bound) -> RetiredRow | None:
        """One that has words still, and may lose them."""
        query = self.mine().where(~RetiredRow.is_done).order_by(RetiredRow.id).limit(1)
        if bound.people:
            held = RestingConversations(self._tx, self._scope).mine()
            held = held.where(ConversationRow.owner_id.in_(list(bound.people)))
            query = query.where(RetiredRow.id.not_in(held.with_only_columns(ConversationRow.id)))
        if bound.conversations:
            query = query.where(RetiredRow.id.not_in(list(bound.conversations)))
        return (await self._tx.scalars(query.with_for_update())).one_or_none()

    def count_in(self, row: RetiredRow, gone: Sequence[Gone]) -> None:
        """Let the numbers of a conversation tell of messages that are deleted in this transaction, too."""
        models = dict(row.models)
        for one in gone:
            if one.model:
                models[one.model] = models.get(one.model, 0) + 1
        moments = [one.created_at for one in gone]
        row.models, row.messages = models, row.messages + len(gone)
        for name in _SPENT:
            setattr(row, name, getattr(row, name) + sum(getattr(one, name) or 0 for one in gone))
        row.first_said_at = min((moment for moment in (row.first_said_at, *moments) if moment), default=None)
        row.last_said_at = max((moment for moment in (row.last_said_at, *moments) if moment), default=None)
