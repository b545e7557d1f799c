"""Less is offered rather than nothing, told in a header, over real HTTP."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.fakes import Fault
from tests.fakes.server import FakeUpstream
from tests.serving import provider_environment, running

from chimera.gateway.call import Call, Handler, new_call
from chimera.gateway.resilience.levels import Barometer, Levels
from chimera.gateway.resilience.load import Loads
from chimera.gateway.stages.degrade import Degrade
from chimera.kit.scope import Scope
from chimera.llm import Message, Request, Stream, Text, TextDelta
from chimera.policies.policy import Policy
from chimera.policies.sections.resilience import ResiliencePolicy
from chimera.spend.errors import BudgetExhaustedError

ASKED = {"model": "openai/gpt-5", "messages": [{"role": "user", "content": "Hello"}]}


async def decide(http: httpx2.AsyncClient, **section: Any) -> None:
    assert (await http.put("/api/v1/policies/resilience", json=section)).is_success


async def test_degraded_asks_the_cheaper_model_for_a_shorter_answer_and_says_so(
    http: httpx2.AsyncClient, fake: FakeUpstream
) -> None:
    await decide(http, level="degraded", cheaper={"openai/gpt-5": "openai/gpt-5-mini"}, degraded_output_tokens=2)
    answer = await http.post("/v1/chat/completions", json=ASKED)
    assert answer.headers["x-chimera-level"] == "degraded"
    assert answer.headers["x-chimera-model"] == "openai/gpt-5-mini"
    assert answer.json()["usage"]["completion_tokens"] <= 2
    sent = fake.requests[-1].json
    assert sent["model"] == "gpt-5-mini"
    status = (await http.get("/api/v1/status")).json()
    assert (status["level"], status["by_hand"]) == ("degraded", True)
    await decide(http)
    plain = await http.post("/v1/chat/completions", json=ASKED)
    assert "x-chimera-level" not in plain.headers
    assert plain.headers["x-chimera-model"] == "openai/gpt-5"
    assert (await http.get("/api/v1/status")).json()["level"] == "full"


async def test_a_cheaper_model_that_nobody_serves_is_passed_over(http: httpx2.AsyncClient) -> None:
    await decide(http, level="degraded", cheaper={"*": "nobody/knows"})
    answer = await http.post("/v1/chat/completions", json=ASKED)
    assert answer.headers["x-chimera-model"] == "openai/gpt-5"


async def test_minimal_asks_no_model_and_says_what_to_do(http: httpx2.AsyncClient, fake: FakeUpstream) -> None:
    await decide(http, level="minimal")
    asked_before = [one for one in fake.requests if one.path.endswith("completions")]
    answer = await http.post("/v1/chat/completions", json=ASKED)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "degraded_unavailable")
    assert [one for one in fake.requests if one.path.endswith("completions")] == asked_before


async def test_minimal_gives_what_was_cached_before_it_was_set(http: httpx2.AsyncClient, fake: FakeUpstream) -> None:
    await http.put("/api/v1/policies/cache", json={"mode": "exact"})
    before = await http.post("/v1/chat/completions", json=ASKED)
    asked_before = [one for one in fake.requests if one.path.endswith("completions")]
    await decide(http, level="minimal")
    again = await http.post("/v1/chat/completions", json=ASKED)
    assert (again.status_code, again.headers["x-chimera-cache"]) == (200, "exact")
    assert again.json()["choices"] == before.json()["choices"]
    assert [one for one in fake.requests if one.path.endswith("completions")] == asked_before


@pytest.mark.parametrize("stream", [False, True])
async def test_offline_gives_the_fixed_answer_on_every_surface(http: httpx2.AsyncClient, stream: bool) -> None:
    await decide(http, level="offline", offline_answer="Back at noon.")
    answer = await http.post("/v1/chat/completions", json=ASKED | {"stream": stream})
    assert answer.headers["x-chimera-level"] == "offline"
    assert "Back at noon." in answer.text
    told = await http.post("/v1/messages", json=ASKED | {"max_tokens": 9, "stream": stream})
    assert "Back at noon." in told.text
    vectors = await http.post("/v1/embeddings", json={"model": "openai/text-embedding-3-small", "input": "Hi"})
    assert vectors.json()["error"]["code"] == "degraded_unavailable"


async def test_where_no_model_can_be_reached_the_fixed_answer_stands_in(
    http: httpx2.AsyncClient, fake: FakeUpstream
) -> None:
    await decide(http, offline_answer="We are away.")
    fake.next(*[Fault.SERVER_ERROR] * 60)
    failing = ASKED | {"model": "openai/fault-500"}
    codes = []
    for _ in range(6):
        answer = await http.post("/v1/chat/completions", json=failing)
        codes.append(answer.status_code)
    assert codes[-1] == 200, "the circuit is open"
    assert "We are away." in answer.text
    assert answer.headers["x-chimera-level"] == "offline"


async def test_the_operator_s_word_holds_for_everybody(fake: FakeUpstream, sqlite_url: str, tmp_path) -> None:
    flags = {"data_dir": tmp_path, "level": "offline", "offline_answer": "Closed today."}
    async with (
        running(sqlite_url, provider_environment(fake, "openai"), flags) as server,
        httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=20) as http,
    ):
        answer = await http.post("/v1/chat/completions", json=ASKED)
        assert answer.json()["choices"][0]["message"]["content"] == "Closed today."
        assert (await http.get("/api/v1/status")).json()["level"] == "offline"


def spending(policy: ResiliencePolicy, asked: list[str], *, is_everybodys: bool = True) -> Handler:
    """A stage over a gateway where only the model `local` costs nothing."""
    stage = Degrade(_always(policy), Levels(barometer=Barometer(loads=Loads())))

    async def gateway(call: Call) -> Stream:
        asked.append(call.request.model)
        if call.request.model != "local":
            raise BudgetExhaustedError("nothing is left", is_everybodys=is_everybodys)
        yield TextDelta(text="from here")

    return lambda call: stage(call, gateway)


def _always(section: ResiliencePolicy):
    async def policy(_scope: Scope) -> Policy:
        return Policy(resilience=section)

    return policy


def question(scope: Scope) -> Call:
    request = Request(model="dear", messages=(Message(role="user", parts=(Text(text="hi"),)),))
    return new_call(scope, request, patience_s=5)


async def test_when_a_budget_ends_the_cheaper_model_is_asked_and_the_dear_one_left_alone_for_a_while() -> None:
    scope, asked = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset()), list[str]()
    gateway = spending(ResiliencePolicy(budget_ends="degrade", cheaper={"*": "local"}), asked)
    for _ in range(2):
        call = question(scope)
        assert [event async for event in gateway(call)] == [TextDelta(text="from here")]
        assert call.trail.told.headers["level"] == "degraded"
    assert asked == ["dear", "local", "local"]


async def test_a_budget_of_one_s_own_that_ends_makes_nobody_else_s_calls_cheaper() -> None:
    scope, asked = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset()), list[str]()
    policy = ResiliencePolicy(budget_ends="degrade", cheaper={"*": "local"})
    gateway = spending(policy, asked, is_everybodys=False)
    for _ in range(2):
        assert [event async for event in gateway(question(scope))] == [TextDelta(text="from here")]
    assert asked == ["dear", "local", "dear", "local"]


@pytest.mark.parametrize("policy", [{}, {"budget_ends": "degrade"}, {"cheaper": {"*": "local"}}])
async def test_otherwise_a_budget_that_ends_refuses(policy: dict[str, Any]) -> None:
    scope, asked = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset()), list[str]()
    gateway = spending(ResiliencePolicy(**policy), asked)
    with pytest.raises(BudgetExhaustedError):
        await anext(gateway(question(scope)))
    assert asked == ["dear"]
