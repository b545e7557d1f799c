"""Taking conversations in: each in a transaction of its own, and none of them twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, Final, Literal, TypeAlias, cast
from uuid import UUID

import msgspec
from msgspec import Struct

from chimera.conversations.interchange.documents import ConversationDocument, Read
from chimera.conversations.interchange.errors import ImportFormatError, ImportInProgressError
from chimera.conversations.interchange.items import Bounds, Failed, Item, items
from chimera.conversations.interchange.repository import KeptImports, WholeConversations
from chimera.conversations.interchange.rows import conversation_row, derived_id, message_rows, panel_row
from chimera.conversations.interchange.tables import ConversationImportRow
from chimera.conversations.keeping.waking import wake
from chimera.conversations.repository import KeptConversations, KeptPanels
from chimera.conversations.states import ConversationState
from chimera.conversations.tables import ConversationRow
from chimera.kit.errors import BodyTooLargeError
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder

Outcome: TypeAlias = Literal["made", "extended", "unchanged", "deleted"]
MOST_TOLD: Final = 100
_IN_MEMORY: Final = 4 * 1_048_576
_AT_ONCE: Final = 2
_ENCODER: Final = msgspec.json.Encoder()
_UNREADABLE: Final = ("unrecognised", "damaged", "given_up")


class Warned(Struct, frozen=True, kw_only=True):
    """A conversation that was taken in, though not all of it as it was."""

    conversation_id: UUID
    number: int
    title: str
    detail: str
    file: str = ""


@dataclass(slots=True, kw_only=True)
class Report:
    """What became of a file.

    Attributes:
        sources: Conversations by where they were said.
        outcomes: Conversations by what became of them; `deleted` ones were taken in once and deleted here since.
        messages: How many were added.
        failed: How many could not be taken in; the first of them are told, as are warnings.
    """

    sources: Counter[str] = field(default_factory=Counter[str])
    outcomes: Counter[Outcome] = field(default_factory=Counter[Outcome])
    messages: int = 0
    failed: int = 0
    failures: list[Failed] = field(default_factory=list[Failed])
    warnings: list[Warned] = field(default_factory=list[Warned])

    def note_failure(self, failure: Failed) -> None:
        self.failed += 1
        if len(self.failures) < MOST_TOLD:
            self.failures.append(failure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one conversation."""

    outcome: Outcome
    conversation_id: UUID
    messages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """Takes files in, for each person one at a time.

    Attributes:
        room: How many files this process reads at once.
    """

    database: Database
    recorder: Recorder
    clock: Callable[[], datetime]
    bounds: Bounds
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _busy: set[tuple[UUID, UUID]] = field(default_factory=set[tuple[UUID, UUID]])

    async def take(self, scope: Scope, pieces: AsyncIterator[bytes], *, again: bool) -> Report:
        """Take in what a file holds; when it is cut off, what was taken in until then stays. See `follow`."""
        report = Report()
        async with aclosing(self.follow(scope, pieces, again=again)) as states:
            async for state in states:
                report = state
        return report

    async def follow(self, scope: Scope, pieces: AsyncIterator[bytes], *, again: bool) -> AsyncGenerator[Report]:
        """Take in what a file holds; yield the report once the file is there, and after each of its conversations.

        It is one report that grows. Whoever closes this stops the reading: what was taken in until then stays.

        Args:
            scope: Whose the conversations become.
            pieces: The file.
            again: Whether what was deleted here since it was first taken in comes again.

        Raises:
            BodyTooLargeError: if the file is too large.
            ImportFormatError: if nothing in it is a conversation.
            ImportArchiveError: if it is a ZIP file that cannot be opened.
            ImportInProgressError: if another file of the same person is being read here.
        """
        with self._alone(scope), SpooledTemporaryFile(max_size=_IN_MEMORY) as spooled:
            file, report = cast("IO[bytes]", spooled), Report()
            await self._receive(pieces, file)
            yield report
            async with self.room:
                try:
                    async with aclosing(self._read(scope, file, report, again=again)) as states:
                        async for _ in states:
                            yield report
                finally:
                    # Also of a file whose reader left: the trail knows what came in.
                    if report.sources:
                        await self._record(scope, report)
        if not report.sources and all(one.code in _UNREADABLE for one in report.failures):
            raise ImportFormatError(
                "Nothing in the file is a conversation of ours, ChatGPT, Claude, Open WebUI or LibreChat. "
                "Bring the file as it was exported: JSON, JSON Lines, or the whole ZIP file."
            )
        if not report.sources:
            await self._record(scope, report)

    async def _receive(self, pieces: AsyncIterator[bytes], file: IO[bytes]) -> None:
        size = 0
        async for piece in pieces:
            size += len(piece)
            if size > self.bounds.file_bytes:
                most = self.bounds.file_bytes / 1_048_576
                raise BodyTooLargeError(f"The file is larger than {most:g} MiB, the most that is taken.")
            await asyncio.to_thread(file.write, piece)
        file.seek(0)

    @contextmanager
    def _alone(self, scope: Scope) -> Generator[None]:
        whose = (scope.tenant_id, scope.actor_id)
        if whose in self._busy:
            raise ImportInProgressError("Another file of yours is being read. Wait for it to end.", retry_after_s=5)
        self._busy.add(whose)
        try:
            yield
        finally:
            self._busy.discard(whose)

    async def _read(self, scope: Scope, file: IO[bytes], report: Report, *, again: bool) -> AsyncGenerator[None]:
        """Read on, and let the report grow by one conversation at a time."""
        held = items(file, self.bounds, self.clock())
        while (item := await asyncio.to_thread(next, held, None)) is not None:
            if isinstance(item, Failed):
                report.note_failure(item)
            else:
                report.sources[item.read.source] += 1
                try:
                    taken = await self._keep(scope, item.read, again=again)
                except ValueError as error:
                    report.note_failure(_unkeepable(item, error))
                else:
                    _note(report, item, taken)
            yield

    async def _keep(self, scope: Scope, read: Read, *, again: bool) -> Taken:
        digest = _digest(read.document)
        origin = _origin(read.source, read.document.id or digest.hex())
        async with self.database.transaction(scope) as tx:
            imports, conversations = KeptImports(tx, scope), KeptConversations(tx, scope)
            made = ConversationImportRow(
                id=new_id(),
                owner_id=scope.actor_id,
                origin=origin,
                conversation_id=_own_id(read) or new_id(),
                digest=b"",
            )
            await imports.add_if_absent(made)
            known = await imports.of(origin)
            assert known is not None, "it was there, or has just been added"
            there = await conversations.get_locked(known.conversation_id)
            if there is not None and there.state == ConversationState.RETIRED:
                there = None  # as if it were deleted: its words are
            is_new = known.digest == b"" and known.id == made.id
            if there is not None and known.digest == digest:
                return Taken(outcome="unchanged", conversation_id=there.id)
            if there is None and not is_new and not again:
                return Taken(outcome="deleted", conversation_id=known.conversation_id)
            known.digest = digest
            if there is not None:
                return await self._extend(tx, scope, there, read.document)
            known.conversation_id = new_id()
            return await self._make(tx, scope, known.conversation_id, read.document)

    async def _make(self, tx: Transaction, scope: Scope, id: UUID, document: ConversationDocument) -> Taken:
        now = self.clock()
        row = conversation_row(document, id, scope.actor_id, now)
        row.leaf_id = None if document.leaf_id is None else derived_id(id, document.leaf_id)
        row.forked_from_id, row.forked_at_id = await self._fork(tx, scope, document)
        await KeptConversations(tx, scope).add(row)
        rows = message_rows(document, id, lambda name: derived_id(id, name), now)
        count = await WholeConversations(tx, scope).put(rows)
        if document.panel is not None:
            await KeptPanels(tx, scope).add(panel_row(document.panel, id))
        return Taken(outcome="made", conversation_id=id, messages=count)

    async def _fork(
        self, tx: Transaction, scope: Scope, document: ConversationDocument
    ) -> tuple[UUID | None, UUID | None]:
        """What a conversation of ours was forked from, where that was taken in before it or is still there."""
        named, at = document.forked_from_id, document.forked_at_id
        if named is None or at is None:
            return None, None
        taken = await KeptImports(tx, scope).of(_origin("chimera", named))
        parent = _as_id(named) if taken is None else taken.conversation_id
        if parent is None or await KeptConversations(tx, scope).get(parent) is None:
            return None, None
        return parent, _as_id(at) if parent == _as_id(named) else derived_id(parent, at)

    async def _extend(
        self, tx: Transaction, scope: Scope, row: ConversationRow, document: ConversationDocument
    ) -> Taken:
        """Add messages that are not there yet; those that are stay as they are here."""
        messages, now = WholeConversations(tx, scope), self.clock()
        there = await messages.ids(row.id)

        def known(name: str) -> UUID:
            own = _as_id(name)
            return own if own in there else derived_id(row.id, name)

        named = {known(one.id) for one in document.messages}
        if named <= there:
            return Taken(outcome="unchanged", conversation_id=row.id)
        # Where it was continued here, that is what is shown.
        if row.leaf_id is None or row.leaf_id in named:
            row.leaf_id = row.leaf_id if document.leaf_id is None else known(document.leaf_id)
        said_at = max(row.updated_at, min(document.updated_at, now))
        await wake(tx, scope, row, now)
        row.updated_at = said_at
        rows = (one for one in message_rows(document, row.id, known, now) if one.id not in there)
        return Taken(outcome="extended", conversation_id=row.id, messages=await messages.put(rows))

    async def _record(self, scope: Scope, report: Report) -> None:
        counts = {name: report.outcomes[name] for name in ("made", "extended", "unchanged", "deleted")}
        details = {**counts, "failed": report.failed, "messages": report.messages}
        async with self.database.transaction(scope) as tx:
            act = Act(
                name="conversations.imported",
                target_kind="user",
                target_id=str(scope.actor_id),
                details={**details, "sources": ", ".join(sorted(report.sources))},
            )
            await self.recorder.record(tx, scope, act)


def _note(report: Report, item: Item, taken: Taken) -> None:
    report.outcomes[taken.outcome] += 1
    report.messages += taken.messages
    document = item.read.document
    if taken.outcome in {"unchanged", "deleted"}:
        return
    for warning in item.read.warnings[: MOST_TOLD - len(report.warnings)]:
        report.warnings.append(
            Warned(
                conversation_id=taken.conversation_id,
                number=item.number,
                title=document.title,
                detail=warning,
                file=item.file,
            )
        )


def _unkeepable(item: Item, error: ValueError) -> Failed:
    document = item.read.document
    return Failed(
        file=item.file,
        number=item.number,
        code="invalid",
        detail=f"It cannot be kept: {str(error)[:300]}",
        id=document.id[:300],
        title=document.title,
    )


def _origin(source: str, name: str) -> str:
    return sha256(f"{source}\0{name}".encode("utf-8", "replace")).hexdigest()


def _own_id(read: Read) -> UUID | None:
    """Where a conversation of ours is, if it is still there and the caller's."""
    return _as_id(read.document.id) if read.source == "chimera" else None


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


def _digest(document: ConversationDocument) -> bytes:
    """Of what was said, not of when: a file without times gets those of its import."""
    said = [(one.id, one.parent_id, one.role, one.parts) for one in document.messages]
    return sha256(_ENCODER.encode((document.title, document.leaf_id, said))).digest()
