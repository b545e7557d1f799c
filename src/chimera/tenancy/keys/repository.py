"""Queries of API keys."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, tuple_

from chimera.store import Repository, SystemRepository
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.repository import let_in
from chimera.tenancy.tables import UserRow

Which: TypeAlias = tuple[UUID, UUID]
"""A key: the organisation, and the id in it."""


class ApiKeys(Repository[ApiKeyRow]):
    table = ApiKeyRow

    def active(self, *, prefix: str | None = None, user_id: UUID | None = None) -> Select[ApiKeyRow]:
        """Keys that were not revoked: those that begin so, or act for this user."""
        query = self.mine().where(ApiKeyRow.revoked_at.is_(None))
        if prefix:
            query = query.where(ApiKeyRow.prefix.startswith(prefix, autoescape=True))
        return query if user_id is None else query.where(ApiKeyRow.user_id == user_id)

    async def locked(self, id: UUID) -> ApiKeyRow | None:
        """The key, which nobody else changes until the transaction ends."""
        return (await self._tx.scalars(self.mine().where(ApiKeyRow.id == id).with_for_update())).one_or_none()

    async def held(self, id: UUID) -> ApiKeyRow | None:
        """The key as it is, and stays until the transaction ends; others may hold it as well."""
        query = self.mine().where(ApiKeyRow.id == id)
        return (await self._tx.scalars(query.with_for_update(read=True))).one_or_none()

    async def revoke(self, id: UUID, moment: datetime) -> Sequence[UUID]:
        """Revoke a key, all that were made with it, and all that were made with those; return which."""
        revoked, next_ones = list[UUID](), [id]
        while next_ones:
            is_next = and_(ApiKeyRow.id.in_(next_ones), ApiKeyRow.revoked_at.is_(None))
            await self.run(self.changing().where(is_next).values(revoked_at=moment))
            revoked += next_ones
            made = self.mine().where(ApiKeyRow.made_by_key.in_(next_ones), ApiKeyRow.revoked_at.is_(None))
            next_ones = list(await self._tx.scalars(made.with_only_columns(ApiKeyRow.id)))
        return revoked


class AllApiKeys(SystemRepository[ApiKeyRow]):
    table = ApiKeyRow

    async def by_hashes(self, hashes: Collection[str]) -> Mapping[str, tuple[ApiKeyRow, UserRow]]:
        """By their secrets, now or before a rotation: keys and whom they act for, unless they are shut out."""
        query = let_in(self.every().join(UserRow, _same_person())).add_columns(UserRow)
        found = (await self._tx.execute(query.where(_has_hash(hashes)))).all()
        wanted = frozenset(hashes)
        return {
            shown: (key, user) for key, user in found for shown in (key.former_hash, key.secret_hash) if shown in wanted
        }

    async def of_hashes(self, hashes: Collection[str]) -> Sequence[ApiKeyRow]:
        """The keys of these secrets, also those that are good no more."""
        return list(await self._tx.scalars(self.every().where(_has_hash(hashes))))

    async def of_ids(self, ids: Collection[Which]) -> Mapping[Which, ApiKeyRow]:
        found = await self._tx.scalars(self.every().where(_is_one_of(ids)))
        return {(key.tenant_id, key.id): key for key in found}

    async def makers(self, keys: Collection[ApiKeyRow]) -> Mapping[Which, ApiKeyRow]:
        """The keys with which these were made, those with which those were made, and so on; mostly none."""
        found: dict[Which, ApiKeyRow] = {}
        wanted = _made_by(keys)
        while wanted:
            next_ones = await self.of_ids(wanted)
            found |= next_ones
            wanted = _made_by(next_ones.values()) - found.keys()
        return found

    async def used(self, ids: Collection[Which], moment: datetime) -> int:
        return await self.run(self.changing().where(_is_one_of(ids)).values(last_used_at=moment))


def _same_person() -> ColumnElement[bool]:
    return and_(UserRow.tenant_id == ApiKeyRow.tenant_id, UserRow.id == ApiKeyRow.user_id)


def _has_hash(hashes: Collection[str]) -> ColumnElement[bool]:
    return or_(ApiKeyRow.secret_hash.in_(hashes), ApiKeyRow.former_hash.in_(hashes))


def _is_one_of(ids: Collection[Which]) -> ColumnElement[bool]:
    return tuple_(ApiKeyRow.tenant_id, ApiKeyRow.id).in_(ids)


def _made_by(keys: Iterable[ApiKeyRow]) -> set[Which]:
    return {(key.tenant_id, key.made_by_key) for key in keys if key.made_by_key is not None}
