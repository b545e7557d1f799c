"""Who is chosen, who is passed over and why, and when a conversation keeps its model."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from random import Random
from uuid import uuid4

import pytest

from chimera.gateway.call import Call, Origin, Target, Wishes, new_call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.errors import UnknownModelError
from chimera.gateway.knowledge import Facts, Knowledge, Rates, flat
from chimera.gateway.names import Names
from chimera.gateway.routing.candidates import Candidates
from chimera.gateway.routing.difficulty import weights
from chimera.gateway.routing.experience import BLAME, Experience, Known, RouteKey
from chimera.gateway.routing.router import Routed, Router
from chimera.gateway.routing.sticky import Stays
from chimera.kit.scope import Scope
from chimera.llm import Capabilities, Image, JsonObject, Message, ModelCard, Reasoning, Request, Sampling, Text, Tool
from chimera.policies.policy import Policy
from chimera.policies.sections.routing import RoutingPolicy

SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
USD = 1_000_000_000
PLAIN = Capabilities(tools=False, structured_output=False)
CARDS = {
    "big": ModelCard(name="big", capabilities=Capabilities(images=True, reasoning=True), context_tokens=400_000),
    "small": ModelCard(name="small", capabilities=PLAIN, context_tokens=8_000),
    "embedding": ModelCard(name="embedding", capabilities=Capabilities(chat=False, embeddings=True)),
}
PRICES = {"big": Rates(input=10 * USD, output=40 * USD, cached_input=USD), "small": Rates(input=USD // 4, output=USD)}


class World:
    """Two models of two providers, on a clock of their own."""

    def __init__(self, **policy: object) -> None:
        self.now_s = 1000.0
        self.ill: dict[str, str] = {}
        self.known = Experience().of(SCOPE.tenant_id)
        self.facts = {f"{name}/{name}": Facts(price=flat(rates)) for name, rates in PRICES.items()}
        self.policy = Policy(routing=RoutingPolicy.model_validate(policy))
        self.names = Names()
        self.vectors: list[str] = []
        self.router = Router(
            candidates=Candidates(
                catalogue=self.catalogue,
                clock=lambda: datetime(2026, 11, 21, tzinfo=UTC),
                unwell=lambda: self.why,
                quality={"big/big": 0.9, "small/small": 0.7},
            ),
            policy=self.policy_of,
            known=self.known_of,
            weights=weights,
            vector=self.vector,
            stays=Stays(clock=lambda: self.now_s),
        )

    def catalogue(self, _scope: Scope) -> Catalogue:
        known = {model: Knowledge(facts=facts) for model, facts in self.facts.items()}
        return Catalogue({name: (card,) for name, card in CARDS.items()}, known, self.names)

    def why(self, target: Target) -> str | None:
        return self.ill.get(target.id)

    async def policy_of(self, _scope: Scope) -> Policy:
        return self.policy

    async def known_of(self, _scope: Scope) -> Known:
        return self.known

    async def vector(self, _embedder: str, text: str) -> Sequence[float] | None:
        self.vectors.append(text)
        return None

    async def decide(self, asked: Request, *, dial: float | None = None, origin: Origin | None = None) -> Routed:
        """Decide, and let the answer come from whom was chosen."""
        call = self.call(asked, dial=dial, origin=origin)
        routed = await self.router.decide(call, asked)
        self.router.stays.note(routed.key, routed.stay)
        return routed

    def call(self, asked: Request, *, dial: float | None = None, origin: Origin | None = None) -> Call:
        return new_call(SCOPE, asked, patience_s=9, wishes=Wishes(dial=dial), origin=origin or Origin())


def saying(*texts: str, **more: object) -> Request:
    """A conversation, user first, in turns."""
    roles = ("user", "assistant")
    messages = tuple(Message(role=roles[number % 2], parts=(Text(text=text),)) for number, text in enumerate(texts))
    return Request(model="auto", messages=messages, **more)  # type: ignore[arg-type]  # of the request's own fields


def rejected(routed: Routed) -> dict[str, str]:
    return {one.model: one.why for one in routed.decision.rejected}


async def test_the_header_wins_over_the_policy() -> None:
    world = World(dial=0.0)
    assert (await world.decide(saying("Hello"))).decision.chosen == "small/small"
    assert (await world.decide(saying("Hello"), dial=1.0)).decision.chosen == "big/big"


@pytest.mark.parametrize(
    "needs",
    [
        {"tools": (Tool(name="look"),)},
        {"response_format": JsonObject()},
        {"reasoning": Reasoning(effort="high")},
        {"sampling": Sampling(max_output_tokens=9_000)},
        {"messages": (Message(role="user", parts=(Text(text="See"), Image(url="https://example.invalid/a.png"))),)},
        {"messages": (Message(role="user", parts=(Text(text="word " * 30_000),)),)},
    ],
    ids=["tools", "schema", "reasoning", "length", "images", "window"],
)
async def test_whoever_cannot_do_what_is_asked_is_passed_over(needs: dict[str, object]) -> None:
    asked = Request(**({"model": "auto", "messages": saying("Hello").messages} | needs))  # type: ignore[arg-type]  # likewise
    routed = await World().decide(asked, dial=0.0)
    assert routed.decision.chosen == "big/big"
    assert [target.id for target in routed.targets] == ["big/big"]
    assert rejected(routed)["small/small"]


async def test_whoever_is_unwell_is_passed_over_unless_nobody_else_is_left() -> None:
    world = World()
    world.ill["small/small"] = "It rests after failures."
    routed = await world.decide(saying("Hello"), dial=0.0)
    assert (routed.decision.chosen, rejected(routed)["small/small"]) == ("big/big", "It rests after failures.")
    world.ill["big/big"] = "It rests after failures."
    assert (await world.decide(saying("Hello again"), dial=0.0)).decision.chosen == "small/small"


@pytest.mark.parametrize(
    "facts",
    [
        Facts(),
        Facts(price=flat(PRICES["small"]), deprecated=True),
        Facts(price=flat(PRICES["small"]), retires_on=date(2026, 11, 1)),
    ],
    ids=["unpriced", "deprecated", "retired"],
)
async def test_models_without_a_price_or_a_future_are_not_chosen(facts: Facts) -> None:
    world = World()
    world.facts["small/small"] = facts
    routed = await world.decide(saying("Hello"), dial=0.0)
    assert routed.decision.chosen == "big/big"
    assert rejected(routed)["small/small"]


async def test_an_organisation_s_candidates_are_the_only_ones() -> None:
    routed = await World(candidates=["big/big"]).decide(saying("Hello"), dial=0.0)
    assert [target.id for target in routed.targets] == ["big/big"]


async def test_a_request_that_nobody_can_answer_is_refused_with_all_reasons() -> None:
    with pytest.raises(UnknownModelError) as refused:
        await World(candidates=["embedding/embedding"]).decide(saying("Hello"))
    assert refused.value.code == "model_not_found"


async def test_what_the_operator_calls_auto_is_the_operator_s() -> None:
    world = World()
    world.names = Names(aliases={"auto": "small/small"})
    assert not world.catalogue(SCOPE).is_automatic("auto")
    assert [target.id for target in world.catalogue(SCOPE).choices("auto", Random(1))] == ["small/small"]


async def test_bad_feedback_lets_another_one_be_chosen() -> None:
    world = World(dial=0.5)
    assert (await world.decide(saying("Hello"))).decision.chosen == "small/small"
    for _ in range(60):
        world.known.hear(RouteKey("chat", "small/small"), BLAME)
    assert (await world.decide(saying("Good morning"))).decision.chosen == "big/big"


async def test_a_conversation_keeps_its_model_while_that_serves_it_well() -> None:
    world = World(dial=1.0)
    assert (await world.decide(saying("Hello"))).decision.chosen == "big/big"
    world.known.hear(RouteKey("chat", "big/big"), BLAME)  # another one may be a little better now
    routed = await world.decide(saying("Hello", "Hi", "What a day"))
    assert (routed.decision.chosen, routed.stayed) == ("big/big", True)
    assert "stays" in routed.decision.reasons[0]


async def test_it_leaves_a_model_that_is_unwell_or_cannot_do_what_is_asked_now() -> None:
    world = World(dial=0.0)
    assert (await world.decide(saying("Hello"))).decision.chosen == "small/small"
    tooled = saying("Hello", "Hi", "Look that up", tools=(Tool(name="look"),))
    assert (await world.decide(tooled)).decision.chosen == "big/big"
    world.ill["big/big"] = "It rests after failures."
    assert (await world.decide(saying("Hello", "Hi", "Thanks"))).decision.chosen == "small/small"


async def test_it_leaves_a_dear_model_when_that_saves_more_than_the_lost_cache() -> None:
    world = World(dial=0.0)
    world.ill["small/small"] = "It rests after failures."
    assert (await world.decide(saying("Hello"))).decision.chosen == "big/big"
    del world.ill["small/small"]
    routed = await world.decide(saying("Hello", "Hi", "And now?"))
    assert (routed.decision.chosen, routed.stayed) == ("small/small", False)


async def test_who_wants_no_loyalty_gets_none() -> None:
    world = World(dial=1.0, sticky=False)
    await world.decide(saying("Hello"))
    routed = await world.decide(saying("Hello", "Hi", "What a day"), dial=0.0)
    assert (routed.decision.chosen, routed.stayed) == ("small/small", False)


async def test_conversations_that_begin_alike_are_one_only_to_the_same_person() -> None:
    world, other = World(dial=1.0), Scope(tenant_id=SCOPE.tenant_id, actor_id=uuid4(), permissions=frozenset())
    asked = saying("Hello")
    first = await world.decide(asked)
    theirs = await world.router.consider(new_call(other, asked, patience_s=9), asked)
    assert first.key != theirs.key


async def test_an_answer_that_is_wanted_anew_is_asked_of_the_best() -> None:
    world, origin = World(dial=0.0), Origin(conversation_id=uuid4())
    assert (await world.decide(saying("Hello"), origin=origin)).decision.chosen == "small/small"
    routed = await world.decide(saying("Hello"), origin=origin)
    assert (routed.decision.chosen, routed.again) == ("big/big", "small/small")


async def test_a_trial_leaves_no_trace() -> None:
    world = World(dial=1.0)
    asked = saying("Hello")
    await world.router.consider(world.call(asked), asked)
    assert not (await world.decide(saying("Hello", "Hi", "What a day"), dial=0.0)).stayed


async def test_meaning_is_looked_at_only_where_it_says_something() -> None:
    world = World()
    await world.decide(saying("Write a poem about the sea"))
    await world.decide(saying("How many are 12 and 30 pens, if 5 are lost?"))
    assert world.vectors == ["How many are 12 and 30 pens, if 5 are lost?"]
