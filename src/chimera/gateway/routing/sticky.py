"""Which model a conversation is with, so that its provider's prompt cache is of use and its voice does not change."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from time import monotonic
from typing import Final, TypeAlias
from uuid import UUID

from msgspec import Struct

from chimera.gateway.call import Call
from chimera.gateway.routing.demands import first_words
from chimera.llm import Request

_MOST_KEPT: Final = 20_000
_KEPT_S: Final = 3_600.0
# Providers keep a prompt for five minutes at least, and do not cache shorter ones.
_CACHED_S: Final = 300.0
_LEAST_CACHED_TOKENS: Final = 1_024

Key: TypeAlias = tuple[UUID, bytes]


class Stay(Struct, frozen=True, kw_only=True):
    """Where a conversation was last.

    Attributes:
        asked: Digest of the last question, to tell when it is asked again.
        turns: How many messages the request had.
        prompt_tokens: Of what its provider has read, about.
    """

    model: str
    task: str
    asked: bytes
    turns: int
    prompt_tokens: int
    at: float


@dataclass(slots=True)
class Stays:
    """Of this process; a bounded number, each for an hour."""

    clock: Callable[[], float] = monotonic
    _kept: OrderedDict[Key, Stay] = field(default_factory=OrderedDict[Key, Stay])

    def of(self, key: Key) -> Stay | None:
        stay = self._kept.get(key)
        return stay if stay is not None and self.clock() - stay.at < _KEPT_S else None

    def note(self, key: Key, stay: Stay) -> None:
        self._kept[key] = stay
        self._kept.move_to_end(key)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    def cached_tokens(self, stay: Stay) -> int:
        """How much of the conversation its provider likely still has in its cache."""
        if stay.prompt_tokens < _LEAST_CACHED_TOKENS or self.clock() - stay.at > _CACHED_S:
            return 0
        return stay.prompt_tokens


def key_of(call: Call, request: Request) -> Key:
    """What a call belongs to: a conversation that is kept here, else whatever begins with the same words."""
    if call.origin.conversation_id is not None:
        return call.scope.tenant_id, call.origin.conversation_id.bytes
    return call.scope.tenant_id, digest(f"{call.scope.actor_id}\n{first_words(request)}")


def digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
