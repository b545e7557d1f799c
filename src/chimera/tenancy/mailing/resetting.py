"""A new password for whoever reads the person's e-mail, and nothing else: no session, no second factor less."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.mail import Mail
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.identity import normalised
from chimera.tenancy.mailing.posting import Post
from chimera.tenancy.mailing.proving import NEW_PASSWORD, VERIFY, MailProofs
from chimera.tenancy.mailing.repository import EveryTokenFamily
from chimera.tenancy.repository import AllPeople, AllUsers
from chimera.tenancy.sessions.passwords import Passwords
from chimera.tenancy.sessions.proving import person_of
from chimera.tenancy.sessions.repository import AllSessions, SignInSteps
from chimera.tenancy.sessions.rules import Rules
from chimera.tenancy.sessions.strength import Strength
from chimera.tenancy.tables import PersonRow, UserRow

_RESET: Final = """\
Somebody, probably you, asked for a new password at Chimera.

{how}

It is good for 30 minutes, and once. If it was not you, there is nothing to do.
"""
_VERIFY: Final = """\
Show that this address is yours:

{how}

It is good for a day, and once. If you do not know Chimera, there is nothing to do.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """What is written to people.

    Attributes:
        site: Where the web app is reached. Never taken from a request: its `Host` is whatever its sender likes.
    """

    site: str | None

    def way(self, path: str, token: str) -> str:
        """How the token is brought back: behind `#`, which no browser sends and no proxy writes down."""
        return f"{self.site}/{path}#{token}" if self.site else f"Enter this where you were asked for it:\n{token}"

    def reset(self, person: PersonRow, token: str) -> Mail:
        text = _RESET.format(how=self.way("new-password", token))
        return Mail(to=person.email, subject="A new password for Chimera", text=text)

    def verify(self, person: PersonRow, token: str) -> Mail:
        text = _VERIFY.format(how=self.way("verify", token))
        return Mail(to=person.email, subject="Is this your address?", text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resetting:
    """Attributes are what it is made of; `on_revoked` is called when sessions ended before their time."""

    database: Database
    passwords: Passwords
    rules: Rules
    proofs: MailProofs
    post: Post
    letters: Letters
    recorder: Recorder
    on_revoked: Callable[[], None]
    now: Callable[[], datetime] = utc_now

    def ask(self, email: str) -> None:
        """Send a token to the address, if it is somebody's. Returns at once, whoever's it is.

        Raises:
            InvalidEmailError: if it cannot be an address.
        """
        address = normalised(email)
        self.post.soon(lambda: self._written(address))

    async def reset(self, token: str, password: str) -> None:
        """Set a new password. Every session, token and sign-in of the person ends, wherever; none begins.

        Raises:
            MailTokenError: if the token is not, or not any more, good.
            WeakPasswordError: if the password is weak; the token stays good.
            SignInBusyError: when too many sign in at once.
        """
        row, person = await self.proofs.bearer(token, NEW_PASSWORD)
        await Strength(database=self.database, rules=self.rules).check(person, password, field="new_password")
        password_hash, now = await self.passwords.hash(password), self.now()
        async with self.database.system_transaction() as tx:
            await self.proofs.spend(tx, row)
            people = AllPeople(tx)
            them = people.changing().where(PersonRow.id == person.id)
            values = {"password_hash": password_hash, "password_changed_at": now, "email_verified_at": now}
            await people.run(them.values(**values))
            await self._end_everything(tx, person.id, now)
            for user in await AllUsers(tx).of_person(person.id):
                scope = Scope(tenant_id=user.tenant_id, actor_id=user.id, permissions=frozenset())
                act = Act(name="password.reset", target_kind="user", target_id=str(user.id))
                await self.recorder.record(tx, scope, act)
        self.on_revoked()

    async def ask_to_verify(self, scope: Scope) -> None:
        """Send a token to the caller's own address, unless one was sent within the hour.

        Raises:
            PermissionDeniedError: if the caller is no person.
        """
        async with self.database.system_reading() as tx:
            person = await person_of(tx, scope)

        async def written() -> Mail | None:
            sent = await self.proofs.token_for(person, VERIFY)
            return None if sent is None else self.letters.verify(person, sent)

        self.post.soon(written)

    async def verify(self, token: str) -> None:
        """Note that the address of the token's person is read by them.

        Raises:
            MailTokenError: if the token is not, or not any more, good.
        """
        row, person = await self.proofs.bearer(token, VERIFY)
        async with self.database.system_transaction() as tx:
            await self.proofs.spend(tx, row)
            people = AllPeople(tx)
            them = people.changing().where(PersonRow.id == person.id)
            await people.run(them.values(email_verified_at=self.now()))

    async def _written(self, address: str) -> Mail | None:
        async with self.database.system_reading() as tx:
            person = await AllPeople(tx).by_email(address)
            users = await AllUsers(tx).of_person(person.id) if person else []
        if person is None or not await self._may_have_password(users):
            return None
        token = await self.proofs.token_for(person, NEW_PASSWORD)
        return None if token is None else self.letters.reset(person, token)

    async def _may_have_password(self, users: Sequence[UserRow]) -> bool:
        """Whether a password would let them in anywhere: not past an organisation's identity provider."""
        for user in users:
            if (await self.rules(user.tenant_id)).admit(user):
                return True
        return False

    async def _end_everything(self, tx: Transaction, person_id: UUID, now: datetime) -> None:
        await AllSessions(tx).end_of_person(person_id)
        await SignInSteps(tx).end_of_person(person_id)
        ids = [user.id for user in await AllUsers(tx).of_person(person_id)]
        await EveryTokenFamily(tx).end_of_users(ids, now, reason="password_reset")
