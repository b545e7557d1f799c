"""Every query of this package."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_
from sqlalchemy.orm import defer

from chimera.batches.errors import BatchNotFoundError, StoredFileNotFoundError
from chimera.batches.states import ACTIVE, FileStatus
from chimera.batches.tables import BatchResultRow, BatchRow, FileChunkRow, FileRow
from chimera.store import Repository, SystemRepository

OwnedRow = TypeVar("OwnedRow", bound="FileRow | BatchRow")
_PROCESSED = FileStatus.PROCESSED.value


class _Owned(Repository[OwnedRow], Generic[OwnedRow]):
    """The caller's own rows: what a colleague of the same tenant keeps is not found."""

    def mine(self) -> Select[OwnedRow]:
        return super().mine().where(self._table.owner_id == self._scope.actor_id)

    async def listed(
        self, query: Select[OwnedRow], *, after: UUID | None, limit: int, oldest_first: bool = False
    ) -> tuple[list[OwnedRow], bool]:
        """At most `limit` rows in the order of their making, and whether there are more."""
        made = self._table.id
        if after is not None:
            query = query.where(made > after if oldest_first else made < after)
        ordered = query.order_by(made if oldest_first else made.desc()).limit(limit + 1)
        rows = list(await self._tx.scalars(ordered))
        return rows[:limit], len(rows) > limit


def _is_over(now: datetime, abandoned_before: datetime) -> ColumnElement[bool]:
    is_abandoned = (FileRow.status == FileStatus.UPLOADING.value) & (FileRow.created_at < abandoned_before)
    return or_(FileRow.expires_at <= now, is_abandoned)


class KeptFiles(_Owned[FileRow]):
    table = FileRow

    def visible(self, now: datetime) -> Select[FileRow]:
        """Those that are complete, and whose time is not over."""
        return self.mine().where(
            FileRow.status == _PROCESSED, or_(FileRow.expires_at.is_(None), FileRow.expires_at > now)
        )

    async def found(self, id: UUID, now: datetime) -> FileRow:
        """Raises StoredFileNotFoundError, also when it is another's or has expired."""
        row = (await self._tx.scalars(self.visible(now).where(FileRow.id == id))).one_or_none()
        if row is None:
            raise StoredFileNotFoundError("There is no such file.")
        return row

    async def remove_expired(self, now: datetime, *, abandoned_before: datetime, limit: int) -> int:
        """Delete some whose time is over, and uploads that nobody finished; return how many."""
        expired = self.mine().where(_is_over(now, abandoned_before)).with_only_columns(FileRow.id).limit(limit)
        return await self.run(self.removing().where(FileRow.id.in_(expired)))

    async def finish(self, id: UUID, *, size: int, purpose: str, expires_at: datetime | None) -> None:
        """Let a file be seen."""
        values = {"status": _PROCESSED, "size": size, "purpose": purpose, "expires_at": expires_at}
        await self.run(self.changing().where(FileRow.id == id).values(**values))


class FileChunks(Repository[FileChunkRow]):
    table = FileChunkRow

    async def append(self, file_id: UUID, first_seq: int, pieces: Sequence[bytes]) -> None:
        for seq, data in enumerate(pieces, first_seq):
            await self.add(FileChunkRow(id=file_id, seq=seq, data=data))

    async def read(self, file_id: UUID, *, first_seq: int, limit: int) -> list[bytes]:
        query = self.mine().where(FileChunkRow.id == file_id, FileChunkRow.seq >= first_seq)
        rows = await self._tx.scalars(query.order_by(FileChunkRow.seq).limit(limit))
        return [row.data for row in rows]


class KeptBatches(_Owned[BatchRow]):
    table = BatchRow

    async def found(self, id: UUID) -> BatchRow:
        """Raises BatchNotFoundError, also when it is another's."""
        row = await self.get(id)
        if row is None:
            raise BatchNotFoundError("There is no such batch.")
        return row

    async def locked(self, id: UUID) -> BatchRow:
        """As `found`, and nobody else changes it before this transaction ends."""
        row = (await self._tx.scalars(self.mine().where(BatchRow.id == id).with_for_update())).one_or_none()
        if row is None:
            raise BatchNotFoundError("There is no such batch.")
        return row

    async def held(self, id: UUID, *, fence: int) -> BatchRow | None:
        """The batch, locked, if the lease of this number is still the last one and the batch has not ended."""
        query = self.mine().where(BatchRow.id == id, BatchRow.fence == fence, BatchRow.status.in_(ACTIVE))
        return (await self._tx.scalars(query.with_for_update())).one_or_none()


class BatchResults(Repository[BatchResultRow]):
    table = BatchResultRow

    async def numbers(self, batch_id: UUID) -> set[int]:
        """Lines that have their result."""
        query = self.mine().where(BatchResultRow.id == batch_id).with_only_columns(BatchResultRow.number)
        return set(await self._tx.scalars(query))

    async def after(self, batch_id: UUID, number: int, *, good: bool, limit: int) -> list[BatchResultRow]:
        """The next results of one of the two kinds, in the order of their lines."""
        query = self.mine().where(
            BatchResultRow.id == batch_id, BatchResultRow.number > number, BatchResultRow.good.is_(good)
        )
        return list(await self._tx.scalars(query.order_by(BatchResultRow.number).limit(limit)))

    async def forget(self, batch_id: UUID) -> None:
        await self.run(self.removing().where(BatchResultRow.id == batch_id))


class WaitingBatches(SystemRepository[BatchRow]):
    table = BatchRow

    async def claim(
        self, *, replica: str, now: datetime, unseen_since: datetime, but: Collection[UUID]
    ) -> BatchRow | None:
        """Take the lease of the oldest batch that nobody leads on; of two replicas that ask at once each gets its own.

        It comes without labels and faults, which are sealed.

        Args:
            replica: Who takes it.
            now: The lease begins.
            unseen_since: A holder that was not seen since then is dead.
            but: Tenants that have enough of them here.
        """
        free = or_(BatchRow.heartbeat_at.is_(None), BatchRow.heartbeat_at < unseen_since)
        query = self.every().where(BatchRow.status.in_(ACTIVE), free)
        if but:
            query = query.where(BatchRow.tenant_id.not_in(but))
        unsealed = query.options(defer(BatchRow.labels), defer(BatchRow.faults))
        chosen = unsealed.order_by(BatchRow.created_at, BatchRow.id).limit(1).with_for_update(skip_locked=True)
        row = (await self._tx.scalars(chosen)).one_or_none()
        if row is not None:
            row.replica, row.heartbeat_at, row.fence = replica, now, row.fence + 1
            await self._tx.flush()
        return row


class ExpiredFiles(SystemRepository[FileRow]):
    table = FileRow

    async def owners(self, now: datetime, *, abandoned_before: datetime) -> list[tuple[UUID, UUID]]:
        """Organisations and users of whom some have expired."""
        query = self.every().where(_is_over(now, abandoned_before))
        owners = query.with_only_columns(FileRow.tenant_id, FileRow.owner_id).distinct()
        return [(row[0], row[1]) for row in await self._tx.execute(owners)]
