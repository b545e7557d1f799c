"""Conversations that go on with another model: named by hand, chosen by `auto`, or asked because the first failed."""

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import cast
from uuid import UUID

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry
from tests.conversations.house import House, Model, Tasks
from tests.conversations.served import client_of
from tests.gateway.scripted import ScriptedProvider, saying
from tests.sealing import connect_with_keys

from chimera.conversations.context import Aim, Budget, Said, compose, estimate_for
from chimera.conversations.repository import KeptMessages
from chimera.conversations.service import Composer
from chimera.gateway.call import Call, Handler, Target
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.circuit import Breakers, CircuitRules
from chimera.gateway.dispatch import Dispatch
from chimera.gateway.lanes import Lanes
from chimera.gateway.metrics import GatewayMetrics
from chimera.gateway.pipeline import PipelineParts, pipeline
from chimera.gateway.routes import Routes
from chimera.gateway.stages.retry import Backoff, RetryBudgets
from chimera.kit.scope import Scope
from chimera.llm import (
    ModelCard,
    ProviderOverloadError,
    Request,
    Stream,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from chimera.wires import anthropic_messages, gemini, ollama, openai_chat, openai_responses

CODE = "The gate code of the house in Lisbon is 4471."
LONG = "The weather is fine over here and there is nothing new to tell but what was told before. " * 12
WIDE, NARROW = 200_000, 4_000
DOWN = ProviderOverloadError("busy", provider="wide")
CARDS = {"wide": ModelCard(name="m", context_tokens=WIDE), "narrow": ModelCard(name="m", context_tokens=NARROW)}


class Models:
    """Two models behind the real pipeline; `auto` chooses the narrow one."""

    def __init__(self) -> None:
        self.wide = ScriptedProvider("wide", [saying("Noted.")])
        self.narrow = ScriptedProvider("narrow", [saying("So be it.")])
        self.catalogue = Catalogue({name: (card,) for name, card in CARDS.items()})

    def handler(self) -> Handler:
        return pipeline(
            PipelineParts(
                metrics=GatewayMetrics(CollectorRegistry()),
                routes=Routes(catalogue=lambda _scope: self.catalogue),
                tenant_lanes=Lanes(limit=10, queue=0, patience_s=1),
                provider_lanes=Lanes(limit=10, queue=10, patience_s=1),
                breakers=Breakers(CircuitRules(), clock=lambda: 0.0),
                backoff=Backoff(attempts=1, first_s=0.0),
                wires={},
                retry_budgets=RetryBudgets(reserve=20),
                route=self.route,
            ),
            terminal=Dispatch({"wide": self.wide, "narrow": self.narrow}),
        )

    def route(self, call: Call, proceed: Handler) -> Stream:
        chosen = (Target(provider="narrow", model="m", card=CARDS["narrow"]),)
        return proceed(replace(call, routed=chosen) if call.request.model == "auto" else call)

    def target(self, _scope: Scope, model: str) -> Target | None:
        if model == "auto":
            return Target(provider="router", model="auto", card=CARDS["wide"])
        return self.catalogue.resolve(model)


@pytest.fixture
def models() -> Models:
    return Models()


@pytest.fixture
async def house(sqlite_url: str, tasks: Tasks, models: Models) -> AsyncGenerator[House]:
    async with connect_with_keys(sqlite_url) as database:
        composer = Composer(database=database, target=models.target, budget=Budget(output_tokens=1_000))
        # A model is a handler that remembers, and so are these.
        model = cast("Model", models.handler())
        yield House(database=database, tasks=tasks, model=model, composer=composer)


def said(request: Request) -> str:
    return "\n".join(part.text for message in request.messages for part in message.parts if isinstance(part, Text))


async def test_whoever_answers_is_shown_what_fits_and_back_at_the_first_nothing_is_lost(
    house: House, models: Models, ada: Scope
) -> None:
    async with client_of(house, ada) as client:
        begun = (await client.post("/api/v1/chat", json={"message": CODE, "model": "wide/m"})).json()
        one = f"/api/v1/conversations/{begun['conversation_id']}/messages"

        async def ask(text: str, **more: str) -> tuple[dict[str, object], dict[str, object]]:
            answered = (await client.post(one, json={"text": text, **more})).json()
            assert answered["status"] == "completed", answered["error"]
            report = (await client.get(f"{one}/{answered['message']['id']}/context")).json()
            return answered["message"], report

        for number in range(24):
            await ask(f"{number}. {LONG}")
        before = models.wide.requests[-1]
        assert CODE in said(before)

        # By hand.
        _, report = await ask("What is the gate code in Lisbon?", model="narrow/m")
        assert (report["window_tokens"], report["whole"], report["too_long"]) == (NARROW, False, False)
        assert CODE in said(models.narrow.requests[-1])
        # By fallback: the context was made for the wide one, which is down.
        models.wide.scripts = [[DOWN]]
        message, report = await ask("And the gate code in Lisbon was?", fallback_model="narrow/m")
        assert (message["model"], report["window_tokens"]) == ("narrow/m", NARROW)
        assert len(said(models.wide.requests[-1])) > 2 * len(said(models.narrow.requests[-1]))
        assert CODE in said(models.narrow.requests[-1])
        # By `auto`, of which nobody knows before whom it chooses.
        message, report = await ask("So the gate code in Lisbon is?", model="auto")
        assert (message["model"], report["window_tokens"]) == ("narrow/m", NARROW)
        assert CODE in said(models.narrow.requests[-1])
        # Back again.
        models.wide.scripts = [saying("Welcome back.")]
        _, report = await ask("Where were we?")
        assert (report["window_tokens"], report["whole"], report["left_out"]) == (WIDE, True, 0)
        after = models.wide.requests[-1]
        assert after.messages[: len(before.messages)] == before.messages, "and the prompt cache of before still holds"
        assert said(after).count("So be it.") == 3


async def test_what_fits_is_not_made_twice_and_a_summary_goes_along(house: House, models: Models, ada: Scope) -> None:
    async with client_of(house, ada) as client:
        begun = (await client.post("/api/v1/chat", json={"message": CODE, "model": "wide/m"})).json()
        one = f"/api/v1/conversations/{begun['conversation_id']}/messages"
        for number in range(24):
            answered = (await client.post(one, json={"text": f"{number}. {LONG}"})).json()
            if number == 8:
                async with house.database.transaction(ada) as tx:
                    await KeptMessages(tx, ada).keep_summary(UUID(answered["message"]["id"]), "They like the weather.")
        answered = (await client.post(one, json={"text": "And now?", "model": "narrow/m"})).json()
        report = (await client.get(f"{one}/{answered['message']['id']}/context")).json()
    assert report["summarised_to"] is not None
    assert "They like the weather." in said(models.narrow.requests[-1])
    assert "They like the weather." not in said(models.wide.requests[-1])


WIRES: dict[str, Callable[[Request], bytes]] = {
    "anthropic_messages": lambda request: anthropic_messages.encode_request(request).to_json(),
    "gemini": lambda request: gemini.encode_request(request).to_json(),
    "ollama": lambda request: ollama.encode_request(request).to_json(),
    "openai_chat": lambda request: openai_chat.encode_request(request, openai_chat.Quirks()).to_json(),
    "openai_responses": lambda request: openai_responses.encode_request(request).to_json(),
}
REPLAYING = {"anthropic_messages", "gemini", "openai_responses"}


def thought(origin: str) -> Sequence[Said]:
    """An answer of `p/one` that thought aloud and called a tool, with its proofs."""
    call = ToolCall(id="call_1", name="look", arguments="{}", signature="proof-of-call" if origin == "gemini" else None)
    thinking = Thinking(text="aloud-thought", signature="proof-of-thought", origin=origin, id="rs_1")
    return (
        Said(role="user", parts=(Text(text="Look."),)),
        Said(role="assistant", parts=(thinking, call), model="p/one"),
        Said(role="user", parts=(ToolResult(call_id="call_1", parts=(Text(text="A boat."),)),)),
        Said(role="assistant", parts=(thinking, Text(text="A boat is there.")), model="p/one"),
        Said(role="user", parts=(Text(text="And now?"),)),
    )


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("origin", WIRES)
def test_no_model_is_shown_what_another_one_thought_or_signed_on_any_wire(wire: str, origin: str) -> None:
    def sent(target: str) -> str:
        aim = Aim(
            asked=Request(model="m", messages=()),
            window=WIDE,
            measure=estimate_for("m", {}),
            budget=Budget(),
            target=target,
        )
        return WIRES[wire](compose(thought(origin), aim).request).decode()

    for other in ("p/two", "q/one", ""):
        told = sent(other)
        assert "A boat is there." in told
        assert "proof" not in told
        assert "aloud-thought" not in told
    if wire == origin and wire in REPLAYING:
        assert "proof-of-thought" in sent("p/one")
