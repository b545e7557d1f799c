"""Branches of conversations: seen, chosen, forked off, cut back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chimera.conversations.bus import EventBus, tell_person
from chimera.conversations.errors import TurnInProgressError
from chimera.conversations.keeping.holding import Holds, check_free, checked
from chimera.conversations.repository import KeptConversations, KeptMessages, KeptPanels, KeptTurns
from chimera.conversations.service import ConversationView
from chimera.conversations.service.conversations import views_of
from chimera.conversations.states import MessageStatus
from chimera.conversations.tables import ConversationRow, MessageRow
from chimera.conversations.tree.copying import copies, copy_of, copy_of_panel
from chimera.conversations.tree.repository import Trees, TurnsOfTrees
from chimera.conversations.tree.shape import newest_leaf, under
from chimera.kit.scope import Scope
from chimera.store import Database, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class TreePage:
    """Some messages of all branches, the newest first.

    Attributes:
        leaf_id: Of the branch that is shown.
    """

    rows: Sequence[MessageRow]
    leaf_id: UUID | None
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Branches:
    """Every method raises ConversationNotFoundError, and MessageNotFoundError for no message of the conversation."""

    database: Database
    bus: EventBus
    holds: Holds
    clock: Callable[[], datetime]

    async def tree(self, scope: Scope, id: UUID, *, cursor: str | None, limit: int) -> TreePage:
        """Raises InvalidRequestError: if the cursor is none of ours."""
        async with self.database.reading(scope) as tx:
            leaf_id = (await KeptConversations(tx, scope).found(id)).leaf_id
            page = await Trees(tx, scope).light(id, cursor=cursor, limit=limit)
        return TreePage(rows=page.rows, leaf_id=leaf_id, next_cursor=page.next_cursor)

    async def end(self, scope: Scope, id: UUID, message_id: UUID) -> UUID | None:
        """The newest message under one: the end of its branch."""
        async with self.database.reading(scope) as tx:
            await KeptConversations(tx, scope).found(id)
            await KeptMessages(tx, scope).found(message_id, id)
            return newest_leaf(under(await Trees(tx, scope).nodes(id), message_id))

    async def choose(self, scope: Scope, id: UUID, message_id: UUID) -> ConversationView:
        """Show the branch of a message, to the newest message that lies under it, and continue there.

        Raises:
            TurnInProgressError: if a panel is speaking, which goes on where it is.
        """
        async with self.database.transaction(scope) as tx:
            conversation = await KeptConversations(tx, scope).locked(id)
            await KeptMessages(tx, scope).found(message_id, id)
            if conversation.has_panel:
                await KeptTurns(tx, scope).check_idle(id)
            conversation.leaf_id = newest_leaf(under(await Trees(tx, scope).nodes(id), message_id))
            await tx.flush()
            view = (await views_of(tx, scope, [conversation]))[0]
        await tell_person(self.bus, scope, id)
        return view

    async def fork(self, scope: Scope, id: UUID, message_id: UUID | None, title: str | None) -> ConversationView:
        """Begin a conversation with copies of the messages up to one; without one, of the branch that is shown.

        Raises:
            TurnInProgressError: if one of them is still being written.
        """
        async with self.database.transaction(scope) as tx:
            conversations, trees = KeptConversations(tx, scope), Trees(tx, scope)
            source = await conversations.found(id)
            if message_id is not None:
                await KeptMessages(tx, scope).found(message_id, id)
            path = await KeptMessages(tx, scope).path(message_id or source.leaf_id)
            if any(row.status == MessageStatus.STREAMING for row in path):
                raise TurnInProgressError("This is still being written: fork when it is done.")
            kept = await trees.whole([row.id for row in path])
            made = copy_of(source, scope, self.clock(), title)
            said = copies([kept[row.id] for row in path], made.id)
            made.forked_at_id = path[-1].id if path else None
            made.leaf_id = said[-1].id if said else None
            await conversations.add(made)
            await trees.add_all(said)
            await _copy_panel(tx, scope, source, made)
            view = (await views_of(tx, scope, [made]))[0]
        await tell_person(self.bus, scope, made.id)
        return view

    async def cut(self, scope: Scope, id: UUID, message_id: UUID) -> None:
        """Delete a message and all that lies under it. Where that was shown, what is newest beside it is shown.

        Raises:
            TurnInProgressError: if an answer is being written.
            ConversationHeldError: if a legal hold keeps it.
        """
        async with self.database.transaction(scope) as tx:
            bound = await checked(tx, scope, self.holds)
            conversation = await KeptConversations(tx, scope).locked(id)
            check_free(bound, conversation)
            top = await KeptMessages(tx, scope).found(message_id, id)
            await KeptTurns(tx, scope).check_idle(id)
            trees = Trees(tx, scope)
            nodes = await trees.nodes(id)
            gone = {node.id: node.turn_id for node in under(nodes, message_id)}
            left = [node for node in nodes if node.id not in gone]
            if conversation.leaf_id in gone:
                beside = left if top.parent_id is None else under(left, top.parent_id)
                conversation.leaf_id = newest_leaf(beside)
            await TurnsOfTrees(tx, scope).remove(sorted(set(gone.values())))
            await trees.remove(sorted(gone))
        await tell_person(self.bus, scope, id)


async def _copy_panel(tx: Transaction, scope: Scope, source: ConversationRow, made: ConversationRow) -> None:
    if source.has_panel:
        panels = KeptPanels(tx, scope)
        await panels.add(copy_of_panel(await panels.of(source), made.id))
