"""Queries of folders and tags: a person's own."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, func

from chimera.conversations.errors import FolderNotFoundError, TagNotFoundError
from chimera.conversations.tables import ConversationRow, FolderRow, TaggedRow, TagRow
from chimera.conversations.title import folded
from chimera.store import Repository


class KeptFolders(Repository[FolderRow]):
    table = FolderRow

    def mine(self) -> Select[FolderRow]:
        return super().mine().where(FolderRow.owner_id == self._scope.actor_id)

    async def found(self, id: UUID) -> FolderRow:
        """Raises FolderNotFoundError, also when it is another's."""
        row = await self.get(id)
        if row is None:
            raise FolderNotFoundError("There is no such folder.")
        return row

    async def all(self) -> list[FolderRow]:
        return list(await self._tx.scalars(self.mine().order_by(FolderRow.created_at, FolderRow.id)))

    async def move_out_of(self, folder: FolderRow) -> None:
        """Let the folders that lie in one lie where it lies."""
        statement = self.changing().where(FolderRow.owner_id == self._scope.actor_id, FolderRow.parent_id == folder.id)
        await self.run(statement.values(parent_id=folder.parent_id))


class KeptTags(Repository[TagRow]):
    table = TagRow

    def mine(self) -> Select[TagRow]:
        return super().mine().where(TagRow.owner_id == self._scope.actor_id)

    async def found(self, id: UUID) -> TagRow:
        """Raises TagNotFoundError, also when it is another's."""
        row = await self.get(id)
        if row is None:
            raise TagNotFoundError("There is no such tag.")
        return row

    async def all(self) -> list[TagRow]:
        return list(await self._tx.scalars(self.mine().order_by(TagRow.created_at, TagRow.id)))

    async def named(self, names: Collection[str]) -> list[TagRow]:
        """Those that are called so, in any case. Names are sealed: all are read."""
        wanted = {folded(name) for name in names}
        return [row for row in await self.all() if folded(row.name) in wanted]


class KeptTagged(Repository[TaggedRow]):
    """Which conversations bear which tags; whose they are, was looked up before."""

    table = TaggedRow

    async def bearing(self, tag_id: UUID, conversation_ids: Collection[UUID]) -> set[UUID]:
        query = self.mine().where(TaggedRow.tag_id == tag_id, TaggedRow.id.in_(conversation_ids))
        return set(await self._tx.scalars(query.with_only_columns(TaggedRow.id)))

    async def counts(self) -> dict[UUID, int]:
        """How many conversations bear each tag."""
        query = self.mine().with_only_columns(TaggedRow.tag_id, func.count()).group_by(TaggedRow.tag_id)
        return {row[0]: row[1] for row in await self._tx.execute(query)}

    async def take_off(self, tag_id: UUID, conversation_ids: Collection[UUID]) -> None:
        await self.run(self.removing().where(TaggedRow.tag_id == tag_id, TaggedRow.id.in_(conversation_ids)))

    async def names(self, conversation_ids: Collection[UUID]) -> dict[UUID, list[str]]:
        """Names of the tags of each conversation that has some, in any case in their order."""
        query = (
            self.mine()
            .with_only_columns(TaggedRow.id, TagRow.name)
            .join(TagRow, (TagRow.tenant_id == TaggedRow.tenant_id) & (TagRow.id == TaggedRow.tag_id))
            .where(TaggedRow.id.in_(conversation_ids))
        )
        found: dict[UUID, list[str]] = {}
        for conversation_id, name in await self._tx.execute(query):
            found.setdefault(conversation_id, []).append(name)
        return {bearer: sorted(names, key=str.casefold) for bearer, names in found.items()}


class ShelvedConversations(Repository[ConversationRow]):
    """The caller's own conversations, several at once."""

    table = ConversationRow

    def mine(self) -> Select[ConversationRow]:
        return super().mine().where(ConversationRow.owner_id == self._scope.actor_id)

    async def locked(self, ids: Collection[UUID]) -> list[ConversationRow]:
        """In the order of their ids, so that two who lock the same do not wait for each other."""
        query = self.mine().where(ConversationRow.id.in_(ids)).order_by(ConversationRow.id).with_for_update()
        return list(await self._tx.scalars(query))

    async def empty(self, folder: FolderRow) -> None:
        """Let what lies in a folder lie in the one around it."""
        own = ConversationRow.owner_id == self._scope.actor_id
        statement = self.changing().where(own, ConversationRow.folder_id == folder.id)
        await self.run(statement.values(folder_id=folder.parent_id))
