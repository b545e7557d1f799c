"""Giving conversations out: one, or all of a person's, one after the other."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Collection
from dataclasses import dataclass
from typing import IO, Final, Literal, TypeAlias, assert_never, cast
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from msgspec import Struct

from chimera.conversations.errors import ConversationNotFoundError
from chimera.conversations.interchange.documents import ConversationDocument
from chimera.conversations.interchange.repository import OwnConversations, WholeConversations
from chimera.conversations.interchange.rows import document_of
from chimera.conversations.interchange.writers import fine_tuning, html, markdown, ours
from chimera.conversations.interchange.writers.fine_tuning import Choosing
from chimera.conversations.repository import KeptConversations, KeptPanels
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database
from chimera.store.columns.sealed import lost_told
from chimera.store.recording import Recorder

Format: TypeAlias = Literal["json", "jsonl", "markdown", "html", "fine_tuning"]
ENDINGS: Final = {"json": "json", "jsonl": "jsonl", "markdown": "md", "html": "html", "fine_tuning": "jsonl"}
_LOT: Final = 100
_NOT_IN_NAMES: Final = re.compile(r"[^\w]+")


class Wanted(Struct, frozen=True, kw_only=True):
    """As what conversations are given out."""

    format: Format
    choosing: Choosing = Choosing()

    @property
    def is_archive(self) -> bool:
        """Whether all together are a ZIP file with a file for each."""
        return self.format in {"json", "markdown", "html"}


def written(wanted: Wanted, document: ConversationDocument) -> bytes:
    """The document as a file, or as lines of one."""
    match wanted.format:
        case "json" | "jsonl":
            return ours.write(document)
        case "markdown":
            return markdown.write(document, wanted.choosing.branches)
        case "html":
            return html.write(document, wanted.choosing.branches)
        case "fine_tuning":
            return fine_tuning.write(document, wanted.choosing)
        case _:
            assert_never(wanted.format)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationExports:
    """What the caller said and heard, and nobody else's."""

    database: Database
    recorder: Recorder

    async def one(self, scope: Scope, id: UUID, wanted: Wanted) -> bytes:
        """A conversation as a file.

        Raises:
            ConversationNotFoundError: if it is not there or another's.
        """
        document = await self._document(scope, id)
        await self._record(scope, wanted, "conversation", str(id))
        return await asyncio.to_thread(written, wanted, document)

    async def all(self, scope: Scope, wanted: Wanted, *, only: Collection[UUID] = ()) -> AsyncGenerator[bytes]:
        """All of the caller's as one file, a conversation at a time; or some, as far as they are there."""
        await self._record(scope, wanted, "user", str(scope.actor_id))
        pack: Callable[[Wanted, ConversationDocument], bytes] = written
        packer = _Packer() if wanted.is_archive else None
        if packer is not None:
            pack = packer.add
        after: UUID | None = None
        while ids := await self._ids(scope, after, only):
            for one in ids:
                document = await self._document_if_there(scope, one)
                if document is not None and (piece := await asyncio.to_thread(pack, wanted, document)):
                    yield piece
            after = ids[-1]
        if packer is not None:
            yield packer.end()

    async def _ids(self, scope: Scope, after: UUID | None, only: Collection[UUID]) -> list[UUID]:
        async with self.database.reading(scope) as tx:
            return await OwnConversations(tx, scope).after(after, limit=_LOT, only=only)

    async def _document(self, scope: Scope, id: UUID) -> ConversationDocument:
        with lost_told():
            async with self.database.reading(scope) as tx:
                row = await KeptConversations(tx, scope).found(id)
                rows = await WholeConversations(tx, scope).all(id)
                panel = await KeptPanels(tx, scope).get(id)
        return await asyncio.to_thread(document_of, row, rows, panel)

    async def _document_if_there(self, scope: Scope, id: UUID) -> ConversationDocument | None:
        """It may have been deleted since it was listed."""
        try:
            return await self._document(scope, id)
        except ConversationNotFoundError:
            return None

    async def _record(self, scope: Scope, wanted: Wanted, kind: str, id: str) -> None:
        act = Act(name="conversations.exported", target_kind=kind, target_id=id, details={"format": wanted.format})
        async with self.database.transaction(scope) as tx:
            await self.recorder.record(tx, scope, act)


class _Packer:
    """A ZIP file that is given away while it is written."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._zip = ZipFile(cast("IO[bytes]", self), "w", ZIP_DEFLATED)

    def add(self, wanted: Wanted, document: ConversationDocument) -> bytes:
        """Pack one more, and return what there is of the file since the last time."""
        self._zip.writestr(name_of(document, wanted.format), written(wanted, document))
        return self._given()

    def end(self) -> bytes:
        self._zip.close()
        return self._given()

    def write(self, piece: bytes, /) -> int:
        self._held += piece
        return len(piece)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def _given(self) -> bytes:
        given = bytes(self._held)
        self._held.clear()
        return given


def name_of(document: ConversationDocument, format: Format) -> str:
    """A file name that every system takes, of the title and the id."""
    title = _NOT_IN_NAMES.sub("-", document.title[:60]).strip("-") or "conversation"
    return f"{title}-{document.id}.{ENDINGS[format]}"
