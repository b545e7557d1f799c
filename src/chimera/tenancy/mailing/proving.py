"""Tokens that go to an address, and come back once from whoever reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chimera.kit.clock import utc_now
from chimera.store import Database, Transaction
from chimera.tenancy.credentials import hashed, new_session_token
from chimera.tenancy.errors import MailTokenError
from chimera.tenancy.mailing.repository import MailTokens
from chimera.tenancy.mailing.tables import MailTokenRow
from chimera.tenancy.repository import AllPeople
from chimera.tenancy.tables import PersonRow

_REMEMBERED: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a token is good for, and how long; and how seldom one is sent to a person."""

    purpose: str
    good_for: timedelta
    every: timedelta


NEW_PASSWORD: Final = Errand(purpose="new_password", good_for=timedelta(minutes=30), every=timedelta(hours=1))
VERIFY: Final = Errand(purpose="verify", good_for=timedelta(days=1), every=timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class MailProofs:
    database: Database
    now: Callable[[], datetime] = utc_now

    async def token_for(self, person: PersonRow, errand: Errand) -> str | None:
        """A new token for the errand; `None` if one was sent lately: nobody's mailbox is flooded by us."""
        token, now = new_session_token(), self.now()
        async with self.database.system_transaction() as tx:
            tokens = MailTokens(tx)
            await tokens.forget_before(now - _REMEMBERED)
            # The person's row is held, so that of two who ask at once one gets none.
            people = AllPeople(tx)
            await people.run(people.changing().where(PersonRow.id == person.id).values(email=person.email))
            if await tokens.sent_since(person.id, now - errand.every, purpose=errand.purpose):
                return None
            await tokens.add(
                MailTokenRow(
                    person_id=person.id,
                    purpose=errand.purpose,
                    token_hash=hashed(token.encode()),
                    created_at=now,
                    expires_at=now + errand.good_for,
                )
            )
        return token

    async def bearer(self, token: str, errand: Errand) -> tuple[MailTokenRow, PersonRow]:
        """Whose token this is, if it is good now. It stays so until `spend`.

        Raises:
            MailTokenError: if it is none, was used, is too old, or is for something else; which, is not told.
        """
        async with self.database.system_reading() as tx:
            row = await MailTokens(tx).by_hash(hashed(token.encode("utf-8", "replace")), purpose=errand.purpose)
            person = await AllPeople(tx).get(row.person_id) if row else None
        if row is None or person is None or row.used_at or row.expires_at <= self.now() or person.disabled_at:
            raise _over()
        return row, person

    async def spend(self, tx: Transaction, row: MailTokenRow) -> None:
        """Use it up, and whatever else was sent to the person for the same.

        Raises:
            MailTokenError: if it was used meanwhile.
        """
        if not await MailTokens(tx).use(row.id, self.now()):
            raise _over()
        await MailTokens(tx).use_up(row.person_id, self.now(), purpose=row.purpose)


def _over() -> MailTokenError:
    return MailTokenError("This link is not good any more. Ask for another.")
