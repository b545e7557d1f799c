"""Batches as their owners see them: made, looked at, cancelled. The runner leads them on."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self
from uuid import UUID

from chimera.batches.errors import BatchOverError, StoredFileNotFoundError
from chimera.batches.repository import KeptBatches, KeptFiles
from chimera.batches.states import CANCELLABLE, BatchStatus
from chimera.batches.tables import BatchRow
from chimera.kit.errors import InvalidRequestError
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database

WINDOW: Final = timedelta(hours=24)
PURPOSE: Final = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAsked:
    """A batch to be made; see `BatchRow`."""

    endpoint: str
    input_file_id: UUID
    labels: Mapping[str, str] | None = None
    output_lasts_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchInfo:
    """A batch; see `BatchRow`."""

    id: UUID
    endpoint: str
    status: BatchStatus
    input_file_id: UUID
    output_file_id: UUID | None
    error_file_id: UUID | None
    labels: Mapping[str, str] | None
    faults: list[dict[str, object]] | None
    moments: Mapping[str, int]
    created_at: datetime
    expires_at: datetime
    total: int
    completed: int
    failed: int

    @classmethod
    def of(cls, row: BatchRow) -> Self:
        return cls(
            id=row.id,
            endpoint=row.endpoint,
            status=BatchStatus(row.status),
            input_file_id=row.input_file_id,
            output_file_id=row.output_file_id,
            error_file_id=row.error_file_id,
            labels=None if row.labels is None else json.loads(row.labels),
            faults=None if row.faults is None else json.loads(row.faults),
            moments=row.moments,
            created_at=row.created_at,
            expires_at=row.expires_at,
            total=row.total,
            completed=row.completed,
            failed=row.failed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """Batches of the caller.

    Attributes:
        on_made: Wakes the runner of this process.
    """

    database: Database
    clock: Callable[[], datetime]
    on_made: Callable[[], None]

    async def create(self, scope: Scope, asked: BatchAsked) -> BatchInfo:
        """Take a batch in; its lines are judged and asked later.

        Raises:
            InvalidRequestError: if there is no such input file, or it is not meant for a batch.
        """
        now = self.clock()
        async with self.database.transaction(scope) as tx:
            try:
                file = await KeptFiles(tx, scope).found(asked.input_file_id, now)
            except StoredFileNotFoundError as error:
                raise InvalidRequestError("There is no such input file.", field="input_file_id") from error
            if file.purpose != PURPOSE:
                raise InvalidRequestError("The input file must have the purpose `batch`.", field="input_file_id")
            row = BatchRow(
                id=new_id(),
                created_at=now,
                owner_id=scope.actor_id,
                permissions=sorted(scope.permissions),
                key_id=scope.key_id,
                endpoint=asked.endpoint,
                input_file_id=file.id,
                output_lasts_s=asked.output_lasts_s,
                status=BatchStatus.VALIDATING.value,
                labels=None if asked.labels is None else json.dumps(dict(asked.labels)),
                moments={},
                expires_at=now + WINDOW,
            )
            info = BatchInfo.of(await KeptBatches(tx, scope).add(row))
        self.on_made()
        return info

    async def info(self, scope: Scope, id: UUID) -> BatchInfo:
        """Raises BatchNotFoundError, also when it is another's."""
        async with self.database.reading(scope) as tx:
            return BatchInfo.of(await KeptBatches(tx, scope).found(id))

    async def recent(self, scope: Scope, *, after: UUID | None, limit: int) -> tuple[list[BatchInfo], bool]:
        """Some of the caller's batches, newest first, and whether there are more."""
        async with self.database.reading(scope) as tx:
            batches = KeptBatches(tx, scope)
            rows, more = await batches.listed(batches.mine(), after=after, limit=limit)
        return [BatchInfo.of(row) for row in rows], more

    async def cancel(self, scope: Scope, id: UUID) -> BatchInfo:
        """Ask for the end of a batch, whoever leads it on; what has been answered is kept.

        Raises:
            BatchNotFoundError: also when it is another's.
            BatchOverError: if it has ended, or is just writing its files.
        """
        async with self.database.transaction(scope) as tx:
            row = await KeptBatches(tx, scope).locked(id)
            if row.status in CANCELLABLE:
                row.status = BatchStatus.CANCELLING.value
                row.moments = row.moments | {"cancelling": int(self.clock().timestamp())}
                await tx.flush()
            elif row.status != BatchStatus.CANCELLING.value:
                raise BatchOverError(f"A batch that is {row.status} cannot be cancelled.")
            info = BatchInfo.of(row)
        self.on_made()
        return info
