"""Give answers again."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter
from typing import Literal, TypeAlias

from msgspec.structs import replace

from chimera.gateway.caching.answers import Answers
from chimera.gateway.caching.eligible import Reason, objection
from chimera.gateway.caching.elsewhere import Elsewhere
from chimera.gateway.caching.entry import LARGEST, Entry, pieces, weight_of
from chimera.gateway.caching.likeness import Likeness
from chimera.gateway.caching.passage import Asking
from chimera.gateway.caching.question import Question, UnreadableError, Versions, question_of, standing_for
from chimera.gateway.caching.savings import Savings
from chimera.gateway.caching.semantic.lifetime import lifetime_s
from chimera.gateway.caching.similar import Finding
from chimera.gateway.call import Call, Handler, Target
from chimera.gateway.catalogue import Catalogue
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Event, Finished, Request, Started, Stream, Usage, UsageReported
from chimera.policies.policy import Policy

_Kind: TypeAlias = Literal["exact", "semantic"]
_NOTHING: tuple[Entry | None, _Kind, Finding | None] = (None, "exact", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keeping:
    """How an answer is kept: for whom else it may do, and how long at most."""

    ttl_s: int
    finding: Finding | None

    @property
    def lifetime_s(self) -> int:
        return self.ttl_s if self.finding is None else lifetime_s(self.finding.asked.text, self.ttl_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """Answers a question that was answered before, where the organisation wants it; keeps what may be given again.

    Calls that can be compared are asked in the house's own words, not in their caller's, so that every surface can be
    answered with what another one asked for. They get their `likeness`, by which `Join` knows them.

    Attributes:
        policy: What the caller's organisation decided.
        catalogue: Gives the snapshot in force for somebody.
        likeness: Knows which questions mean the same; without it only the same words do.
        elsewhere: Knows what other replicas are asking just now; without it this one asks, too.
    """

    policy: Callable[[Scope], Awaitable[Policy]]
    catalogue: Callable[[Scope], Catalogue]
    answers: Answers
    savings: Savings
    versions: Versions = field(default_factory=Versions)
    likeness: Likeness | None = None
    elsewhere: Elsewhere | None = None

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        policy = call.trail.policy
        return self._looked_up(call, proceed) if policy is None or policy.cache.mode != "off" else proceed(call)

    async def _looked_up(self, call: Call, proceed: Handler) -> Stream:
        policy = await self.policy(call.scope)
        if policy.cache.mode == "off":
            stream = proceed(call)
        else:
            question = self._question(call, policy)
            if isinstance(question, str):
                call.trail.told.headers["cache"] = f"skip; {question}"
                self.savings.skipped(question)
                stream = proceed(call)
            else:
                stream = self._answered(call, question, policy, proceed)
        async with aclosing(stream) as events:
            async for event in events:
                yield event

    def _question(self, call: Call, policy: Policy) -> Question | Reason:
        reason = objection(call, policy.cache)
        if reason is not None:
            return reason
        try:
            return question_of(call, policy, self.versions, self.catalogue(call.scope))
        except UnreadableError:
            return "unreadable"

    async def _answered(self, call: Call, question: Question, policy: Policy, proceed: Handler) -> Stream:
        keeps, refresh = policy.cache.mode != "join", call.wishes.cache == "refresh"
        entry, kind, finding = await self._found(call, question, policy) if keeps and not refresh else _NOTHING
        if entry is not None:
            stream = self._again(call, entry, kind)
        else:
            keeping = _Keeping(ttl_s=policy.cache.ttl_s, finding=finding) if keeps else None
            stream = self._asked(call, question, keeping, proceed)
            if self.elsewhere is not None and not refresh:
                stream = self._asked_once(call, question.key, self.elsewhere, otherwise=stream, keeps=keeps)
        async with aclosing(stream) as events:
            async for event in events:
                yield event

    async def _asked_once(
        self, call: Call, key: bytes, elsewhere: Elsewhere, *, otherwise: Stream, keeps: bool
    ) -> Stream:
        """What another replica is answered just now; where none asks, or cannot be heard, what comes otherwise."""
        unheard: Asking | None = None
        while isinstance(found := await elsewhere.find(call, key, keeps=keeps), Asking):
            if unheard is not None and found.token == unheard.token:
                elsewhere.ask(call.scope, key)
                found = None
                break
            given = False
            async with aclosing(elsewhere.heard(call, found)) as events:
                async for event in events:
                    given = True
                    yield event
            if given:
                return
            unheard = found
        stream = otherwise if found is None else self._again(call, found, "exact")
        try:
            async with aclosing(stream) as events:
                async for event in events:
                    yield event
        finally:
            if found is None:
                elsewhere.leave(call.scope, key)

    async def _asked(self, call: Call, question: Question, keeping: _Keeping | None, proceed: Handler) -> Stream:
        refresh = call.wishes.cache == "refresh"
        asked = _in_our_words(call, likeness=b"" if refresh else question.key)
        heard, weight = list[Event](), 0
        async with aclosing(proceed(asked)) as events:
            async for event in events:
                if keeping is not None and weight <= LARGEST:
                    heard.append(event)
                    weight += weight_of(event)
                if type(event) is Started and call.trail.told.cache is None:
                    call.trail.told.headers["cache"] = "refreshed" if refresh else "miss"
                    self.savings.missed(call)
                elif type(event) is Finished and keeping is not None and weight <= LARGEST:
                    self._keep(call, question, heard, keeping)
                yield event

    async def _found(
        self, call: Call, question: Question, policy: Policy
    ) -> tuple[Entry | None, _Kind, Finding | None]:
        """The answer that may be given, and how it was found; else what is known of questions that are like this."""
        entry = await self.answers.get(call.scope, question.key)
        if entry is not None or self.likeness is None or policy.cache.mode != "semantic":
            return entry, "exact", None
        finding = await self.likeness.find(call.scope, question, policy.cache.max_wrong)
        if finding is None:
            return None, "semantic", None
        call.trail.told.headers["cache-likeness"] = finding.why
        entry = await self.likeness.answer(call.scope, finding)
        if entry is None and (given := self.answers.known(call.scope, question.key)) is not None:
            return given, "exact", None  # meanwhile, to somebody who asked the same
        return entry, "semantic", finding

    async def _again(self, call: Call, entry: Entry, kind: _Kind) -> Stream:
        begun, told, target = perf_counter(), call.trail.told, _target(entry, self.catalogue(call.scope))
        call.trail.answered_by = target
        told.cache = kind
        told.headers["cache-id"] = str(entry.id)
        age = self.answers.clock() - entry.created_at
        told.headers["cache-age-s"] = str(max(0, int(age.total_seconds())))
        for event in entry.replayed():
            yield event
        self.savings.saved(call, target, kind, worth_nusd=entry.cost_nusd, begun=begun)

    def _keep(self, call: Call, question: Question, heard: list[Event], keeping: _Keeping) -> None:
        trail, kept = call.trail, pieces(heard)
        answered = trail.answered_by
        if kept is None or answered is None or self._is_known(call, question):
            return
        if _is_substitute(call, answered, self.catalogue(call.scope)):
            return
        started = heard[0]
        assert isinstance(started, Started), "a stream begins with Started"
        now = self.answers.clock()
        entry = Entry(
            id=new_id(),
            tenant_id=question.tenant_id,
            owner_id=question.owner_id,
            partition=question.partition,
            key=question.key,
            provider=answered.provider,
            model=answered.model,
            named=started.model,
            lost=started.lost,
            events=kept,
            usage=next((event.usage for event in reversed(heard) if isinstance(event, UsageReported)), Usage()),
            cost_nusd=sum(charge.cost_nusd or 0 for charge in trail.told.charges),
            created_at=now,
            expires_at=now + timedelta(seconds=keeping.lifetime_s),
        )
        self.answers.keep(call.scope, entry)
        if self.likeness is not None and keeping.finding is not None:
            self.likeness.learn(call.scope, keeping.finding, entry)

    def _is_known(self, call: Call, question: Question) -> bool:
        """Whether the one whose call this one joined has kept the answer already: then it is not kept again."""
        return call.trail.told.cache is not None and self.answers.known(call.scope, question.key) is not None


def _in_our_words(call: Call, *, likeness: bytes) -> Call:
    request = call.request
    if isinstance(request, Request) and request.original is not None:
        request = replace(request, original=None)
    return replace(call, request=request, likeness=likeness)


def _target(entry: Entry, catalogue: Catalogue) -> Target:
    return catalogue.answered(entry.provider, entry.model)


def _is_substitute(call: Call, answered: Target, catalogue: Catalogue) -> bool:
    """Whether another model stood in for the one that was asked: its answer is for now, not for later."""
    wanted = standing_for(catalogue, call.request.model)
    return bool(wanted) and answered.id not in wanted
