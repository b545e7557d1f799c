"""Going on, in a conversation of one's own, with what a share shows: never with what it leaves out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chimera.conversations.encoding import encode_parts
from chimera.conversations.repository import KeptConversations
from chimera.conversations.service import ConversationView
from chimera.conversations.service.conversations import views_of
from chimera.conversations.shares.errors import CopyingNotAllowedError, ShareNotFoundError
from chimera.conversations.shares.redaction import Shown
from chimera.conversations.shares.repository import GONE
from chimera.conversations.shares.viewing import SharedViews
from chimera.conversations.tables import ConversationRow, MessageRow
from chimera.conversations.tree.repository import Trees
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Document, Image, Part, Text
from chimera.store import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCopies:
    database: Database
    views: SharedViews
    clock: Callable[[], datetime]

    async def copy(self, scope: Scope, token: str) -> ConversationView:
        """Begin a conversation of the caller's own with what a link shows them.

        Raises:
            ShareNotFoundError: if it shows them nothing, or they belong to another organisation.
            CopyingNotAllowedError: if the organisation does not let it be copied, or several models speak in it.
        """
        view = await self.views.read(token, scope)
        if view.row.tenant_id != scope.tenant_id:
            raise ShareNotFoundError(GONE)
        if not view.may_copy:
            raise CopyingNotAllowedError("This may be read, but not gone on with.")
        now = self.clock()
        made = ConversationRow(
            id=new_id(),
            owner_id=scope.actor_id,
            title=view.title,
            system_prompt=view.system_prompt,
            created_at=now,
            updated_at=now,
        )
        said = _said(view.messages, made)
        made.leaf_id = said[-1].id if said else None
        async with self.database.transaction(scope) as tx:
            await KeptConversations(tx, scope).add(made)
            await Trees(tx, scope).add_all(said)
            return (await views_of(tx, scope, [made]))[0]


def _said(messages: Sequence[Shown], made: ConversationRow) -> list[MessageRow]:
    rows: list[MessageRow] = []
    for one in messages:
        before = rows[-1] if rows else None
        # An answer is of the turn of its question.
        turn_id = before.turn_id if before is not None and one.role == "assistant" else new_id()
        rows.append(
            MessageRow(
                id=new_id(),
                conversation_id=made.id,
                parent_id=None if before is None else before.id,
                turn_id=turn_id,
                role=one.role,
                parts=encode_parts(
                    tuple(_kept(part) for part in one.parts if isinstance(part, Text | Image | Document))
                ),
                status=one.status.value,
                model=one.model,
                created_at=one.created_at,
            )
        )
    return rows


def _kept(part: Part) -> Part:
    """A file is its name: its bytes are not shown. Calls of tools are left to who made them."""
    return Text(text=part.name or "") if isinstance(part, Document) else part
