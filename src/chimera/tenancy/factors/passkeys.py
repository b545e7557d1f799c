"""Passkeys of people: made, listed, renamed, removed, and signed in with."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Trail
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.errors import FactorExistsError, FactorNotFoundError, PasskeyRefusedError
from chimera.tenancy.factors import ceremonies
from chimera.tenancy.factors.ceremonies import Json, Known, Site
from chimera.tenancy.factors.challenges import REGISTER, SIGN_IN, Challenges, refused
from chimera.tenancy.factors.factor import Begun, PasskeyInfo
from chimera.tenancy.factors.repository import Passkeys
from chimera.tenancy.factors.tables import PasskeyRow
from chimera.tenancy.repository import AllPeople, AllUsers, Users
from chimera.tenancy.sessions.beginning import Proof, Visitor, note_begun, note_refused, welcome
from chimera.tenancy.sessions.identity import SignedIn
from chimera.tenancy.sessions.proving import person_of, proven_person, speaks_for_person
from chimera.tenancy.sessions.rules import Rules, admitted

MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyBook:
    """What people do with their passkeys, and get in by them."""

    database: Database
    challenges: Challenges
    rules: Rules
    recorder: Recorder
    trail: Trail
    now: Callable[[], datetime] = utc_now

    async def begin(self, scope: Scope, site: Site) -> Begun:
        """Have an authenticator asked for a new passkey of the caller's.

        Raises:
            ProofNeededError: unless the caller proved just now who they are.
            FactorExistsError: if there are as many as anybody has.
        """
        async with self.database.system_reading() as tx:
            person = await proven_person(tx, scope, self.now())
            known = await Passkeys(tx).of(person.id)
        if len(known) >= MOST:
            raise FactorExistsError(f"There are {MOST} passkeys already. Remove one first.")
        token, challenge = await self.challenges.make(REGISTER, person.id)
        options = ceremonies.to_register(site, person, challenge, [row.credential_id for row in known])
        return Begun(step=token, options=options)

    async def add(self, scope: Scope, step: str, name: str, credential: Json, *, site: Site) -> PasskeyInfo:
        """Keep the passkey that an authenticator made.

        Raises:
            PasskeyRefusedError: if it was not made for this step, person and site.
            FactorExistsError: if it is kept already.
        """
        challenge = await self.challenges.open(step, REGISTER)
        made = ceremonies.registered(credential, challenge.value, site)
        async with self.database.system_transaction() as tx:
            person = await person_of(tx, scope)
            if challenge.person_id != person.id:
                raise refused()
            await self.challenges.spend(tx, challenge)
            row = PasskeyRow(
                id=new_id(),
                person_id=person.id,
                created_at=self.now(),
                credential_id=made.credential_id,
                public_key=made.public_key,
                sign_count=made.sign_count,
                transports=list(credential["response"].get("transports") or ()),
                backed_up=made.backed_up,
                name=name,
            )
            if not await Passkeys(tx).add_if_absent(row):
                raise FactorExistsError("This passkey is kept already.")
            await self.recorder.record(tx, scope, _act("passkey.added", row.id))
        return _info(row)

    async def list(self, scope: Scope) -> Sequence[PasskeyInfo]:
        """Oldest first, to whoever speaks for the person. Raises PermissionDeniedError if the caller is no person."""
        async with self.database.system_reading() as tx:
            person = await person_of(tx, scope)
            if not await speaks_for_person(tx, scope, person.id):
                return []
            return [_info(row) for row in await Passkeys(tx).of(person.id)]

    async def rename(self, scope: Scope, id: UUID, name: str) -> PasskeyInfo:
        """Raises FactorNotFoundError."""
        async with self.database.system_transaction() as tx:
            row = await self._own(tx, scope, id)
            row.name = name
        return _info(row)

    async def remove(self, scope: Scope, id: UUID) -> None:
        """Let it open nothing any more.

        Raises:
            FactorNotFoundError: if the caller has none of this id.
            ProofNeededError: unless the caller proved just now who they are.
        """
        async with self.database.system_transaction() as tx:
            row = await self._own(tx, scope, id)
            person = await proven_person(tx, scope, self.now())
            await Passkeys(tx).remove(person.id, row.id)
            await self.recorder.record(tx, scope, _act("passkey.removed", row.id))

    async def begin_sign_in(self, site: Site) -> Begun:
        """Have an authenticator asked for whatever passkey it has for this site. Keeps nothing, and names nobody."""
        token, challenge = await self.challenges.make(SIGN_IN)
        return Begun(step=token, options=ceremonies.to_sign_in(site, challenge))

    async def sign_in(
        self, step: str, credential: Json, *, site: Site, visitor: Visitor, tenant_id: UUID | None = None
    ) -> SignedIn:
        """Begin the session of whoever the passkey is.

        Raises:
            PasskeyRefusedError: if it is unknown, another's, used for another step or site, or a copy.
            ProviderOnlyError: if the organisation lets people in by its identity provider alone.
        """
        challenge = await self.challenges.open(step, SIGN_IN)
        async with self.database.system_reading() as tx:
            row = await Passkeys(tx).by_credential(_bytes(credential["id"]))
            person = await AllPeople(tx).get(row.person_id) if row else None
            users = [] if person is None else await AllUsers(tx).of_person(person.id)
        users = [user for user in users if tenant_id is None or user.tenant_id == tenant_id]
        if row is None or not users or _bytes(credential["response"].get("userHandle") or "") != row.person_id.bytes:
            raise refused()
        known = Known(public_key=row.public_key, sign_count=row.sign_count)
        try:
            count = ceremonies.signed(credential, challenge.value, site, known)
        except PasskeyRefusedError as error:
            note_refused(self.trail, users, error, visitor)
            raise
        user, rules = await admitted(users, self.rules)
        async with self.database.system_transaction() as tx:
            await self.challenges.spend(tx, challenge)
            if not await Passkeys(tx).used(row, sign_count=count, moment=self.now()):
                raise refused()
            proof = Proof(method="passkey", address=visitor.address, user_agent=visitor.user_agent)
            signed_in = await welcome(tx, user, proof, now=self.now(), rules=rules)
        note_begun(self.trail, signed_in, proof)
        return signed_in

    async def _own(self, tx: Transaction, scope: Scope, id: UUID) -> PasskeyRow:
        user = await Users(tx, scope).get(scope.actor_id)
        row = await Passkeys(tx).one(user.person_id, id) if user and user.person_id else None
        if row is None or not await speaks_for_person(tx, scope, row.person_id):
            raise FactorNotFoundError("There is no such passkey.")
        return row


def _bytes(text: str) -> bytes:
    """Base64url without padding, as browsers write it; nothing for what is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""


def _info(row: PasskeyRow) -> PasskeyInfo:
    return PasskeyInfo(
        id=row.id,
        name=row.name,
        backed_up=row.backed_up,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )


def _act(name: str, id: UUID) -> Act:
    return Act(name=name, target_kind="passkey", target_id=str(id))
