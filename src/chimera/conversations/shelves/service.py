"""Folders and tags, and what is put into them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from chimera.conversations.bus import EventBus, tell_person
from chimera.conversations.errors import (
    ConversationNotFoundError,
    FolderNotFoundError,
    FolderPlaceError,
    TooManyShelvesError,
)
from chimera.conversations.shelves.repository import KeptFolders, KeptTagged, KeptTags, ShelvedConversations
from chimera.conversations.tables import FolderRow, TaggedRow, TagRow
from chimera.conversations.title import folded
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database, Transaction

MOST_FOLDERS: Final = 500
MOST_TAGS: Final = 200
MOST_TAGS_EACH: Final = 20
DEEPEST: Final = 5
_AT_SHELVES: Final = "shelves"


class FolderChange(Struct, frozen=True, kw_only=True):
    """What should become of a folder; what is unset stays."""

    name: str | UnsetType = UNSET
    parent_id: UUID | UnsetType | None = UNSET
    colour: str | UnsetType | None = UNSET
    icon: str | UnsetType | None = UNSET
    model: str | UnsetType | None = UNSET
    system_prompt: str | UnsetType | None = UNSET

    def apply(self, row: FolderRow) -> None:
        for name in self.__struct_fields__:
            if (value := getattr(self, name)) is not UNSET:
                setattr(row, name, value)


class Arrangement(Struct, frozen=True, kw_only=True):
    """Where conversations should be put; what is unset stays."""

    folder_id: UUID | UnsetType | None = UNSET
    pinned: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """Every method that names a folder or tag raises FolderNotFoundError or TagNotFoundError.

    Attributes:
        bus: Tells the open pages of whoever changes something.
    """

    database: Database
    bus: EventBus

    async def folders(self, scope: Scope) -> list[FolderRow]:
        async with self.database.reading(scope) as tx:
            return await KeptFolders(tx, scope).all()

    async def make(self, scope: Scope, change: FolderChange) -> FolderRow:
        """Raises FolderPlaceError: if it would lie too deep. TooManyShelvesError: if there are many."""
        async with self.database.transaction(scope) as tx:
            folders = await _folders(tx, scope)
            known = await folders.all()
            if len(known) >= MOST_FOLDERS:
                raise TooManyShelvesError(f"There are {MOST_FOLDERS} folders already.")
            row = FolderRow(id=new_id(), owner_id=scope.actor_id, name="")
            change.apply(row)
            _check_place(row, known)
            made = await folders.add(row)
        await tell_person(self.bus, scope)
        return made

    async def change(self, scope: Scope, id: UUID, change: FolderChange) -> FolderRow:
        """Raises FolderPlaceError: if it would lie in itself, or too deep."""
        async with self.database.transaction(scope) as tx:
            folders = await _folders(tx, scope)
            row = await folders.found(id)
            change.apply(row)
            if change.parent_id is not UNSET:
                _check_place(row, await folders.all())
            await tx.flush()
        await tell_person(self.bus, scope)
        return row

    async def remove(self, scope: Scope, id: UUID) -> None:
        """Delete a folder; what lies in it lies in the one around it then."""
        async with self.database.transaction(scope) as tx:
            folders = await _folders(tx, scope)
            row = await folders.found(id)
            await ShelvedConversations(tx, scope).empty(row)
            await folders.move_out_of(row)
            await folders.delete(id)
        await tell_person(self.bus, scope)

    async def tags(self, scope: Scope) -> list[tuple[TagRow, int]]:
        """Each tag, and how many conversations bear it."""
        async with self.database.reading(scope) as tx:
            counts = await KeptTagged(tx, scope).counts()
            return [(row, counts.get(row.id, 0)) for row in await KeptTags(tx, scope).all()]

    async def rename(self, scope: Scope, id: UUID, name: str) -> tuple[TagRow, int]:
        """Raises FolderPlaceError: if another tag is called so."""
        async with self.database.transaction(scope) as tx:
            tags = KeptTags(tx, scope)
            await tags.alone(_AT_SHELVES)
            row = await tags.found(id)
            if any(other.id != id for other in await tags.named([name])):
                raise FolderPlaceError("Another tag has this name.")
            row.name = name
            await tx.flush()
            count = (await KeptTagged(tx, scope).counts()).get(id, 0)
        await tell_person(self.bus, scope)
        return row, count

    async def take_away(self, scope: Scope, id: UUID) -> None:
        """Delete a tag; no conversation bears it any more."""
        async with self.database.transaction(scope) as tx:
            tags = KeptTags(tx, scope)
            await tags.found(id)
            await tags.delete(id)
        await tell_person(self.bus, scope)

    async def arrange(self, scope: Scope, ids: Sequence[UUID], wanted: Arrangement) -> None:
        """Put conversations somewhere, all or none. Tags that are new are made.

        Raises:
            ConversationNotFoundError: if one of them is not there, or is another's.
            TooManyShelvesError: if there would be many tags.
        """
        async with self.database.transaction(scope) as tx:
            folders = await _folders(tx, scope)
            rows = await ShelvedConversations(tx, scope).locked(set(ids))
            if len(rows) < len(set(ids)):
                raise ConversationNotFoundError("There is no such conversation.")
            if wanted.folder_id is not UNSET and wanted.folder_id is not None:
                await folders.found(wanted.folder_id)
            for row in rows:
                for name in ("folder_id", "pinned", "archived"):
                    if (value := getattr(wanted, name)) is not UNSET:
                        setattr(row, name, value)
            await tx.flush()
            await self._tag(tx, scope, [row.id for row in rows], wanted)
        await tell_person(self.bus, scope, *(row.id for row in rows))
        if wanted.add_tags or wanted.remove_tags:
            await tell_person(self.bus, scope)

    async def _tag(self, tx: Transaction, scope: Scope, ids: Sequence[UUID], wanted: Arrangement) -> None:
        tags, tagged = KeptTags(tx, scope), KeptTagged(tx, scope)
        for row in await tags.named(wanted.remove_tags) if wanted.remove_tags else ():
            await tagged.take_off(row.id, ids)
        if not wanted.add_tags:
            return
        known = {folded(row.name): row for row in await tags.all()}
        for name in wanted.add_tags:
            if folded(name) not in known:
                if len(known) >= MOST_TAGS:
                    raise TooManyShelvesError(f"There are {MOST_TAGS} tags already.")
                known[folded(name)] = await tags.add(TagRow(id=new_id(), owner_id=scope.actor_id, name=name))
            row = known[folded(name)]
            for bearer in set(ids) - await tagged.bearing(row.id, ids):
                await tagged.add(TaggedRow(id=bearer, tag_id=row.id))
        if any(len(names) > MOST_TAGS_EACH for names in (await tagged.names(ids)).values()):
            raise TooManyShelvesError(f"A conversation bears at most {MOST_TAGS_EACH} tags.")


async def _folders(tx: Transaction, scope: Scope) -> KeptFolders:
    """With nobody else at the caller's shelves: two moves at once could put each of two folders into the other."""
    folders = KeptFolders(tx, scope)
    await folders.alone(_AT_SHELVES)
    return folders


def _check_place(row: FolderRow, known: Sequence[FolderRow]) -> None:
    """Raises FolderNotFoundError, FolderPlaceError."""
    by_id = {one.id: one for one in known}
    above, depth = row.parent_id, 1
    while above is not None:
        if above not in by_id:
            raise FolderNotFoundError("There is no such folder.")
        depth += 1
        if above == row.id or depth > DEEPEST:
            raise FolderPlaceError(f"A folder lies neither in itself nor deeper than {DEEPEST} levels.")
        above = by_id[above].parent_id
    inside = [row.id]
    while inside := [one.id for one in known if one.parent_id in inside]:
        depth += 1
    if depth > DEEPEST:
        raise FolderPlaceError(f"With what lies in it, the folder would reach deeper than {DEEPEST} levels.")
