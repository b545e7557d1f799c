"""What makes one call the same as another: digests over everything that an answer may depend on. Pure.

The partition holds all but the last user turn, and never meets another: two calls of different partitions are never
compared, by whatever means. The key is the partition with the last user turn.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2b
from uuid import UUID

from msgspec import EncodeError, Struct, msgpack
from msgspec.structs import replace

from chimera.gateway.call import Call
from chimera.gateway.catalogue import Catalogue
from chimera.llm import Message, RelayRequest, Request
from chimera.policies.policy import Policy

# Raised when anything about the digests or what is kept changes: what was kept before is then not found.
_EDITION = 3
_SIZE = 24
_MOST_KNOWN = 1000
# Sections of a policy that have no say in what an answer is. What `resilience` changes of a call, it changes above the
# cache; and were it part of the digest, level `minimal` would find nothing of what was cached before it was set.
_APART = {"branding", "cache", "limits", "resilience", "spend"}
_encode = msgpack.Encoder(order="deterministic", uuid_format="bytes").encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked, by digest.

    Attributes:
        owner_id: Whose the answer will be; `None` where everybody of the organisation may get it.
        partition: Digest of tenant, owner, policy, model, what may be asked, parameters, instructions and history.
        key: Digest of the partition and the last user turn.
        last: The last user turn, where the messages end with one.
    """

    tenant_id: UUID
    owner_id: UUID | None
    partition: bytes
    key: bytes
    last: Message | None


class UnreadableError(Exception):
    """The request holds something that has no one way to be written down."""


class _Frame(Struct, frozen=True, array_like=True):
    """Everything around the request; whatever is added here begins a new partition."""

    edition: int
    tenant_id: UUID
    owner_id: UUID | None
    policy: bytes
    models: tuple[tuple[str, ...], ...]
    dial: float | None
    allowed: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Versions:
    """Digests of policies. A change of anything that may tell on answers makes another one."""

    _known: OrderedDict[UUID, tuple[Policy, bytes]] = field(default_factory=OrderedDict[UUID, tuple[Policy, bytes]])

    def of(self, tenant_id: UUID, policy: Policy) -> bytes:
        known = self._known.get(tenant_id)
        if known is not None and known[0] is policy:
            return known[1]
        version = blake2b(policy.model_dump_json(exclude=_APART).encode(), digest_size=_SIZE).digest()
        self._known[tenant_id] = (policy, version)
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return version


def question_of(call: Call, policy: Policy, versions: Versions, catalogue: Catalogue) -> Question:
    """Digest a call that nothing speaks against.

    Raises:
        UnreadableError: if something in it cannot be written down in one way.
    """
    scope, asked = call.scope, call.request
    assert not isinstance(asked, RelayRequest), "relays are not compared"
    owner_id = None if policy.cache.shared else scope.actor_id
    frame = _Frame(
        _EDITION,
        scope.tenant_id,
        owner_id,
        versions.of(scope.tenant_id, policy),
        tuple(meaning(catalogue, name) for name in (asked.model, *call.fallbacks)),
        call.wishes.dial,
        # Who may ask fewer models gets no answer of theirs, and none that another's fallback gave.
        scope.models,
    )
    last: Message | None = None
    if isinstance(asked, Request):
        history = asked.messages
        if history and history[-1].role == "user":
            *earlier, last = history
            history = tuple(earlier)
        rest: Struct = replace(asked, model="", messages=history, original=None)
    else:
        rest = replace(asked, model="")
    try:
        # The struct whole, so that a parameter which the language learns later is part of it from the first day.
        partition = blake2b(_encode((frame, type(asked).__name__, rest)), digest_size=_SIZE).digest()
        key = blake2b(_encode(last), digest_size=_SIZE, key=partition).digest()
    except (EncodeError, OverflowError, TypeError, ValueError) as error:  # a huge integer, half of a character, …
        raise UnreadableError from error
    return Question(tenant_id=scope.tenant_id, owner_id=owner_id, partition=partition, key=key, last=last)


def meaning(catalogue: Catalogue, model: str) -> tuple[str, ...]:
    """What a model's name stands for now: an alias that is pointed elsewhere begins a new partition."""
    return standing_for(catalogue, model) or ("?", model)


def standing_for(catalogue: Catalogue, model: str) -> tuple[str, ...]:
    """Ids of the models that bear the name, sorted; none for a name that only the routes know."""
    return tuple(sorted({target.id for target in catalogue.standing_for(model)}))
