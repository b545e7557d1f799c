"""What is kept for a time: each domain says of its own by which moment its age is told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select

from chimera.kit.scope import Scope
from chimera.store.database import Transaction
from chimera.store.repository import Repository
from chimera.store.tables import TenantTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """A table whose rows go when they are old, with all that belongs to them.

    Attributes:
        kind: As the policy calls it.
        moment: Attribute by which the age is told.
        person: Attribute that holds the user's id, where there is one.
        only: Attribute that says which rows go; without one all do.
    """

    kind: str
    table: type[TenantTable]
    moment: str
    person: str = ""
    only: str = ""


class AgedRows:
    """Rows of one tenant that are older than a moment, but for those of some people, and some others."""

    def __init__(
        self,
        tx: Transaction,
        scope: Scope,
        ageing: Ageing,
        but_of: Collection[UUID] = (),
        but: Collection[UUID] = (),
    ) -> None:
        # One class for each table that ages; which those are the domains say.
        name = f"Aged{ageing.table.__name__}"
        bound = cast("type[Repository[Any]]", type(name, (Repository,), {"table": ageing.table}))
        self._rows, self._ageing, self._tx = bound(tx, scope), ageing, tx
        self._but_of, self._but = list(but_of), list(but)

    def _old(self, before: datetime) -> Select[Any]:
        query = self._rows.mine().where(getattr(self._ageing.table, self._ageing.moment) < before)
        if self._but_of and self._ageing.person:
            query = query.where(getattr(self._ageing.table, self._ageing.person).not_in(self._but_of))
        if self._but:
            query = query.where(self._ageing.table.id.not_in(self._but))
        return query.where(getattr(self._ageing.table, self._ageing.only).is_(True)) if self._ageing.only else query

    async def count(self, before: datetime) -> int:
        return await self._rows.count(self._old(before))

    async def erase(self, before: datetime, *, limit: int) -> int:
        """Delete some; tell how many."""
        table = self._ageing.table
        lot = self._old(before).order_by(table.id).limit(limit).with_only_columns(table.id)
        ids = list(await self._tx.scalars(lot))
        if not ids:
            return 0
        # Asked again: what was used meanwhile is not old any more.
        statement = self._rows.removing().where(table.id.in_(ids), getattr(table, self._ageing.moment) < before)
        if self._ageing.only:
            statement = statement.where(getattr(table, self._ageing.only).is_(True))
        return await self._rows.run(statement)
