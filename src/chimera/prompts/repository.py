"""Every query of this package."""

from collections.abc import Callable, Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, or_

from chimera.prompts.errors import LabelNotFoundError, PersonaNotFoundError, PromptNotFoundError, VersionNotFoundError
from chimera.prompts.states import Kind, Sharing
from chimera.prompts.tables import ItemRow, LabelRow, ShareRow, VersionRow
from chimera.store import Page, Repository

_LOOKED_THROUGH: Final = 200


class Items(Repository[ItemRow]):
    """What the caller may use: their own, what is shared with their groups, and the organisation's."""

    table = ItemRow

    def mine(self) -> Select[ItemRow]:
        shared = Shares(self._tx, self._scope).with_groups(self._scope.team_ids)
        return (
            super()
            .mine()
            .where(
                or_(
                    ItemRow.owner_id == self._scope.actor_id,
                    ItemRow.sharing == Sharing.ORGANISATION.value,
                    and_(ItemRow.sharing == Sharing.GROUPS.value, ItemRow.id.in_(shared)),
                )
            )
        )

    def of(self, kind: Kind) -> Select[ItemRow]:
        return self.mine().where(ItemRow.kind == kind.value)

    async def found(self, kind: Kind, id: UUID) -> ItemRow:
        """Raises PromptNotFoundError, PersonaNotFoundError."""
        return _found(kind, (await self._tx.scalars(self.of(kind).where(ItemRow.id == id))).one_or_none())

    async def locked(self, kind: Kind, id: UUID) -> ItemRow:
        """As `found`, and nobody else changes it before this transaction ends."""
        query = self.of(kind).where(ItemRow.id == id).with_for_update()
        return _found(kind, (await self._tx.scalars(query)).one_or_none())

    async def owned(self, kind: Kind) -> int:
        """How many the caller has."""
        return await self.count(self.of(kind).where(ItemRow.owner_id == self._scope.actor_id))

    async def shared(self, kind: Kind) -> int:
        """How many the organisation has."""
        return await self.count(self.of(kind).where(ItemRow.owner_id.is_(None)))

    async def chosen(
        self, kind: Kind, wanted: Callable[[ItemRow], bool], *, cursor: str | None, limit: int
    ) -> Page[ItemRow]:
        """Those that are wanted, the last changed first. Their words are sealed: all before them are read, in lots."""
        found, after = list[ItemRow](), cursor
        while True:
            lot = await self.page(self.of(kind), by=ItemRow.updated_at, cursor=after, limit=_LOOKED_THROUGH)
            found += filter(wanted, lot.rows)
            after = lot.next_cursor
            if after is None or len(found) > limit:
                return Page.of(found, limit=limit, by=ItemRow.updated_at)


class Versions(Repository[VersionRow]):
    """Whose they are, the item says that is looked up before."""

    table = VersionRow

    async def numbered(self, item: ItemRow, number: int) -> VersionRow:
        """Raises VersionNotFoundError."""
        query = self.mine().where(VersionRow.id == item.id, VersionRow.number == number)
        row = (await self._tx.scalars(query)).one_or_none()
        if row is None:
            raise VersionNotFoundError(f"There is no version {number}; the newest one is {item.latest}.")
        return row

    async def all(self, item: ItemRow, *, before: int | None, limit: int) -> Sequence[VersionRow]:
        """The newest first."""
        query = self.mine().where(VersionRow.id == item.id)
        if before is not None:
            query = query.where(VersionRow.number < before)
        return list(await self._tx.scalars(query.order_by(VersionRow.number.desc()).limit(limit)))


class Labels(Repository[LabelRow]):
    table = LabelRow

    async def all(self, item_ids: Collection[UUID]) -> Sequence[LabelRow]:
        return list(await self._tx.scalars(self.mine().where(LabelRow.id.in_(item_ids)).order_by(LabelRow.name)))

    async def named(self, item: ItemRow, name: str) -> LabelRow | None:
        return (await self._tx.scalars(self.mine().where(LabelRow.id == item.id, LabelRow.name == name))).one_or_none()

    async def remove(self, item: ItemRow, name: str) -> None:
        """Raises LabelNotFoundError."""
        if not await self.run(self.removing().where(LabelRow.id == item.id, LabelRow.name == name)):
            raise LabelNotFoundError(f"There is no label {name!r}.")


class Shares(Repository[ShareRow]):
    table = ShareRow

    def with_groups(self, group_ids: Collection[UUID]) -> Select[UUID]:
        """Ids of the items that are shared with one of these."""
        return self.mine().where(ShareRow.group_id.in_(group_ids)).with_only_columns(ShareRow.id)

    async def of(self, item_ids: Collection[UUID]) -> Sequence[ShareRow]:
        return list(await self._tx.scalars(self.mine().where(ShareRow.id.in_(item_ids)).order_by(ShareRow.group_id)))

    async def put(self, item: ItemRow, group_ids: Collection[UUID]) -> None:
        """Share the item with these and no others."""
        await self.run(self.removing().where(ShareRow.id == item.id))
        for group_id in group_ids:
            await self.add(ShareRow(id=item.id, group_id=group_id))


def _found(kind: Kind, row: ItemRow | None) -> ItemRow:
    if row is not None:
        return row
    match kind:
        case Kind.PROMPT:
            raise PromptNotFoundError("There is no such prompt, or it is not shared with you.")
        case Kind.PERSONA:
            raise PersonaNotFoundError("There is no such persona, or it is not shared with you.")
