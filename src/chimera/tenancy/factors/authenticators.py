"""Authenticator apps and recovery codes of people: set up, checked, taken away."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chimera.crypto.sealing import Sealer
from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.errors import FactorExistsError, FactorNotFoundError, InvalidCodeError
from chimera.tenancy.factors import recovery, totp
from chimera.tenancy.factors.factor import Factors, NewTotp
from chimera.tenancy.factors.repository import Passkeys, RecoveryCodes, Totps
from chimera.tenancy.factors.tables import RecoveryCodeRow, TotpRow
from chimera.tenancy.sessions.accounts import PASSKEY, RECOVERY_CODE, TOTP
from chimera.tenancy.sessions.proving import person_of, proven_person, speaks_for_person
from chimera.tenancy.tables import PersonRow

ISSUER: Final = "Chimera"
_PURPOSE: Final = TotpRow.sealed_columns["secret"]


async def second_factors(tx: Transaction, person_id: UUID) -> Collection[str]:
    """What a person could prove beside the password; in a system transaction."""
    app = await Totps(tx).of(person_id)
    found = [TOTP] if app and app.confirmed_at else []
    found += [RECOVERY_CODE] if found and await RecoveryCodes(tx).left(person_id) else []
    return found + ([PASSKEY] if await Passkeys(tx).of(person_id) else [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticators:
    """A secret is sealed with its person, so that it opens for nobody else, wherever its row is moved to."""

    database: Database
    sealer: Sealer
    recorder: Recorder
    now: Callable[[], datetime] = utc_now

    async def show(self, scope: Scope) -> Factors:
        """Of whoever speaks for the person. Raises PermissionDeniedError if the caller is no person."""
        async with self.database.system_reading() as tx:
            person = await person_of(tx, scope)
            if not await speaks_for_person(tx, scope, person.id):
                return Factors(totp_since=None, recovery_codes_left=0, passkeys=0)
            app = await Totps(tx).of(person.id)
            return Factors(
                totp_since=app.confirmed_at if app else None,
                recovery_codes_left=await RecoveryCodes(tx).left(person.id),
                passkeys=len(await Passkeys(tx).of(person.id)),
            )

    async def begin(self, scope: Scope) -> NewTotp:
        """Set an app up; it counts when its first code was confirmed.

        Raises:
            ProofNeededError: unless the caller proved just now who they are.
            FactorExistsError: if there is one already.
        """
        async with self.database.system_reading() as tx:
            person = await proven_person(tx, scope, self.now())
        return await self.enrol(person)

    async def enrol(self, person: PersonRow) -> NewTotp:
        """Likewise for a person who has not come in yet, because their organisation wants a second factor first."""
        secret = totp.new_secret()
        sealed = await self.sealer.seal(None, person.id.bytes + secret, purpose=_PURPOSE)
        row = TotpRow(person_id=person.id, created_at=self.now(), secret=sealed, last_step=0)
        async with self.database.system_transaction() as tx:
            await Totps(tx).drop_unconfirmed(person.id)
            if not await Totps(tx).add_if_absent(row):
                raise FactorExistsError("There is an authenticator app already. Remove it first.")
        address = totp.address_of(secret, issuer=ISSUER, account=person.email)
        return NewTotp(secret=totp.shown_secret(secret), address=address)

    async def confirm(self, scope: Scope, code: str) -> None:
        """Let the app count from now on.

        Raises:
            FactorNotFoundError: if none was begun.
            InvalidCodeError: if this is not its code.
        """
        async with self.database.system_reading() as tx:
            person = await person_of(tx, scope)
            app = await Totps(tx).of(person.id)
        if app is None or app.confirmed_at is not None:
            raise FactorNotFoundError("No authenticator app waits to be confirmed.")
        step = await self.step_of(app, code)
        async with self.database.system_transaction() as tx:
            if step is None or not await Totps(tx).confirm(person.id, step, self.now()):
                raise InvalidCodeError("This code is not good. Is the clock of the device right?")
            await self.recorder.record(tx, scope, _act("totp.added", scope))

    async def remove(self, scope: Scope) -> None:
        """Take the app away, and the recovery codes with it.

        Raises:
            ProofNeededError: unless the caller proved just now who they are.
            FactorNotFoundError: if there is none.
        """
        async with self.database.system_transaction() as tx:
            person = await proven_person(tx, scope, self.now())
            if not await Totps(tx).drop(person.id):
                raise FactorNotFoundError("There is no authenticator app.")
            await RecoveryCodes(tx).drop(person.id)
            await self.recorder.record(tx, scope, _act("totp.removed", scope))

    async def new_codes(self, scope: Scope) -> list[str]:
        """Make ten recovery codes, in place of those that there were.

        Raises:
            ProofNeededError: unless the caller proved just now who they are.
            FactorNotFoundError: if there is no app that could be lost.
        """
        codes = recovery.new_codes()
        async with self.database.system_transaction() as tx:
            person = await proven_person(tx, scope, self.now())
            app = await Totps(tx).of(person.id)
            if app is None or app.confirmed_at is None:
                raise FactorNotFoundError("Set an authenticator app up first.")
            kept = RecoveryCodes(tx)
            await kept.drop(person.id)
            for code in codes:
                code_hash = recovery.hash_of(person.id, code)
                await kept.add(RecoveryCodeRow(person_id=person.id, created_at=self.now(), code_hash=code_hash))
            await self.recorder.record(tx, scope, _act("recovery_codes.made", scope))
        return codes

    async def step_of(self, app: TotpRow, code: str) -> int | None:
        """Of which step this is the app's code; `None`: of none near now. Asked outside of transactions."""
        opened = await self.sealer.open(None, app.secret, purpose=_PURPOSE)
        owner, secret = opened[:16], opened[16:]
        return totp.matching_step(secret, code.strip(), self.now()) if owner == app.person_id.bytes else None


def _act(name: str, scope: Scope) -> Act:
    return Act(name=name, target_kind="user", target_id=str(scope.actor_id))
