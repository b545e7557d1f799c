"""How often whoever is at one address may ask for what needs no credential."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from chimera.gateway.limits.buckets import MICROSECONDS, Bucket, LimiterAwayError, RateLimiter, Rule
from chimera.gateway.limits.errors import RateLimitExceededError
from chimera.kit.addresses import place_of

A_MINUTE: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers:
    """Counts by address, over all replicas where they count together. Where nobody counts, all are admitted."""

    limiter: RateLimiter
    a_minute: int = A_MINUTE

    async def admit(self, address: str, what: str) -> None:
        """Take one request out of what the address may ask of `what`.

        Raises:
            RateLimitExceededError: if that is used up; then nothing is taken.
        """
        place = sha256(place_of(address).encode()).hexdigest()
        bucket = Bucket(
            key=f"{{{what}:{place}}}",
            rule=Rule.RATE,
            whose="user",
            unit="requests",
            period="minute",
            amount=self.a_minute,
        )
        try:
            verdict = await self.limiter.take((bucket,), 0)
        except LimiterAwayError:
            return
        if verdict.refused_by is not None:
            raise RateLimitExceededError(
                "Too many requests from your address. Try again in a moment.",
                retry_after_s=verdict.wait_us / MICROSECONDS,
                limit=f"address requests minute of {what}",
            )
