"""Keys of the house that sign access tokens: made, published, used and removed on time, the same on every replica.

Time is cut into periods of 30 days, each with a key of its own, so that replicas that make it at once make one. A key
is published an hour before it signs, and for two hours longer than anything that it signed.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any, Final, Never, cast

from chimera.crypto.sealing import Sealer
from chimera.kit.clock import utc_now
from chimera.kit.rounds import rounds
from chimera.store import Database
from chimera.tenancy.tokens.repository import SigningKeyRows
from chimera.tenancy.tokens.tables import SigningKeyRow
from chimera.tenancy.tokens.verifying import LONGEST, Algorithm

PERIOD: Final = timedelta(days=30)
PUBLISHED_BEFORE: Final = timedelta(hours=1)
PUBLISHED_AFTER: Final = LONGEST + timedelta(hours=2)
PURPOSE: Final = "signing_key"
_ROUND_S: Final = 60.0
# For a key that another replica has just made; tokens with made-up keys make nobody ask more often.
_RELOADED_EVERY: Final = timedelta(seconds=5)
_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A published key.

    Attributes:
        jwk: The public half, as it is published.
        sealed: The private half.
    """

    kid: str
    algorithm: Algorithm
    signs_from: datetime
    signs_until: datetime
    jwk: Mapping[str, str]
    sealed: bytes = field(repr=False)

    @property
    def public(self) -> Any:
        """The key of joserfc that checks. Made when it is asked for: a server that sees no token loads no library."""
        return _joserfc(self.jwk)


class SigningKeys:
    """The port to them for who signs and who checks; make one for each process, and run it.

    All but `run` raise DatabaseUnavailableError where the database must be asked and cannot be.
    """

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        *,
        algorithm: Algorithm = "ES256",
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._algorithm: Algorithm = algorithm
        self._now = now
        self._known: dict[str, SigningKey] = {}
        self._opened: dict[str, Any] = {}
        self._loaded_at: datetime | None = None
        self._turning = asyncio.Lock()

    async def run(self) -> Never:
        """Make, learn of and remove keys when it is time, for ever."""
        await rounds(self._round, every_s=_ROUND_S, named="signing_keys")

    async def _round(self) -> None:
        await self._load()
        if self._known:  # nobody needs a key before the first token
            await self.turn()

    async def turn(self) -> None:
        """Make what is missing now or soon, and remove what nobody needs any more."""
        async with self._turning:
            await self._load()
            now = self._now()
            for begins in sorted({_period(now), _period(now + PUBLISHED_BEFORE)}):
                if _kid(begins, self._algorithm) not in self._known:
                    await self._make(begins)
            async with self._database.system_transaction() as tx:
                await SigningKeyRows(tx).forget_removed(now)
            await self._load()

    async def signer(self) -> tuple[SigningKey, Any]:
        """The key that signs now, and its private half as joserfc's."""
        kid = _kid(_period(self._now()), self._algorithm)
        if kid not in self._known:
            await self.turn()
        key = self._known[kid]
        if kid not in self._opened:
            plain = await self._sealer.open(None, key.sealed, purpose=PURPOSE)
            self._opened = {kid: _joserfc(json.loads(plain))}
        return key, self._opened[kid]

    async def named(self, kid: str) -> SigningKey | None:
        """The published key of a name, if there is one."""
        known = self._known.get(kid)
        now = self._now()
        # Of this period it may have been made by another replica just now.
        is_due = kid in {_kid(_period(now), "ES256"), _kid(_period(now), "RS256")}
        if known is None and (is_due or self._loaded_at is None or now - self._loaded_at >= _RELOADED_EVERY):
            await self._load()
            known = self._known.get(kid)
        return known

    async def published(self) -> list[dict[str, str]]:
        """All of them, as the JWKS tells (RFC 7517)."""
        if not self._known:
            await self.turn()
        return [dict(key.jwk) for key in self._known.values()]

    async def _make(self, begins: datetime) -> None:
        private, public = await asyncio.to_thread(_generated, self._algorithm)
        sealed = await self._sealer.seal(None, json.dumps(private).encode(), purpose=PURPOSE)
        until = begins + PERIOD
        row = SigningKeyRow(
            created_at=self._now(),
            kid=_kid(begins, self._algorithm),
            algorithm=self._algorithm,
            private_key=sealed,
            public_key=public,
            signs_from=begins,
            signs_until=until,
            removed_at=until + PUBLISHED_AFTER,
        )
        async with self._database.system_transaction() as tx:
            await SigningKeyRows(tx).add_if_absent(row)

    async def _load(self) -> None:
        now = self._now()
        async with self._database.system_reading() as tx:
            rows = await SigningKeyRows(tx).published(now)
        self._known = {row.kid: self._known.get(row.kid) or _read(row) for row in rows}
        self._loaded_at = now


def _period(moment: datetime) -> datetime:
    return _EPOCH + (moment - _EPOCH) // PERIOD * PERIOD


def _kid(begins: datetime, algorithm: Algorithm) -> str:
    return f"{begins:%Y-%m-%d}.{algorithm}"


def _read(row: SigningKeyRow) -> SigningKey:
    assert row.signs_until is not None, "we always write when it ends"
    return SigningKey(
        kid=row.kid,
        algorithm=cast("Algorithm", row.algorithm),
        signs_from=row.signs_from,
        signs_until=row.signs_until,
        jwk={**row.public_key, "kid": row.kid, "alg": row.algorithm, "use": "sig"},
        sealed=row.private_key,
    )


def _generated(algorithm: Algorithm) -> tuple[dict[str, str], dict[str, str]]:
    jwk = import_module("joserfc.jwk")
    key = jwk.ECKey.generate_key("P-256") if algorithm == "ES256" else jwk.RSAKey.generate_key(2048)
    return dict(key.as_dict(private=True)), dict(key.as_dict(private=False))


def _joserfc(key: Mapping[str, str]) -> Any:
    return import_module("joserfc.jwk").import_key(dict(key))
