"""An answer that one replica is given, told to others while it is written: what is told, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
from msgspec import Struct, msgpack

from chimera.gateway.telling import Decision
from chimera.kit.scope import Scope
from chimera.llm import Event


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that one replica asks.

    Attributes:
        token: Names this asking of the question, and its replica by the first 16 bytes.
    """

    scope: Scope
    key: bytes
    token: bytes

    @property
    def name(self) -> bytes:
        """Of the question, within its tenant."""
        return name_of(self.scope, self.key)


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of an answer that has begun.

    Attributes:
        headers: What the caller is told of the call; see `Told.headers`.
    """

    provider: str
    model: str
    headers: dict[str, str] = {}
    decision: Decision | None = None


class Passage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of an answer.

    Attributes:
        begins_at: How many events come before.
        source: Told with the first event.
        is_over: Whether nothing follows. What has not come to its `Finished` by then has failed.
        worth_nusd: What the answer cost; told with the end.
    """

    begins_at: int
    events: tuple[Event, ...] = ()
    source: Source | None = None
    is_over: bool = False
    worth_nusd: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was told of an answer since the last look.

    Attributes:
        taken: How many passages there are in all; fewer than were there before if some were lost.
        is_asked: Whether its replica was still asking before the look.
    """

    passages: Sequence[Passage]
    taken: int
    is_asked: bool


class Passages(Protocol):
    """Where replicas tell each other. A tenant's answers are found by its own scope only.

    Every method raises an `AppError` of kind `unavailable` where it cannot be asked.
    """

    async def wanted(self, askings: Sequence[Asking]) -> Sequence[bool]:
        """Whether somebody wants to hear the answer to the question, of each."""
        ...

    async def tell(self, told: Sequence[tuple[Asking, Passage]], lasts_s: float) -> None:
        """Add a passage to each; the answer is forgotten once nobody has added to it for so long, nor listened."""
        ...

    async def heard(self, wanted: Sequence[tuple[Asking, int]], lasts_s: float) -> Sequence[Heard]:
        """Want to hear answers for another while, and give what was told of each after so many passages."""
        ...


def name_of(scope: Scope, key: bytes) -> bytes:
    return scope.tenant_id.bytes + key


_passage = msgpack.Decoder(Passage)
_encoder = msgpack.Encoder()


def packed(passage: Passage) -> bytes:
    return _encoder.encode(passage)


def unpacked(data: bytes) -> Passage:
    """Read what `packed` gave; what another version of the program wrote is an answer that has failed."""
    try:
        return _passage.decode(data)
    except msgspec.DecodeError:
        return Passage(begins_at=0, is_over=True)
