"""What is behind a link, for whoever may see it. All that is wrong with a link is answered alike, and as late."""

import asyncio
import base64
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chimera.conversations.repository import KeptConversations, KeptMessages
from chimera.conversations.shares.errors import ShareNotFoundError
from chimera.conversations.shares.freezing import Frozen, decode_frozen
from chimera.conversations.shares.making import Shares, is_put_away
from chimera.conversations.shares.redaction import Omission, Redaction, Shown, redaction_of, shown
from chimera.conversations.shares.repository import GONE, AllShares, TenantShares
from chimera.conversations.shares.tables import ShareRow
from chimera.conversations.tables import ConversationRow, MessageRow
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Trail
from chimera.llm import Image, split_data_url
from chimera.policies.sections.branding import BrandingPolicy
from chimera.policies.sections.sharing import SharingPolicy
from chimera.store import Transaction
from chimera.store.columns.sealed import LOST, lost_told
from chimera.tenancy.credentials import hashed
from chimera.tenancy.permissions import CHAT

_NOBODY: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedView:
    """What a link shows.

    Attributes:
        open_until: When it is over.
        shared_by: Name of who made it; `None` where that is left out.
        branding: Of their organisation; `None` where they are left out.
        is_mine: Whether whoever looks made it.
        may_copy: Whether whoever looks may go on with it in a conversation of their own.
    """

    row: ShareRow
    title: str
    system_prompt: str | None
    messages: list[Shown]
    open_until: datetime
    shared_by: str | None
    branding: BrandingPolicy | None
    is_mine: bool
    may_copy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Behind:
    """What was found behind a link."""

    row: ShareRow
    frozen: Frozen
    conversation: ConversationRow
    path: list[MessageRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedViews:
    """Every method raises ShareNotFoundError for a link that shows nothing to who asks, whatever the reason.

    Attributes:
        acting: As whom somebody who is not there may act now: who may not chat any more shares nothing any more.
        name_of: What somebody is called in their organisation.
        refused_after_s: So late is every refusal, so that it does not tell how far somebody came.
    """

    shares: Shares
    acting: Callable[[Scope], Awaitable[Scope | None]]
    name_of: Callable[[Scope], Awaitable[str]]
    trail: Trail
    refused_after_s: float = 0.05

    async def open(self, token: str, viewer: Scope | None) -> SharedView:
        """Look at it. It is counted, and stands in the trail, unless whoever made it looks."""
        async with self._refused_alike():
            view, owner = await self._view(token, viewer)
            if not view.is_mine:
                await self._count(view.row, owner, viewer)
            return view

    async def read(self, token: str, viewer: Scope) -> SharedView:
        """As `open`, uncounted."""
        async with self._refused_alike():
            return (await self._view(token, viewer))[0]

    async def picture(self, token: str, viewer: Scope | None, number: int) -> Picture:
        """One of the pictures that it shows, counted from 0."""
        async with self._refused_alike():
            view, _ = await self._view(token, viewer)
            pictures = [part for one in view.messages for part in one.parts if isinstance(part, Image)]
            if number >= len(pictures):
                raise ShareNotFoundError(GONE)
            data = split_data_url(pictures[number].url)
            assert data is not None, "pictures from elsewhere are not shown"
            return Picture(media_type=data[0], content=await asyncio.to_thread(base64.b64decode, data[1]))

    async def _view(self, token: str, viewer: Scope | None) -> tuple[SharedView, Scope]:
        row = await self._found(token)
        owner = await self.acting(Scope(tenant_id=row.tenant_id, actor_id=row.owner_id, permissions=frozenset({CHAT})))
        if owner is None or CHAT not in owner.permissions:
            raise ShareNotFoundError(GONE)
        policy = await self.shares.policy(owner)
        open_until = self.shares.open_until(row, policy)
        if open_until is None or not _may_see(row, viewer):
            raise ShareNotFoundError(GONE)
        redaction = redaction_of(row.left_out, is_masked=row.masked)
        behind, is_unnamed = await self._behind(row, owner), redaction.without(Omission.SHARER)
        view = SharedView(
            row=row,
            title=redaction.covered(behind.frozen.title),
            system_prompt=_system_prompt(behind.frozen, redaction),
            messages=await asyncio.to_thread(shown, behind.path, redaction),
            open_until=open_until,
            shared_by=None if is_unnamed else await self.name_of(owner),
            branding=None if is_unnamed else (await self.shares.policies.of(owner)).branding,
            is_mine=_is_owner(row, viewer),
            may_copy=_may_copy(viewer, row, policy) and not behind.conversation.has_panel,
        )
        return view, owner

    async def _found(self, token: str) -> ShareRow:
        async with self.shares.database.system_reading() as tx:
            row = await AllShares(tx).by_hash(hashed(token.encode()))
        if row is None:
            raise ShareNotFoundError(GONE)
        return row

    async def _behind(self, row: ShareRow, owner: Scope) -> _Behind:
        with lost_told():
            async with self.shares.database.reading(owner) as tx:
                behind = await _read(tx, owner, row.id)
        if behind is None:
            raise ShareNotFoundError(GONE)
        return behind

    async def _count(self, row: ShareRow, owner: Scope, viewer: Scope | None) -> None:
        async with self.shares.database.transaction(owner) as tx:
            await TenantShares(tx, owner).viewed(row.id, self.shares.clock())
        known = viewer is not None and viewer.tenant_id == row.tenant_id
        who = viewer if viewer is not None and known else _stranger(row.tenant_id)
        self.trail.note(who, Act(name="share.opened", target_kind="share", target_id=str(row.id)))

    @asynccontextmanager
    async def _refused_alike(self) -> AsyncGenerator[None]:
        begun = time.monotonic()
        try:
            yield
        except ShareNotFoundError:
            await asyncio.sleep(begun + self.refused_after_s - time.monotonic())
            raise


async def _read(tx: Transaction, owner: Scope, share_id: UUID) -> _Behind | None:
    """`None` if anything of it is gone, put away, or lost with its key."""
    row = await TenantShares(tx, owner).whole(share_id)
    if row is None or row.frozen is None or _is_lost(row.frozen):
        return None
    conversation = await KeptConversations(tx, owner).get(row.conversation_id)
    if conversation is None or is_put_away(conversation):
        return None
    path = await KeptMessages(tx, owner).path(row.leaf_id)
    if not path or any(_is_lost(one.parts) or _is_lost(one.speech) for one in path):
        return None
    return _Behind(row=row, frozen=decode_frozen(row.frozen), conversation=conversation, path=path)


def _is_lost(kept: object) -> bool:
    return kept is LOST


def _stranger(tenant_id: UUID) -> Scope:
    return Scope(tenant_id=tenant_id, actor_id=_NOBODY, permissions=frozenset())


def _system_prompt(frozen: Frozen, redaction: Redaction) -> str | None:
    if frozen.system_prompt is None or redaction.without(Omission.SYSTEM_PROMPT):
        return None
    return redaction.covered(frozen.system_prompt)


def _is_owner(row: ShareRow, viewer: Scope | None) -> bool:
    return viewer is not None and (viewer.tenant_id, viewer.actor_id) == (row.tenant_id, row.owner_id)


def _may_see(row: ShareRow, viewer: Scope | None) -> bool:
    """A person of the organisation, or a key or token of theirs that may chat; anybody else only if all may."""
    if row.audience == "anybody":
        return True
    if viewer is None or viewer.tenant_id != row.tenant_id:
        return False
    return viewer.session_id is not None or CHAT in viewer.permissions


def _may_copy(viewer: Scope | None, row: ShareRow, policy: SharingPolicy) -> bool:
    if viewer is None or viewer.tenant_id != row.tenant_id or CHAT not in viewer.permissions:
        return False
    return policy.copies or viewer.actor_id == row.owner_id
