"""The second step of signing in: a code beside the password, or setting up what makes one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chimera.kit.clock import utc_now
from chimera.kit.trail import Trail
from chimera.store import Database, Transaction
from chimera.tenancy.errors import InvalidCodeError, SignInStepError
from chimera.tenancy.factors import recovery
from chimera.tenancy.factors.authenticators import Authenticators
from chimera.tenancy.factors.factor import NewTotp
from chimera.tenancy.factors.repository import RecoveryCodes, Totps
from chimera.tenancy.factors.tables import TotpRow
from chimera.tenancy.repository import AllPeople, AllUsers
from chimera.tenancy.sessions import attempts, steps
from chimera.tenancy.sessions.accounts import ENROL
from chimera.tenancy.sessions.attempts import Attempt
from chimera.tenancy.sessions.beginning import Proof, Visitor, note_begun, note_refused, welcome
from chimera.tenancy.sessions.identity import SignedIn
from chimera.tenancy.sessions.rules import Rules
from chimera.tenancy.sessions.tables import SignInStepRow
from chimera.tenancy.tables import PersonRow, UserRow


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """What a code is checked against."""

    step: SignInStepRow
    person: PersonRow
    app: TotpRow | None
    attempt: Attempt
    users: Sequence[UserRow]

    @property
    def enrols(self) -> bool:
        methods = self.step.data["methods"]
        return isinstance(methods, list) and ENROL in methods


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStep:
    database: Database
    authenticators: Authenticators
    rules: Rules
    trail: Trail
    now: Callable[[], datetime] = utc_now

    async def answer(self, token: str, code: str, *, visitor: Visitor) -> SignedIn:
        """Begin the session that the password began, by a code of the app or a recovery code.

        Wrong codes are counted like wrong passwords, and a step takes five of them.

        Raises:
            SignInStepError: if the step is none, too old, or was tried or used already.
            InvalidCodeError: if the code is not good, or was used before.
            TooManyAttemptsError: after repeated failures.
        """
        tried = await self._try(token, visitor)
        number = None if tried.app is None else await self.authenticators.step_of(tried.app, code)
        tenant_id, now = tried.step.tenant_id_wanted, self.now()
        assert tenant_id is not None, "a step that awaits a second factor knows the organisation"
        rules = await self.rules(tenant_id)
        async with self.database.system_transaction() as tx:
            method = await self._spend(tx, tried, code, number)
            if method is None:
                await attempts.failed(tx, tried.attempt, now)
            else:
                await attempts.succeeded(tx, tried.attempt, now)
                await steps.finish(tx, tried.step)
                users = [user for user in await AllUsers(tx).of_person(tried.person.id) if user.tenant_id == tenant_id]
                if not users or not rules.admit(users[0]):
                    raise SignInStepError("This sign-in is over. Begin again.")
                first = str(tried.step.data["method"])
                proof = Proof(method=f"{first}+{method}", address=visitor.address, user_agent=visitor.user_agent)
                signed_in = await welcome(tx, users[0], proof, now=now, rules=rules)
        if method is not None:
            note_begun(self.trail, signed_in, proof)
            return signed_in
        error = InvalidCodeError("This code is not good, or was used before.")
        note_refused(self.trail, tried.users, error, visitor)
        raise error

    async def enrol(self, token: str, *, visitor: Visitor) -> NewTotp:
        """Set an app up for who has none and needs one to come in; its first code then answers the step.

        Raises:
            SignInStepError: if the step is none, too old, or for who has a second factor.
        """
        tried = await self._try(token, visitor)
        if not tried.enrols:
            raise SignInStepError("This sign-in is over. Begin again.")
        return await self.authenticators.enrol(tried.person)

    async def _try(self, token: str, visitor: Visitor) -> _Tried:
        async with self.database.system_transaction() as tx:
            step = await steps.tried(tx, token, now=self.now())
            person = await AllPeople(tx).get(step.person_id) if step.person_id else None
            if person is None:
                raise SignInStepError("This sign-in is over. Begin again.")
            attempt = Attempt(email=person.email, address=visitor.address)
            await attempts.check(tx, attempt, self.now())
            users = [
                user for user in await AllUsers(tx).of_person(person.id) if user.tenant_id == step.tenant_id_wanted
            ]
            app = await Totps(tx).of(person.id)
            return _Tried(step=step, person=person, app=app, attempt=attempt, users=users)

    async def _spend(self, tx: Transaction, tried: _Tried, code: str, number: int | None) -> str | None:
        """Use the code up, and say what it was; `None` if it is not good."""
        person_id, app, now = tried.person.id, tried.app, self.now()
        if app is None:
            return None
        if app.confirmed_at is None:
            confirmed = number is not None and tried.enrols and await Totps(tx).confirm(person_id, number, now)
            return "totp" if confirmed else None
        if number is not None:
            return "totp" if await Totps(tx).use(person_id, number) else None
        used = await RecoveryCodes(tx).use(person_id, recovery.hash_of(person_id, code), now)
        return "recovery_code" if used else None
