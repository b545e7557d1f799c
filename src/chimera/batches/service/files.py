"""Files: taken in piece by piece, kept in the database in chunks, given out again piece by piece."""

import base64
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from mimetypes import guess_type
from typing import Final, Self
from uuid import UUID

from chimera.batches.lines import LineSplitter
from chimera.batches.repository import FileChunks, KeptFiles
from chimera.batches.states import FileStatus
from chimera.batches.tables import FileRow
from chimera.kit.errors import BodyTooLargeError, InvalidRequestError
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Document, data_url
from chimera.store import Database, Transaction
from chimera.store.erasing import OwnerMayGo

CHUNK: Final = 256 * 1024
# So much is held in memory and written in one transaction: a commit costs more than a chunk.
_CHUNKS_AT_ONCE: Final = 4
LARGEST_DOCUMENT: Final = 32 * 1_048_576
_MEBIBYTE: Final = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInfo:
    """A file without its content; `size` in bytes."""

    id: UUID
    name: str
    purpose: str
    size: int
    created_at: datetime
    expires_at: datetime | None

    @classmethod
    def of(cls, row: FileRow) -> Self:
        return cls(
            id=row.id,
            name=row.name,
            purpose=row.purpose,
            size=row.size,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )


class FileWriter:
    """Takes the content of one file; it is seen by nobody before it is finished. Made by `Files.writing`."""

    def __init__(self, database: Database, scope: Scope, row: FileRow, largest: int) -> None:
        self.size = 0
        self.is_finished = False
        self._database = database
        self._scope = scope
        self._row = row
        self._largest = largest
        self._held = bytearray()
        self._seq = 0

    @property
    def id(self) -> UUID:
        return self._row.id

    async def write(self, data: bytes) -> None:
        """Take more content.

        Raises:
            BodyTooLargeError: if the file becomes larger than files may be.
        """
        self.size += len(data)
        if self.size > self._largest:
            raise BodyTooLargeError(f"The file is larger than {self._largest / _MEBIBYTE:g} MiB, the most we keep.")
        self._held += data
        while len(self._held) >= CHUNK * _CHUNKS_AT_ONCE:
            await self._put(CHUNK * _CHUNKS_AT_ONCE)

    async def flush(self) -> None:
        """Write what is left; no content may follow."""
        if self._held:
            await self._put(len(self._held))

    async def finish(self, tx: Transaction, *, purpose: str, expires_at: datetime | None) -> FileInfo:
        """Let the file be seen as soon as the transaction ends. All must have been flushed before."""
        await KeptFiles(tx, self._scope).finish(self._row.id, size=self.size, purpose=purpose, expires_at=expires_at)
        self.is_finished = True
        row = self._row
        return FileInfo(
            id=row.id,
            name=row.name,
            purpose=purpose,
            size=self.size,
            created_at=row.created_at,
            expires_at=expires_at,
        )

    async def _put(self, size: int) -> None:
        pieces = [bytes(self._held[start : min(start + CHUNK, size)]) for start in range(0, size, CHUNK)]
        async with self._database.transaction(self._scope) as tx:
            await FileChunks(tx, self._scope).append(self._row.id, self._seq, pieces)
        del self._held[:size]
        self._seq += len(pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Files of the caller.

    Attributes:
        largest: Bytes of the largest file.
        may_go: Says before anything is deleted whether it may be.
    """

    database: Database
    clock: Callable[[], datetime]
    largest: int
    may_go: OwnerMayGo

    @asynccontextmanager
    async def writing(self, scope: Scope, name: str, *, largest: int | None = None) -> AsyncGenerator[FileWriter]:
        """Begin a file. Leaving without having finished it takes back what was written.

        Args:
            scope: Whose it will be.
            name: As its owner calls it.
            largest: Instead of the largest that callers may bring.
        """
        row = FileRow(
            id=new_id(),
            created_at=self.clock(),
            owner_id=scope.actor_id,
            name=name,
            purpose="",
            status=FileStatus.UPLOADING.value,
        )
        async with self.database.transaction(scope) as tx:
            await KeptFiles(tx, scope).add(row)
        writer = FileWriter(self.database, scope, row, largest or self.largest)
        try:
            yield writer
        finally:
            if not writer.is_finished:
                async with self.database.transaction(scope) as tx:
                    await KeptFiles(tx, scope).delete(row.id)

    async def finish(self, scope: Scope, writer: FileWriter, *, purpose: str, lasts_s: int | None) -> FileInfo:
        """End a file, for `lasts_s` seconds or for ever."""
        await writer.flush()
        async with self.database.transaction(scope) as tx:
            return await writer.finish(tx, purpose=purpose, expires_at=self.expiry(lasts_s))

    def expiry(self, lasts_s: int | None) -> datetime | None:
        return None if lasts_s is None else self.clock() + timedelta(seconds=lasts_s)

    async def info(self, scope: Scope, id: UUID) -> FileInfo:
        """Raises StoredFileNotFoundError, also when it is another's."""
        async with self.database.reading(scope) as tx:
            return FileInfo.of(await KeptFiles(tx, scope).found(id, self.clock()))

    async def recent(
        self, scope: Scope, *, purpose: str | None, after: UUID | None, limit: int, oldest_first: bool
    ) -> tuple[list[FileInfo], bool]:
        """Some of the caller's files, newest first unless told, and whether there are more."""
        async with self.database.reading(scope) as tx:
            files = KeptFiles(tx, scope)
            query = files.visible(self.clock())
            if purpose is not None:
                query = query.where(FileRow.purpose == purpose)
            rows, more = await files.listed(query, after=after, limit=limit, oldest_first=oldest_first)
        return [FileInfo.of(row) for row in rows], more

    async def delete(self, scope: Scope, id: UUID) -> None:
        """Delete a file.

        Raises:
            StoredFileNotFoundError: also when it is another's.
            UnderLegalHoldError: if all that is the caller's must be kept.
        """
        async with self.database.transaction(scope) as tx:
            files = KeptFiles(tx, scope)
            # Nobody is told of a hold on what they do not have.
            await files.found(id, self.clock())
            await self.may_go(tx, scope, scope.actor_id)
            await files.delete(id)

    async def content(self, scope: Scope, id: UUID) -> AsyncGenerator[bytes]:
        """The content of a file that was found, a mebibyte at a time. No transaction is held in between."""
        seq = 0
        while True:
            async with self.database.reading(scope) as tx:
                pieces = await FileChunks(tx, scope).read(id, first_seq=seq, limit=_CHUNKS_AT_ONCE)
            if not pieces:
                return
            seq += len(pieces)
            yield b"".join(pieces)

    async def lines(self, scope: Scope, id: UUID, *, longest: int) -> AsyncGenerator[tuple[int, bytes]]:
        """The lines of a file, each with its number from 1.

        Raises:
            StoredFileNotFoundError: also when it is another's.
            LineTooLongError: if one is longer than `longest` bytes.
        """
        await self.info(scope, id)
        splitter = LineSplitter(longest)
        async with aclosing(self.content(scope, id)) as pieces:
            async for piece in pieces:
                for numbered in splitter.feed(piece):
                    yield numbered
        for numbered in splitter.close():
            yield numbered

    async def resolve(self, scope: Scope, id: UUID) -> Document:
        """The file as a part of a message, its bytes in a data URL.

        Raises:
            StoredFileNotFoundError: also when it is another's.
            InvalidRequestError: if it is too large to be read by a model.
        """
        info = await self.info(scope, id)
        if info.size > LARGEST_DOCUMENT:
            raise InvalidRequestError(f"A file in a message has {LARGEST_DOCUMENT // _MEBIBYTE} MiB at most.")
        async with aclosing(self.content(scope, id)) as pieces:
            content = b"".join([piece async for piece in pieces])
        media_type = guess_type(info.name)[0] or "application/octet-stream"
        return Document(url=data_url(media_type, base64.b64encode(content).decode("ascii")), name=info.name)
