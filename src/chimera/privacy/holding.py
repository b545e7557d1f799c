"""Legal holds: while one stands, nothing of a user, or of the whole organisation, is removed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chimera.conversations.errors import ConversationNotFoundError
from chimera.conversations.keeping.holding import Bound, checked
from chimera.conversations.keeping.rests import Rests
from chimera.conversations.lifecycle.repository import RestingConversations
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.privacy.errors import LegalHoldNotFoundError
from chimera.privacy.exporting import is_known
from chimera.privacy.repository import KeptHolds
from chimera.privacy.tables import LegalHoldRow
from chimera.store import Database, Transaction
from chimera.store.errors import UnderLegalHoldError
from chimera.store.recording import Recorder
from chimera.tenancy.errors import UserNotFoundError
from chimera.tenancy.permissions import PRIVACY_MANAGE, require
from chimera.tenancy.personal import Departure


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHolds:
    """For those who hold `privacy:manage`."""

    database: Database
    departure: Departure
    recorder: Recorder
    now: Callable[[], datetime] = utc_now

    async def all(self, scope: Scope) -> Sequence[LegalHoldRow]:
        """Newest first, released ones among them. Raises PermissionDeniedError."""
        require(scope, PRIVACY_MANAGE)
        async with self.database.reading(scope) as tx:
            return await KeptHolds(tx, scope).all()

    async def place(
        self, scope: Scope, user_id: UUID | None, *, conversation_id: UUID | None = None, reason: str
    ) -> LegalHoldRow:
        """Let nothing be removed of a user, or of one conversation; of anybody, without either.

        Once it is placed nothing that it binds is lost any more: deletions that are under way are waited for.

        Raises:
            PermissionDeniedError: if the caller may not.
            UserNotFoundError: if there is neither such a user nor anything of theirs.
            ConversationNotFoundError: if the organisation has none of this id, or it is not the user's.
        """
        require(scope, PRIVACY_MANAGE)
        if user_id is not None and not await is_known(self.database, self.departure, scope, user_id):
            raise UserNotFoundError("There is no such user.")
        row = LegalHoldRow(user_id=user_id, reason=reason, created_by=scope.actor_id, created_at=self.now())
        async with self.database.transaction(scope) as tx:
            await Rests(tx, scope).let_nobody_delete()
            if conversation_id is not None:
                row.conversation_id, row.user_id = conversation_id, await _owner(tx, scope, conversation_id, user_id)
            await KeptHolds(tx, scope).add(row)
            await self.recorder.record(tx, scope, _act("legal_hold.placed", row.id))
        return row

    async def release(self, scope: Scope, id: UUID) -> None:
        """Raises PermissionDeniedError, LegalHoldNotFoundError: also for one that was released before."""
        require(scope, PRIVACY_MANAGE)
        async with self.database.transaction(scope) as tx:
            if not await KeptHolds(tx, scope).release(id, self.now()):
                raise LegalHoldNotFoundError("There is no such legal hold, or it was released.")
            await self.recorder.record(tx, scope, _act("legal_hold.released", id))


class StandingHolds:
    """What conversations ask before anything of them is deleted."""

    async def bound(self, tx: Transaction, scope: Scope) -> Bound:
        """What is held now."""
        return await KeptHolds(tx, scope).bound()


async def check_nothing_is_held(tx: Transaction, scope: Scope) -> None:
    """See `store.erasing.MayGo`. Raises UnderLegalHoldError, which names the holds that stand."""
    await Rests(tx, scope).let_nobody_hold()
    standing = [str(row.id) for row in await KeptHolds(tx, scope).standing()]
    if standing:
        raise UnderLegalHoldError(f"Legal holds stand, and must be released first: {', '.join(standing)}.")


async def check_owner_is_not_held(tx: Transaction, scope: Scope, user_id: UUID) -> None:
    """See `store.erasing.OwnerMayGo`."""
    bound = await checked(tx, scope, StandingHolds())
    if bound.everything or user_id in bound.people:
        raise UnderLegalHoldError("A legal hold keeps all that is this user's: it cannot be deleted.")


async def _owner(tx: Transaction, scope: Scope, conversation_id: UUID, user_id: UUID | None) -> UUID:
    conversation = await RestingConversations(tx, scope).get(conversation_id)
    if conversation is None or user_id not in {None, conversation.owner_id}:
        raise ConversationNotFoundError("There is no such conversation, or it is another user's.")
    return conversation.owner_id


def _act(name: str, id: UUID) -> Act:
    return Act(name=name, target_kind="legal_hold", target_id=str(id))
