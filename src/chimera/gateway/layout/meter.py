"""What providers read from their prompt caches, compared with what they could have read: the savings meter."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from time import monotonic
from uuid import UUID

from chimera.gateway.knowledge import Rates
from chimera.gateway.layout.blocks import Block
from chimera.llm import Usage

# Providers keep a prompt for five minutes at least.
KEPT_S = 300.0
_MOST_PREFIXES = 50_000
_MOST_TENANTS = 10_000
_MTOK = 1_000_000


@dataclass(slots=True)
class PromptSavings:
    """Sums of one organisation's calls.

    Attributes:
        expected_tokens: That began like a call before, to the same model within five minutes, and so could be cached.
        cached_tokens: That were read from the cache.
        saved_nusd: What these cost less, where prices are known.
        missed_nusd: What the others would have cost less.
    """

    calls: int = 0
    input_tokens: int = 0
    expected_tokens: int = 0
    cached_tokens: int = 0
    saved_nusd: int = 0
    missed_nusd: int = 0


@dataclass(slots=True, kw_only=True)
class SavingsMeter:
    """Remembers digests of the prefixes that were sent, never what they say. Sums are of this process alone."""

    clock: Callable[[], float] = monotonic
    _sent: OrderedDict[bytes, float] = field(default_factory=OrderedDict[bytes, float])
    _savings: OrderedDict[UUID, PromptSavings] = field(default_factory=OrderedDict[UUID, PromptSavings])

    def of(self, tenant_id: UUID) -> PromptSavings:
        return self._savings.get(tenant_id, PromptSavings())

    def expected_share(self, tenant_id: UUID, target_id: str, blocks: Sequence[Block]) -> float:
        """Share of the prompt that was sent to the target lately; notes that all of it is being sent now."""
        now, whole = self.clock(), sum(len(block.text) for block in blocks)
        running = blake2b(f"{tenant_id}\n{target_id}\n".encode(), digest_size=16)
        passed = known = 0
        for block in blocks:
            running.update(f"{len(block.text)}\n".encode())
            running.update(block.text.encode("utf-8", "surrogatepass"))
            passed += len(block.text)
            digest = running.digest()
            if self._sent.get(digest, -KEPT_S) + KEPT_S > now:
                known = passed
            self._sent[digest] = now
            self._sent.move_to_end(digest)
        while len(self._sent) > _MOST_PREFIXES:
            self._sent.popitem(last=False)
        return known / whole if whole else 0.0

    def note(self, tenant_id: UUID, share: float, usage: Usage, rates: Rates | None, least_tokens: int) -> None:
        """Count one answer.

        Args:
            tenant_id: Whose.
            share: As `expected_share` said before it was asked.
            usage: As the provider reported it.
            rates: Of the answer; `None` where unknown: then tokens alone are counted.
            least_tokens: From how many on the provider caches at all.
        """
        sums = self._savings.setdefault(tenant_id, PromptSavings())
        self._savings.move_to_end(tenant_id)
        if len(self._savings) > _MOST_TENANTS:
            self._savings.popitem(last=False)
        expected = round(share * usage.input_tokens)
        expected = max(expected if expected >= least_tokens else 0, usage.cached_tokens)
        sums.calls += 1
        sums.input_tokens += usage.input_tokens
        sums.expected_tokens += expected
        sums.cached_tokens += usage.cached_tokens
        if rates is not None and rates.input is not None and rates.cached_input is not None:
            less = rates.input - rates.cached_input
            sums.saved_nusd += int(Fraction(usage.cached_tokens * less, _MTOK))
            sums.missed_nusd += int(Fraction((expected - usage.cached_tokens) * less, _MTOK))
