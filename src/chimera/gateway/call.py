"""What travels through the pipeline, and what a stage is."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from operator import is_
from typing import Literal, Protocol, Self, TypeAlias
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from chimera.gateway.accounts.account import LABEL, OWN, Account
from chimera.gateway.telling import Told
from chimera.gateway.tokens import Content, content_of
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import EmbeddingRequest, Message, ModelCard, RelayRequest, Request, Stream
from chimera.policies.policy import Policy

Asked: TypeAlias = Request | EmbeddingRequest | RelayRequest
"""Everything that a model may be asked."""


class Target(Struct, frozen=True, kw_only=True):
    """One model at one provider connection.

    Attributes:
        card: What is known of the model; `None` for one that the provider does not list.
        account: The organisation's own, if it is not the house's that is asked.
    """

    provider: str
    model: str
    card: ModelCard | None = None
    account: Account | None = None

    @property
    def id(self) -> str:
        """The model's id on every surface, e.g. `openai/gpt-5`."""
        return f"{self.provider}/{self.model}"

    @property
    def label(self) -> str:
        """A name out of a bounded set, for metrics: callers may send any string as a model."""
        if self.account is not None:
            return f"{LABEL}/{self.account.kind}"
        return self.id if self.card else f"{self.provider}/other"

    @property
    def provider_label(self) -> str:
        """The provider, out of a bounded set likewise."""
        return self.provider if self.account is None else LABEL

    @property
    def connection(self) -> str:
        """Whose address and credential: what one organisation's own does says nothing of the others."""
        return self.provider if self.account is None else f"{OWN}{self.account.id}"

    @property
    def key(self) -> str:
        """The model at its connection: what is learned of one is kept under it."""
        return f"{self.connection}/{self.model}"


def wires_of(target: Target, house: Mapping[str, Collection[str]]) -> Collection[str]:
    """Wires whose requests the target gets as they are, given those of the house's providers."""
    return house.get(target.provider, ()) if target.account is None else target.account.wires


class Step(Struct, frozen=True, kw_only=True):
    """One attempt at one target: what came of it. `outcome` is `ok` or an error's code."""

    target: Target
    attempt: int
    outcome: str


class Trail(Struct, kw_only=True):
    """What happened on the way, for response headers, logs and whoever asks why. The one thing of a call that changes.

    Attributes:
        answered_by: The target whose answer was delivered, once its first event has come.
        steps: Every attempt, in order.
        told: What the stages found out and did.
        policy: What the caller's organisation decided, once it was looked up. It holds for the whole call; stages that
            it gives nothing to do do not stand around the stream.
        content: Of the question that was measured last, with what was read of it; see `Call.content_of`.
    """

    answered_by: Target | None = None
    steps: list[Step] = field(default_factory=list)
    told: Told = field(default_factory=Told)
    policy: Policy | None = None
    content: tuple[tuple[object, ...], Content] | None = None


class Origin(Struct, frozen=True, kw_only=True):
    """Where a call comes from, for the ledger and for rules that follow a conversation.

    Attributes:
        feature: What of the product asked: `chat`, `api`, `batch`, `responses`, …
        conversation_id: Of a conversation that is kept here; `None` for all others.
        request_id: The HTTP request's.
    """

    feature: str = "api"
    conversation_id: UUID | None = None
    request_id: str = ""


class Wishes(Struct, frozen=True, kw_only=True):
    """What the caller asks of the gateway, not of the model; `None` and `default` leave it to the tenant's policy.

    Attributes:
        cache: `off` neither reads nor keeps, `refresh` asks anew and keeps the answer.
        dial: Of `auto`: 0 is cheapest, 1 is best.
        most_nusd: What the call may cost, all its attempts together: an answer is cut there. A model without a price
            is not asked then, and none twice at once.
    """

    cache: Literal["default", "off", "refresh"] = "default"
    dial: float | None = None
    most_nusd: int | None = None


NO_ORIGIN, NO_WISHES = Origin(), Wishes()


Fit: TypeAlias = Callable[[Target], Awaitable[tuple[Message, ...] | None]]
"""Gives the messages that a target is to be shown; `None`: those that are there."""


class Call(Struct, frozen=True, kw_only=True):
    """One request on its way. Immutable but for its trail: a stage passes a changed copy on.

    Attributes:
        id: Names the call in the ledger; every attempt of it bears the same.
        deadline: Loop time (seconds) after which nobody waits for the answer.
        fallbacks: Ids of models to ask when the requested one cannot answer, best first.
        target: Set by `Fallback`; `None` above it.
        attempt: 1 for the first try at a target; set by `Retry`.
        cached_only: Whether no model may be asked: only what is cached is given.
        likeness: Set by `Cache`: calls that bear the same ask the same; empty where one is like no other.
        routed: Whom the router chose, best first; empty where the caller named a model.
        fit: Gives the messages as another target is to be shown them; without it all are shown the same.
    """

    scope: Scope
    request: Asked
    deadline: float
    id: UUID = field(default_factory=new_id)
    fallbacks: tuple[str, ...] = ()
    origin: Origin = NO_ORIGIN
    wishes: Wishes = NO_WISHES
    trail: Trail = field(default_factory=Trail)
    target: Target | None = None
    attempt: int = 1
    cached_only: bool = False
    likeness: bytes = b""
    routed: tuple[Target, ...] = ()
    fit: Fit | None = None

    async def fitted_to(self, target: Target) -> Self:
        """As `to`, with what this target is to be shown."""
        if self.fit is None or not isinstance(self.request, Request):
            return self.to(target)
        messages = await self.fit(target)
        return (
            self.to(target)
            if messages is None
            else replace(self.to(target), request=replace(self.request, messages=messages))
        )

    def to(self, target: Target) -> Self:
        return self if target is self.target and self.attempt == 1 else replace(self, target=target, attempt=1)

    def tried(self, attempt: int) -> Self:
        return self if attempt == self.attempt else replace(self, attempt=attempt)

    @property
    def aim(self) -> Target:
        """The target; only for stages that stand below `Fallback`."""
        assert self.target is not None, "this stage stands below Fallback"
        return self.target

    def content_of(self, request: Request) -> Content:
        """What of the call's question costs tokens: walked over once, however many stages ask and change the rest."""
        read = (request.messages, request.system, request.tools, request.response_format)
        known = self.trail.content
        if known is None or not _same(known[0], read):
            known = self.trail.content = (read, content_of(request))
        return known[1]

    @property
    def remaining_s(self) -> float:
        """Seconds left before the deadline; never negative."""
        return max(0.0, self.deadline - asyncio.get_running_loop().time())


def _same(some: Sequence[object], others: Sequence[object]) -> bool:
    """Whether they are the very same objects, which is asked so often that a loop would cost more than the answer."""
    return all(map(is_, some, others))


def new_call(
    scope: Scope,
    request: Asked,
    *,
    patience_s: float,
    fallbacks: tuple[str, ...] = (),
    origin: Origin = NO_ORIGIN,
    wishes: Wishes = NO_WISHES,
) -> Call:
    """Make a call whose deadline is `patience_s` seconds from now."""
    deadline = asyncio.get_running_loop().time() + patience_s
    return Call(scope=scope, request=request, deadline=deadline, fallbacks=fallbacks, origin=origin, wishes=wishes)


Handler: TypeAlias = Callable[[Call], Stream]


class Stage(Protocol):
    """One concern of the pipeline.

    An implementation is a frozen dataclass: its fields are its collaborators, and its one method is an async generator
    that asks `proceed` for the stream below and yields what should go up. It must close what it opened (`aclosing`,
    or `finally` where every call passes, which is quicker) and must not yield inside a timeout or task group (PEP 789).
    """

    def __call__(self, call: Call, proceed: Handler) -> Stream: ...
