"""The library: items made, found, changed, shared, copied and deleted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import UNSET, UnsetType

from chimera.kit.clock import utc_now
from chimera.kit.errors import InvalidRequestError
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.prompts.bodies import Body, PersonaBody, PromptUse
from chimera.prompts.errors import TooManyPromptsError
from chimera.prompts.repository import Items, Labels, Shares, Versions
from chimera.prompts.service.changing import act, add_version, check_body, held, touch
from chimera.prompts.service.profiles import ItemChange, ItemView, Profile, decode_tags, encode_tags, view_of
from chimera.prompts.service.uses import Resolved, resolved
from chimera.prompts.states import Kind, Sharing
from chimera.prompts.tables import ItemRow, VersionRow
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder, Unrecorded
from chimera.tenancy.permissions import PROMPTS_MANAGE, require

MOST: Final = 500
"""So many prompts, and as many personas, a person may have, and the organisation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Every method raises PromptNotFoundError or PersonaNotFoundError for what the caller may not see."""

    database: Database
    recorder: Recorder = field(default_factory=Unrecorded)
    clock: Callable[[], datetime] = utc_now

    async def list(
        self, scope: Scope, kind: Kind, wanted: "Wanted", *, cursor: str | None, limit: int
    ) -> tuple[Sequence[ItemView], str | None]:
        """A page, the last changed first, and the cursor of the next one. Raises InvalidRequestError."""
        async with self.database.reading(scope) as tx:
            page = await Items(tx, scope).chosen(kind, wanted, cursor=cursor, limit=limit)
            return await _views(tx, scope, page.rows), page.next_cursor

    async def get(self, scope: Scope, kind: Kind, id: UUID) -> ItemView:
        async with self.database.reading(scope) as tx:
            return await _view(tx, scope, await Items(tx, scope).found(kind, id))

    async def resolve(self, scope: Scope, use: PromptUse, *, lot: str) -> Resolved:
        """Find the version that a use means. Raises what `resolved` does."""
        async with self.database.reading(scope) as tx:
            return await resolved(tx, scope, use, lot=lot)

    async def create(self, scope: Scope, profile: Profile, body: Body) -> ItemView:
        """Keep a new one, with its first version.

        Raises:
            TemplateError, VariablesError: if its templates could never be rendered.
            TooManyPromptsError: if there are too many already.
            PermissionDeniedError: if it is for the whole organisation, and the caller may not share with it.
            InvalidRequestError: if it is for a group that the caller does not belong to.
        """
        await check_body(body)
        kind = Kind.PERSONA if isinstance(body, PersonaBody) else Kind.PROMPT
        row = ItemRow(id=new_id(), kind=kind.value, owner_id=scope.actor_id, latest=0, updated_at=self.clock())
        row.name, row.description, row.command = profile.name, profile.description, profile.command
        row.tags, row.sharing = encode_tags(profile.tags), Sharing.PRIVATE.value
        async with self.database.transaction(scope) as tx:
            await _require_room(tx, scope, kind)
            await Items(tx, scope).add(row)
            await add_version(tx, scope, row, body)
            await _share(tx, scope, row, sharing=profile.sharing, group_ids=profile.group_ids)
            await tx.flush()
            view = await _view(tx, scope, row)
            await self.recorder.record(tx, scope, act(row, "created", sharing=row.sharing))
            return view

    async def change(
        self, scope: Scope, kind: Kind, id: UUID, change: ItemChange, *, expected: int | None = None
    ) -> ItemView:
        """Rename it, tag it, share it, let it say something else; see `create` and `held` for what may be wrong."""
        if change.body is not UNSET:
            await check_body(change.body)
        async with self.database.transaction(scope) as tx:
            row = await held(tx, scope, kind, id, expected)
            for name in ("name", "description", "command"):
                value = getattr(change, name)
                if value is not UNSET:
                    setattr(row, name, value)
            if change.tags is not UNSET:
                row.tags = encode_tags(change.tags)
            if change.sharing is not UNSET or change.group_ids is not UNSET:
                sharing = Sharing(row.sharing) if change.sharing is UNSET else change.sharing
                await _share(tx, scope, row, sharing=sharing, group_ids=change.group_ids)
            if change.body is not UNSET:
                await add_version(tx, scope, row, change.body)
            touch(row, self.clock())
            await tx.flush()
            view = await _view(tx, scope, row)
            await self.recorder.record(tx, scope, act(row, "changed", sharing=row.sharing, version=row.latest))
            return view

    async def delete(self, scope: Scope, kind: Kind, id: UUID) -> None:
        """Delete it with all its versions. Raises PermissionDeniedError: if the caller may not change it."""
        async with self.database.transaction(scope) as tx:
            row = await held(tx, scope, kind, id, None)
            await Items(tx, scope).delete(row.id)
            await self.recorder.record(tx, scope, act(row, "deleted"))

    async def copy(self, scope: Scope, kind: Kind, id: UUID) -> ItemView:
        """Make one's own of what one may use, of its newest version. Raises TooManyPromptsError."""
        async with self.database.transaction(scope) as tx:
            await _require_room(tx, scope, kind)
            source = await Items(tx, scope).found(kind, id)
            version = await Versions(tx, scope).numbered(source, source.latest)
            row = ItemRow(id=new_id(), kind=kind.value, owner_id=scope.actor_id, latest=1, updated_at=self.clock())
            row.name, row.description, row.command = source.name, source.description, source.command
            row.tags, row.sharing = source.tags, Sharing.PRIVATE.value
            await Items(tx, scope).add(row)
            copied = VersionRow(id=row.id, number=1, body=version.body, note="", made_by=scope.actor_id)
            await Versions(tx, scope).add(copied)
            await tx.flush()
            view = await _view(tx, scope, row)
            await self.recorder.record(tx, scope, act(row, "copied", source=str(source.id)))
            return view


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which items are looked for; empty texts want all.

    Attributes:
        words: All of them stand in name, description, tags or command, in any case.
    """

    words: str = ""
    tag: str = ""
    command: str = ""

    def __call__(self, row: ItemRow) -> bool:
        if self.command and row.command != self.command:
            return False
        tags = decode_tags(row.tags)
        if self.tag and self.tag.casefold() not in [tag.casefold() for tag in tags]:
            return False
        said = "\n".join((row.name, row.description, row.command, *tags)).casefold()
        return all(word in said for word in self.words.casefold().split())


async def _require_room(tx: Transaction, scope: Scope, kind: Kind) -> None:
    if await Items(tx, scope).owned(kind) >= MOST:
        raise TooManyPromptsError(f"You can have {MOST} of these. Delete one first.")


async def _share(
    tx: Transaction, scope: Scope, row: ItemRow, *, sharing: Sharing, group_ids: tuple[UUID, ...] | UnsetType
) -> None:
    """Share it so; what is for the whole organisation belongs to it, and not to a person any more."""
    if Sharing.ORGANISATION in {sharing, Sharing(row.sharing)} and sharing.value != row.sharing:
        require(scope, PROMPTS_MANAGE)
    if sharing is Sharing.ORGANISATION and row.owner_id is not None:
        if await Items(tx, scope).shared(Kind(row.kind)) >= MOST:
            raise TooManyPromptsError(f"The organisation can have {MOST} of these. Delete one first.")
        row.owner_id = None
    elif sharing is not Sharing.ORGANISATION:
        row.owner_id = row.owner_id or scope.actor_id
    shares = Shares(tx, scope)
    if sharing is not Sharing.GROUPS:
        if group_ids:
            raise InvalidRequestError("Groups are named where `sharing` is `groups`.", field="group_ids")
        group_ids = ()
    elif group_ids is UNSET:
        group_ids = tuple(one.group_id for one in await shares.of([row.id]))
    known = {one.group_id for one in await shares.of([row.id])}
    if not set(group_ids) <= known.union(scope.team_ids):
        raise InvalidRequestError("You can share with groups that you belong to.", field="group_ids")
    if sharing is Sharing.GROUPS and not group_ids:
        raise InvalidRequestError("Name the groups to share with.", field="group_ids")
    row.sharing = sharing.value
    await shares.put(row, sorted(set(group_ids)))


async def _view(tx: Transaction, scope: Scope, row: ItemRow) -> ItemView:
    return (await _views(tx, scope, [row]))[0]


async def _views(tx: Transaction, scope: Scope, rows: Sequence[ItemRow]) -> Sequence[ItemView]:
    ids = [row.id for row in rows]
    labels, shares = await Labels(tx, scope).all(ids), await Shares(tx, scope).of(ids)
    versions = Versions(tx, scope)
    return [view_of(scope, row, await versions.numbered(row, row.latest), labels, shares) for row in rows]
