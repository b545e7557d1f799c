"""Queries of sessions, of sign-ins under way, and of failed ones."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists

from chimera.store import Repository, SystemRepository
from chimera.tenancy.repository import let_in
from chimera.tenancy.sessions.tables import AttemptRow, SessionRow, SignInStepRow
from chimera.tenancy.tables import UserRow


class Sessions(Repository[SessionRow]):
    table = SessionRow

    async def live_of(self, user_id: UUID, moment: datetime, *, most: int) -> Sequence[SessionRow]:
        """A user's that have not ended, the last used first."""
        live = self.mine().where(SessionRow.user_id == user_id, SessionRow.expires_at > moment)
        return list(await self._tx.scalars(live.order_by(SessionRow.last_seen_at.desc(), SessionRow.id).limit(most)))

    async def end_one(self, user_id: UUID, id: UUID) -> bool:
        return await self.run(self.removing().where(SessionRow.user_id == user_id, SessionRow.id == id)) > 0

    async def end_of(self, user_id: UUID, *, but: UUID | None = None) -> int:
        theirs = self.removing().where(SessionRow.user_id == user_id)
        return await self.run(theirs if but is None else theirs.where(SessionRow.id != but))


class AllSessions(SystemRepository[SessionRow]):
    table = SessionRow

    async def by_hashes(self, hashes: Collection[str]) -> Mapping[str, tuple[SessionRow, UserRow]]:
        """By their tokens: sessions and whom they act for, unless they are shut out."""
        query = let_in(self.every().join(UserRow, _same_person())).add_columns(UserRow)
        found = (await self._tx.execute(query.where(SessionRow.token_hash.in_(hashes)))).all()
        return {session.token_hash: (session, user) for session, user in found}

    async def of_hashes(self, hashes: Collection[str]) -> Sequence[SessionRow]:
        """The sessions of these tokens, also those that have ended and are still kept."""
        return list(await self._tx.scalars(self.every().where(SessionRow.token_hash.in_(hashes))))

    async def end(self, token_hash: str) -> int:
        return await self.run(self.removing().where(SessionRow.token_hash == token_hash))

    async def end_of_person(self, person_id: UUID, *, but: str | None = None) -> int:
        """End the sessions of a person in all organisations, but the one whose token has the hash `but`."""
        them = exists(UserRow.id).where(_same_person(), UserRow.person_id == person_id)
        statement = self.removing().where(them)
        return await self.run(statement if but is None else statement.where(SessionRow.token_hash != but))

    async def forget_expired(self, moment: datetime) -> int:
        return await self.run(self.removing().where(SessionRow.expires_at <= moment))

    async def prolong(self, id: UUID, *, seen: datetime, expires: datetime) -> int:
        statement = self.changing().where(SessionRow.id == id)
        return await self.run(statement.values(last_seen_at=seen, expires_at=expires))


class SignInSteps(SystemRepository[SignInStepRow]):
    table = SignInStepRow

    async def locked(self, token_hash: str, *, kind: str) -> SignInStepRow | None:
        query = self.every().where(SignInStepRow.token_hash == token_hash, SignInStepRow.kind == kind)
        return (await self._tx.scalars(query.with_for_update())).one_or_none()

    async def remove(self, id: UUID) -> bool:
        return await self.run(self.removing().where(SignInStepRow.id == id)) > 0

    async def end_of_person(self, person_id: UUID) -> int:
        return await self.run(self.removing().where(SignInStepRow.person_id == person_id))

    async def forget_expired(self, moment: datetime) -> int:
        return await self.run(self.removing().where(SignInStepRow.expires_at <= moment))


class AttemptCounts(SystemRepository[AttemptRow]):
    table = AttemptRow

    async def of(self, keys: Collection[str]) -> Sequence[AttemptRow]:
        return list(await self._tx.scalars(self.every().where(AttemptRow.key.in_(keys))))

    async def locked(self, keys: Collection[str]) -> Sequence[AttemptRow]:
        """The rows, in the order of their keys so that two sign-ins never wait for each other."""
        query = self.every().where(AttemptRow.key.in_(keys)).order_by(AttemptRow.key).with_for_update()
        return list(await self._tx.scalars(query))

    async def forget(self, keys: Collection[str]) -> int:
        return await self.run(self.removing().where(AttemptRow.key.in_(keys)))

    async def forget_before(self, moment: datetime) -> int:
        return await self.run(self.removing().where(AttemptRow.last_failed_at < moment))


def _same_person() -> ColumnElement[bool]:
    return and_(UserRow.tenant_id == SessionRow.tenant_id, UserRow.id == SessionRow.user_id)
