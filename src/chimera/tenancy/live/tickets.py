"""Tickets for sockets: for pages that can send no header with one, and hosts to which no cookie goes.

The credential itself is sealed into the ticket, so that asking leaves nothing here, any replica takes it, and whoever
comes with it is known by that credential from then on: revoked, it ends what came in with the ticket.
"""

import base64
import binascii
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from starlette.requests import HTTPConnection

from chimera.crypto.sealing import Sealer, UnsealableError
from chimera.kit.clock import utc_now
from chimera.store import Database
from chimera.tenancy.channels import COOKIE, presented
from chimera.tenancy.credentials import hashed
from chimera.tenancy.errors import UnauthenticatedError
from chimera.tenancy.sessions.repository import SignInSteps
from chimera.tenancy.sessions.tables import SignInStepRow

GOOD_FOR: Final = timedelta(seconds=30)
LONGEST: Final = 16_384
_PURPOSE: Final = "socket_ticket"
_SPENT: Final = "socket_ticket"
_BYTES: Final = 16


class Ticket(NamedTuple):
    """What a page is given."""

    ticket: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickets:
    """Each is good for half a minute, and once."""

    database: Database
    sealer: Sealer
    now: Callable[[], datetime] = utc_now

    async def make(self, connection: HTTPConnection) -> Ticket:
        """A ticket that stands for the credential of this request, which was found good."""
        shown = presented(connection.scope["headers"])
        is_key = shown.key is not None
        secret = (shown.key if is_key else shown.session) or b""
        expires_at = self.now() + GOOD_FOR
        said = [secrets.token_hex(_BYTES), is_key, secret.decode("latin-1"), expires_at.timestamp()]
        sealed = await self.sealer.seal(None, json.dumps(said).encode(), purpose=_PURPOSE)
        return Ticket(base64.urlsafe_b64encode(sealed).decode().rstrip("="), expires_at)

    async def redeem(self, ticket: str) -> tuple[bytes, bytes]:
        """The header that the ticket stands for, which must still be found good.

        Raises:
            UnauthenticatedError: if it is none of ours, too old, or was used before.
            DatabaseUnavailableError: if that cannot be told.
        """
        nonce, is_key, secret, ends = await self._opened(ticket)
        expires_at = datetime.fromtimestamp(ends, UTC)
        if expires_at <= self.now():
            raise _refused()
        async with self.database.system_transaction() as tx:
            steps = SignInSteps(tx)
            await steps.forget_expired(self.now())
            if not await steps.add_if_absent(self._spent(nonce, expires_at)):
                raise _refused()
        value = str(secret).encode("latin-1")
        return (b"authorization", b"Bearer " + value) if is_key else (b"cookie", f"{COOKIE}=".encode() + value)

    async def _opened(self, ticket: str) -> tuple[str, bool, str, float]:
        try:
            if len(ticket) > LONGEST:
                raise _refused()
            sealed = base64.b64decode(ticket + "=" * (-len(ticket) % 4), altchars=b"-_", validate=True)
            said = json.loads(await self.sealer.open(None, sealed, purpose=_PURPOSE))
        except (ValueError, binascii.Error, UnsealableError) as error:
            raise _refused() from error
        nonce, is_key, secret, ends = said
        return nonce, is_key, secret, ends

    def _spent(self, nonce: str, expires_at: datetime) -> SignInStepRow:
        """Of what is in the ticket and not of the ticket, which could be spelled in several ways."""
        return SignInStepRow(
            token_hash=hashed(f"{_SPENT} {nonce}".encode()),
            kind=_SPENT,
            person_id=None,
            tenant_id_wanted=None,
            data={},
            created_at=self.now(),
            expires_at=expires_at,
        )


def _refused() -> UnauthenticatedError:
    return UnauthenticatedError("This ticket is unknown, too old, or was used. Ask for another one.")
