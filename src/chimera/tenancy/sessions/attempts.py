"""Guessing passwords is made slow: failures are counted for an account, an address, and both together.

The counts are kept in the database, so that neither a restart nor a second replica gives more guesses. The pair has the
tightest limit and the account a loose one: a stranger who guesses from afar must not lock the owner out at home.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from chimera.kit.addresses import place_of
from chimera.store import Transaction
from chimera.tenancy.credentials import hashed
from chimera.tenancy.errors import TooManyAttemptsError
from chimera.tenancy.sessions.repository import AttemptCounts
from chimera.tenancy.sessions.tables import AttemptRow

LIMITS: Mapping[str, int] = MappingProxyType({"pair": 5, "account": 20, "address": 50})
MOST_SENT = 100
"""Browsers of one address that were sent to a provider and did not come back signed in."""
FIRST_WAIT_S, LONGEST_WAIT_S = 30, 900
FORGOTTEN_AFTER = timedelta(hours=1)
_REMOVED_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody at an address tries to be an account. Neither is kept in the clear."""

    email: str
    address: str

    @property
    def keys(self) -> dict[str, str]:
        """Kind of count -> the key under which it is kept."""
        place = place_of(self.address)
        names = {"pair": f"{self.email} {place}", "account": self.email, "address": place}
        return {kind: hashed(f"{kind} {name}".encode()) for kind, name in names.items()}


async def check(tx: Transaction, attempt: Attempt, now: datetime) -> None:
    """Refuse before any work is done.

    Raises:
        TooManyAttemptsError: with the seconds to wait.
    """
    _refuse_if_blocked(await AttemptCounts(tx).of(attempt.keys.values()), now)


async def failed(tx: Transaction, attempt: Attempt, now: datetime) -> None:
    """Count a wrong password.

    Raises:
        TooManyAttemptsError: if others failed meanwhile; a burst of guesses at once gives no more of them.
    """
    counts = AttemptCounts(tx)
    for key in sorted(attempt.keys.values()):
        await counts.add_if_absent(AttemptRow(key=key, failures=0, last_failed_at=now))
    rows = {row.key: row for row in await counts.locked(attempt.keys.values())}
    _refuse_if_blocked(rows.values(), now)
    for kind, key in attempt.keys.items():
        _count(rows[key], LIMITS[kind], now)
    await counts.forget_before(now - _REMOVED_AFTER)


async def still_admitted(tx: Transaction, attempt: Attempt, now: datetime) -> None:
    """A proof was right, and another is awaited: nothing is forgotten yet, or each would give new guesses at the next.

    Raises:
        TooManyAttemptsError: if others failed meanwhile.
    """
    _refuse_if_blocked(await AttemptCounts(tx).locked(attempt.keys.values()), now)


async def succeeded(tx: Transaction, attempt: Attempt, now: datetime) -> None:
    """Forget the failures of the account; those of the address stay, or one known account would clear it for all.

    Raises:
        TooManyAttemptsError: if others failed meanwhile, even though this password was right.
    """
    counts = AttemptCounts(tx)
    keys = attempt.keys
    _refuse_if_blocked(await counts.locked(keys.values()), now)
    await counts.forget([keys["pair"], keys["account"]])


async def sent_away(tx: Transaction, address: str, now: datetime) -> None:
    """Count a browser that is sent to a provider.

    Raises:
        TooManyAttemptsError: if too many of this address did not come back.
    """
    counts, key = AttemptCounts(tx), _sent_from(address)
    await counts.add_if_absent(AttemptRow(key=key, failures=0, last_failed_at=now))
    (row,) = await counts.locked([key])
    _refuse_if_blocked([row], now)
    _count(row, MOST_SENT, now)


async def came_back(tx: Transaction, address: str) -> None:
    """One of them signed in."""
    for row in await AttemptCounts(tx).locked([_sent_from(address)]):
        row.failures, row.blocked_until = max(0, row.failures - 1), None


def _sent_from(address: str) -> str:
    return hashed(f"sent from {place_of(address)}".encode())


def _count(row: AttemptRow, limit: int, now: datetime) -> None:
    earlier = 0 if now - row.last_failed_at > FORGOTTEN_AFTER else row.failures
    row.failures = earlier + 1
    row.last_failed_at = now
    row.blocked_until = _blocked_until(row.failures, limit, now)


def _refuse_if_blocked(rows: Iterable[AttemptRow], now: datetime) -> None:
    waits = [(row.blocked_until - now).total_seconds() for row in rows if row.blocked_until is not None]
    longest = max(waits, default=0.0)
    if longest > 0:
        raise TooManyAttemptsError("Too many failed sign-ins. Wait before the next try.", retry_after_s=longest)


def _blocked_until(failures: int, limit: int, now: datetime) -> datetime | None:
    if failures < limit:
        return None
    # The exponent is bounded: 2**failures would grow without end.
    wait_s = min(FIRST_WAIT_S * 2 ** min(failures - limit, 10), LONGEST_WAIT_S)
    return now + timedelta(seconds=wait_s)
