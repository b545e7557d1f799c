"""Shares of one's own conversations, made, listed, prolonged and revoked; and all of an organisation's, revoked."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias
from uuid import UUID

from chimera.conversations.errors import TurnInProgressError
from chimera.conversations.repository import KeptConversations, KeptMessages
from chimera.conversations.shares.errors import (
    NotShareableError,
    ShareNotFoundError,
    SharingNotAllowedError,
    TooManySharesError,
)
from chimera.conversations.shares.freezing import Frozen, decode_frozen, encode_frozen
from chimera.conversations.shares.redaction import USUAL, Omission
from chimera.conversations.shares.repository import GONE, KeptShares, TenantShares
from chimera.conversations.shares.tables import ShareRow
from chimera.conversations.states import ConversationState, MessageStatus
from chimera.conversations.tables import ConversationRow
from chimera.kit.errors import InvalidRequestError
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.policies.sections.sharing import SharingPolicy
from chimera.policies.service import Policies
from chimera.store import Database, Page, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.credentials import hashed, new_session_token

Audience: TypeAlias = Literal["organisation", "anybody"]
MOST_LIVE: Final = 50
USUAL_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """How a conversation should be shared.

    Attributes:
        leaf_id: The last message that is shown; `None`: of the branch that is shown now.
        expires_at: `None`: in `USUAL_DAYS`, or as soon as the organisation demands.
    """

    leaf_id: UUID | None = None
    audience: Audience = "organisation"
    expires_at: datetime | None = None
    left_out: Collection[Omission] = field(default=USUAL)
    masked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """A link of one's own.

    Attributes:
        token: What it ends with; `None`: lost with its key, so that nobody can open it any more.
        title: Of the conversation when the link was made; `None` likewise.
        open_until: When it is over: sooner than was said, where the organisation demands it; `None`: it is not open.
    """

    row: ShareRow
    token: str | None
    open_until: datetime | None
    title: str | None = None


def admits(policy: SharingPolicy, audience: str) -> bool:
    """Whether the organisation lets a link go so far."""
    return policy.audience in {"anybody", audience}


def is_put_away(conversation: ConversationRow) -> bool:
    """Whether it is shown to nobody: temporary, archived, or without words for its age."""
    return conversation.temporary or conversation.archived or conversation.state == ConversationState.RETIRED


def end_of(row: ShareRow, policy: SharingPolicy) -> datetime:
    return min(row.expires_at, row.created_at + timedelta(days=policy.longest_days))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Every method of one's own raises ConversationNotFoundError for a conversation that is not the caller's."""

    database: Database
    policies: Policies
    recorder: Recorder
    clock: Callable[[], datetime]

    async def make(self, scope: Scope, conversation_id: UUID, sharing: Sharing) -> ShareView:
        """Make a link to the path from the root to a message, as it is now.

        Raises:
            MessageNotFoundError: if the message is none of the conversation.
            SharingNotAllowedError: if the organisation does not let it go so far.
            NotShareableError: if the conversation is temporary, archived, or there is nothing in it.
            TurnInProgressError: if what would be shown is still being written.
            TooManySharesError: if it has as many links as it may.
            InvalidRequestError: if it should end in the past, or later than the organisation lets it.
        """
        policy, now, token = await self.policy(scope), self.clock(), new_session_token()
        if not admits(policy, sharing.audience):
            raise SharingNotAllowedError("Your organisation does not let conversations be shared like this.")
        expires_at = _end(sharing.expires_at, now, now, policy)
        async with self.database.transaction(scope) as tx:
            conversation = await KeptConversations(tx, scope).locked(conversation_id)
            row = ShareRow(
                id=new_id(),
                created_at=now,
                owner_id=scope.actor_id,
                conversation_id=conversation_id,
                leaf_id=await _leaf(tx, scope, conversation, sharing.leaf_id),
                token_hash=hashed(token.encode()),
                frozen=_frozen(conversation, token, sharing.left_out),
                audience=sharing.audience,
                left_out=sorted(set(sharing.left_out)),
                masked=sharing.masked,
                expires_at=expires_at,
            )
            shares = KeptShares(tx, scope)
            if sum(now < one.expires_at for one in await shares.of(conversation_id)) >= MOST_LIVE:
                raise TooManySharesError(f"There are {MOST_LIVE} links to this conversation: revoke some first.")
            await shares.add(row)
            await self._record(tx, scope, "share.made", row)
        return self._view(row, policy)

    async def of(self, scope: Scope, conversation_id: UUID) -> list[ShareView]:
        """All links to a conversation, the newest first."""
        policy = await self.policy(scope)
        async with self.database.reading(scope) as tx:
            await KeptConversations(tx, scope).found(conversation_id)
            rows = await KeptShares(tx, scope).of(conversation_id)
        return [self._view(row, policy) for row in rows]

    async def own(self, scope: Scope, *, cursor: str | None, limit: int) -> tuple[list[ShareView], str | None]:
        """All of the caller's own, of whatever conversation, the newest first; and the cursor of the next page.

        Raises:
            InvalidRequestError: if the cursor is none of ours.
        """
        policy = await self.policy(scope)
        async with self.database.reading(scope) as tx:
            page = await KeptShares(tx, scope).recent(cursor=cursor, limit=limit)
        return [self._view(row, policy) for row in page.rows], page.next_cursor

    async def end_at(self, scope: Scope, conversation_id: UUID, share_id: UUID, moment: datetime) -> ShareView:
        """Let a link end sooner or later.

        Raises:
            ShareNotFoundError: if it is no link to this conversation.
            InvalidRequestError: if that is in the past, or later than the organisation lets it.
        """
        policy = await self.policy(scope)
        async with self.database.transaction(scope) as tx:
            await KeptConversations(tx, scope).locked(conversation_id)
            row = await KeptShares(tx, scope).found(share_id, conversation_id)
            row.expires_at = _end(moment, row.created_at, self.clock(), policy)
            await tx.flush()
            await self._record(tx, scope, "share.changed", row)
        return self._view(row, policy)

    async def revoke(self, scope: Scope, conversation_id: UUID, share_id: UUID) -> None:
        """End a link at once, everywhere. Raises ShareNotFoundError if it is no link to this conversation."""
        async with self.database.transaction(scope) as tx:
            await KeptConversations(tx, scope).locked(conversation_id)
            row = await KeptShares(tx, scope).found(share_id, conversation_id)
            await self._remove(tx, scope, row)

    async def all(self, scope: Scope, *, cursor: str | None, limit: int) -> Page[ShareRow]:
        """Everybody's in the organisation, the newest first, without links and words.

        Raises:
            InvalidRequestError: if the cursor is none of ours.
        """
        async with self.database.reading(scope) as tx:
            return await TenantShares(tx, scope).recent(cursor=cursor, limit=limit)

    async def revoke_any(self, scope: Scope, share_id: UUID) -> None:
        """End anybody's link in the organisation. Raises ShareNotFoundError."""
        async with self.database.transaction(scope) as tx:
            row = await TenantShares(tx, scope).get(share_id)
            if row is None:
                raise ShareNotFoundError(GONE)
            await self._remove(tx, scope, row)

    async def policy(self, scope: Scope) -> SharingPolicy:
        """What holds now, and not what this replica knew a moment ago."""
        section = (await self.policies.section(scope, "sharing")).policy
        assert isinstance(section, SharingPolicy)
        return section

    def open_until(self, row: ShareRow, policy: SharingPolicy) -> datetime | None:
        """When a link ends that is open now, as far as it and the policy say."""
        ends = end_of(row, policy)
        return ends if admits(policy, row.audience) and self.clock() < ends else None

    async def _remove(self, tx: Transaction, scope: Scope, row: ShareRow) -> None:
        if not await TenantShares(tx, scope).delete(row.id):
            raise ShareNotFoundError(GONE)
        await self._record(tx, scope, "share.revoked", row)

    async def _record(self, tx: Transaction, scope: Scope, name: str, row: ShareRow) -> None:
        told = {"audience": row.audience, "expires_at": row.expires_at.isoformat(), "owner": str(row.owner_id)}
        act = Act(name=name, target_kind="share", target_id=str(row.id), details=told)
        await self.recorder.record(tx, scope, act)

    def _view(self, row: ShareRow, policy: SharingPolicy) -> ShareView:
        if row.frozen is None:
            return ShareView(row=row, token=None, open_until=None)
        frozen = decode_frozen(row.frozen)
        return ShareView(row=row, token=frozen.token, title=frozen.title, open_until=self.open_until(row, policy))


def _frozen(conversation: ConversationRow, token: str, left_out: Collection[Omission]) -> str:
    system_prompt = None if Omission.SYSTEM_PROMPT in left_out else conversation.system_prompt
    return encode_frozen(Frozen(token=token, title=conversation.title, system_prompt=system_prompt))


async def _leaf(tx: Transaction, scope: Scope, conversation: ConversationRow, wanted: UUID | None) -> UUID:
    messages = KeptMessages(tx, scope)
    if is_put_away(conversation):
        raise NotShareableError("Temporary, archived and retired conversations are not shared.")
    if wanted is not None:
        await messages.found(wanted, conversation.id)
    path = await messages.path(wanted or conversation.leaf_id)
    if not path:
        raise NotShareableError("Nothing was said in this conversation yet.")
    if any(row.status == MessageStatus.STREAMING for row in path):
        raise TurnInProgressError("This is still being written: share it when it is done.")
    return path[-1].id


def _end(wanted: datetime | None, made: datetime, now: datetime, policy: SharingPolicy) -> datetime:
    latest = made + timedelta(days=policy.longest_days)
    if wanted is None:
        return min(latest, now + timedelta(days=USUAL_DAYS))
    if not now < wanted <= latest:
        raise InvalidRequestError(
            f"A link ends after now, and at most {policy.longest_days} days after it was made.", field="expires_at"
        )
    return wanted
