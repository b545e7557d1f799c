"""Challenges of passkeys: sealed into what the browser brings back, so that asking leaves nothing here."""

import base64
import binascii
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from chimera.crypto.sealing import Sealer, UnsealableError
from chimera.kit.clock import utc_now
from chimera.store import Transaction
from chimera.tenancy.credentials import hashed
from chimera.tenancy.errors import PasskeyRefusedError
from chimera.tenancy.sessions.repository import SignInSteps
from chimera.tenancy.sessions.tables import SignInStepRow

GOOD_FOR: Final = timedelta(minutes=5)
REGISTER, SIGN_IN = "register", "sign_in"
_PURPOSE: Final = "passkey_challenge"
_SPENT: Final = "passkey_spent"
_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What an authenticator must sign.

    Attributes:
        person_id: For whom a passkey is to be made; `None` for whoever signs in.
    """

    value: bytes
    person_id: UUID | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenges:
    """Each is good for five minutes, for one purpose, and once."""

    sealer: Sealer
    now: Callable[[], datetime] = utc_now

    async def make(self, kind: str, person_id: UUID | None = None) -> tuple[str, bytes]:
        """A new challenge: the token that brings it back, and its bytes."""
        value = secrets.token_bytes(_BYTES)
        ends = int((self.now() + GOOD_FOR).timestamp())
        said = json.dumps([kind, value.hex(), person_id.hex if person_id else None, ends])
        sealed = await self.sealer.seal(None, said.encode(), purpose=_PURPOSE)
        return base64.urlsafe_b64encode(sealed).decode().rstrip("="), value

    async def open(self, token: str, kind: str) -> Challenge:
        """What a token brings back.

        Raises:
            PasskeyRefusedError: if it is none of ours, for something else, or too old.
        """
        try:
            sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
            said = await self.sealer.open(None, sealed, purpose=_PURPOSE)
        except (ValueError, binascii.Error, UnsealableError) as error:
            raise refused() from error
        meant, value, person, ends = json.loads(said)
        expires_at = datetime.fromtimestamp(ends, UTC)
        if meant != kind or expires_at <= self.now():
            raise refused()
        person_id = UUID(hex=person) if person else None
        return Challenge(value=bytes.fromhex(value), person_id=person_id, expires_at=expires_at)

    async def spend(self, tx: Transaction, challenge: Challenge) -> None:
        """Use it up: only who answered it rightly comes so far.

        Raises:
            PasskeyRefusedError: if it was used before.
        """
        steps = SignInSteps(tx)
        await steps.forget_expired(self.now())
        row = SignInStepRow(
            # Of the challenge and not of its token, which could be spelled in several ways.
            token_hash=hashed(challenge.value),
            kind=_SPENT,
            person_id=None,
            tenant_id_wanted=None,
            data={},
            created_at=self.now(),
            expires_at=challenge.expires_at,
        )
        if not await steps.add_if_absent(row):
            raise refused()


def refused() -> PasskeyRefusedError:
    return PasskeyRefusedError("This passkey proves nothing here. Begin again.")
