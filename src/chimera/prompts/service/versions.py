"""Versions and labels of an item: added, compared, moved. A version never changes; going back is moving a label."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.prompts.bodies import Body, PersonaBody
from chimera.prompts.errors import TooManyPromptsError
from chimera.prompts.labels import LATEST, Target, encode_targets
from chimera.prompts.repository import Items, Labels, Versions
from chimera.prompts.service.changing import act, add_version, check_body, held, touch
from chimera.prompts.states import Kind
from chimera.prompts.tables import ItemRow, LabelRow, VersionRow
from chimera.store import Database
from chimera.store.recording import Recorder, Unrecorded

MOST_LABELS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Versioning:
    """Every method raises PromptNotFoundError or PersonaNotFoundError for what the caller may not see."""

    database: Database
    recorder: Recorder = field(default_factory=Unrecorded)
    clock: Callable[[], datetime] = utc_now

    async def list(self, scope: Scope, kind: Kind, id: UUID, *, before: int | None, limit: int) -> Sequence[VersionRow]:
        """The newest first; those before a number."""
        async with self.database.reading(scope) as tx:
            item = await Items(tx, scope).found(kind, id)
            return await Versions(tx, scope).all(item, before=before, limit=limit)

    async def get(self, scope: Scope, kind: Kind, id: UUID, numbers: Sequence[int]) -> Sequence[VersionRow]:
        """Raises VersionNotFoundError."""
        async with self.database.reading(scope) as tx:
            item, versions = await Items(tx, scope).found(kind, id), Versions(tx, scope)
            return [await versions.numbered(item, number) for number in numbers]

    async def add(
        self, scope: Scope, id: UUID, body: Body, *, note: str = "", expected: int | None = None
    ) -> tuple[ItemRow, VersionRow]:
        """Let it say this from now on, wherever no label or version is named.

        Raises:
            TemplateError, VariablesError: if its templates could never be rendered.
            TooManyPromptsError: if it has too many versions.
            PermissionDeniedError, PromptChangedError: see `held`.
        """
        await check_body(body)
        kind = Kind.PERSONA if isinstance(body, PersonaBody) else Kind.PROMPT
        async with self.database.transaction(scope) as tx:
            item = await held(tx, scope, kind, id, expected)
            row = await add_version(tx, scope, item, body, note)
            touch(item, self.clock())
            await self.recorder.record(tx, scope, act(item, "version_added", version=row.number))
            return item, row

    async def label(
        self, scope: Scope, id: UUID, name: str, targets: Sequence[Target], *, expected: int | None = None
    ) -> ItemRow:
        """Let a label of a prompt stand for a version, or for several with their weights.

        Raises:
            VersionNotFoundError: if one of them is none.
            InvalidRequestError: if the name means something already, or one version is named twice.
            TooManyPromptsError: if it has too many labels.
            PermissionDeniedError, PromptChangedError: see `held`.
        """
        if name == LATEST:
            raise InvalidRequestError("`latest` is always the newest version.", field="label")
        if len({one.version for one in targets}) < len(targets):
            raise InvalidRequestError("One version is named twice.", field="versions")
        async with self.database.transaction(scope) as tx:
            item = await held(tx, scope, Kind.PROMPT, id, expected)
            versions, labels = Versions(tx, scope), Labels(tx, scope)
            for one in targets:
                await versions.numbered(item, one.version)
            row = await labels.named(item, name)
            if row is None:
                if len(await labels.all([id])) >= MOST_LABELS:
                    raise TooManyPromptsError(f"A prompt can have {MOST_LABELS} labels. Delete one first.")
                row = LabelRow(id=id, name=name)
            row.targets, row.updated_at = encode_targets(targets), self.clock()
            await labels.add(row)
            touch(item, self.clock())
            await self.recorder.record(tx, scope, act(item, "label_moved", label=name, versions=row.targets))
            return item

    async def unlabel(self, scope: Scope, id: UUID, name: str, *, expected: int | None = None) -> ItemRow:
        """Delete a label. Raises LabelNotFoundError, PermissionDeniedError, PromptChangedError."""
        async with self.database.transaction(scope) as tx:
            item = await held(tx, scope, Kind.PROMPT, id, expected)
            await Labels(tx, scope).remove(item, name)
            touch(item, self.clock())
            await self.recorder.record(tx, scope, act(item, "label_deleted", label=name))
            return item
