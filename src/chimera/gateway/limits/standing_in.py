"""Limits while whoever counts for all replicas is away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Never

import structlog

from chimera.gateway.limits.buckets import Bucket, LimiterAwayError, RateLimiter, Verdict
from chimera.gateway.limits.errors import LimitsUnavailableError
from chimera.kit.rounds import rounds

log = structlog.get_logger()

LOOK_S = 0.5


@dataclass(slots=True, kw_only=True)
class StandingIn:
    """Asks `shared`, and while that is away `local`, which counts for this replica alone; refuses where there is none.

    Who found it away waited once. Nobody else asks before `run` has found it back.

    Attributes:
        is_away: Whether `shared` was found away.
    """

    shared: RateLimiter
    local: RateLimiter | None
    is_away: bool = False

    async def take(self, buckets: Sequence[Bucket], tokens: int) -> Verdict:
        """As `RateLimiter.take`.

        Raises:
            LimitsUnavailableError: if nobody counts.
        """
        if not self.is_away:
            try:
                return await self.shared.take(buckets, tokens)
            except LimiterAwayError:
                if not self.is_away:
                    self.is_away = True
                    log.warning("limits.not_shared", each_replica_by_itself=self.local is not None)
        if self.local is None:
            raise LimitsUnavailableError(
                "Rate limits cannot be checked at the moment. Try again in a few seconds.", retry_after_s=1.0
            )
        return await self.local.take(buckets, tokens)

    def settle(self, buckets: Sequence[Bucket], reserved: int, used: int) -> None:
        if not self.is_away:
            self.shared.settle(buckets, reserved, used)
        elif self.local is not None:
            self.local.settle(buckets, reserved, used)

    async def run(self) -> Never:
        """Look whether it is back, while it is away; until cancelled."""
        await rounds(self._look, every_s=LOOK_S, named="limits")

    async def _look(self) -> None:
        if not self.is_away:
            return
        try:
            await self.shared.take((), 0)
        except LimiterAwayError:
            return
        self.is_away = False
        log.info("limits.shared_again")
