"""A share of the calls goes to a challenger and stays there; what comes of it is counted over replicas and acted on."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest
from tests.fakes import Answer
from tests.fakes.server import FakeUpstream
from tests.serving import Running

from chimera.adapters.tally_memories.database import DatabaseTallyMemory
from chimera.gateway.call import Call, Target, new_call
from chimera.gateway.experiments.shadows import Shadows
from chimera.gateway.experiments.stage import Experiments
from chimera.gateway.experiments.tallies import Tallies, TrialKey
from chimera.gateway.experiments.tally import Arm, Outcome, Tally
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Request, Stream, TextDelta
from chimera.policies.policy import Policy
from chimera.policies.sections.experiments import Experiment, ExperimentsPolicy
from chimera.store import Database
from chimera.tenancy.repository import AllTenants
from chimera.tenancy.tables import TenantRow

MODEL, CHALLENGER = "openai/gpt-5", "openai/gpt-4o-mini"


async def begin(http: httpx2.AsyncClient, **experiment: Any) -> None:
    body = {"name": "try-mini", "model": MODEL, "challenger": CHALLENGER, "share": 0.5} | experiment
    answer = await http.put("/api/v1/policies/experiments", json={"running": [body]})
    assert answer.is_success, answer.text


async def ask(http: httpx2.AsyncClient, text: str, *more: str) -> httpx2.Response:
    messages = [{"role": ("user", "assistant")[turn % 2], "content": said} for turn, said in enumerate((text, *more))]
    return await http.post("/v1/chat/completions", json={"model": MODEL, "messages": messages})


async def results(http: httpx2.AsyncClient) -> dict[str, Any]:
    (found,) = (await http.get("/api/v1/experiments")).json()["data"]
    return found


async def test_conversations_are_shared_out_and_stay_with_their_model(http: httpx2.AsyncClient) -> None:
    await begin(http, kind="ab")
    models = Counter[str]()
    for number in range(24):
        first = await ask(http, f"Question {number}")
        later = await ask(http, f"Question {number}", "An answer", "And then?")
        model = first.headers["x-chimera-model"]
        assert later.headers["x-chimera-model"] == model
        arm = "challenger" if model == CHALLENGER else "control"
        assert first.headers["x-chimera-experiment"] == f"try-mini={arm}"
        models[model] += 1
    assert min(models[MODEL], models[CHALLENGER]) >= 4
    found = await results(http)
    assert found["tried"]["calls"] == 2 * models[CHALLENGER]
    assert found["control"]["calls"] == 2 * models[MODEL]
    assert found["tried"]["first_token_s"] > 0
    assert (found["errors"], found["ended"]) == ("no_difference_yet", None)


async def test_by_user_everything_of_one_goes_one_way_and_all_of_it_at_share_one(http: httpx2.AsyncClient) -> None:
    await begin(http, kind="ab", sticky="user")
    assert len({(await ask(http, f"{number}")).headers["x-chimera-model"] for number in range(8)}) == 1
    await begin(http, kind="canary", share=1)
    assert (await ask(http, "Hi")).headers["x-chimera-model"] == CHALLENGER


async def test_a_canary_that_fails_harms_nobody_and_is_rolled_back(
    http: httpx2.AsyncClient, fake: FakeUpstream, chimera: Running
) -> None:
    await begin(http, challenger="openai/fault-401", share=0.5)
    asked = 0
    while (await results(http))["ended"] is None:
        for _ in range(20):
            asked += 1
            assert (await ask(http, f"Question {asked}")).is_success
        assert asked <= 200
    found = await results(http)
    assert found["errors"] == "worse"
    assert found["tried"]["errors"] == found["tried"]["calls"] >= 30
    headers = {(await ask(http, f"Later {number}")).headers["x-chimera-experiment"] for number in range(10)}
    assert headers == {"try-mini=control"}


async def test_a_shadow_is_asked_in_the_background_and_compared(http: httpx2.AsyncClient, fake: FakeUpstream) -> None:
    await begin(http, kind="shadow", share=1)
    fake.say(Answer(text="Paris is the capital of France"))
    answer = await ask(http, "What is the capital of France?")
    assert answer.headers["x-chimera-model"] == MODEL
    assert "x-chimera-experiment" not in answer.headers
    found = await until(lambda: results(http), lambda seen: seen["tried"]["calls"] == 1)
    assert (found["tried"]["similarity"], found["control"]["calls"]) == (pytest.approx(1.0), 1)
    shadowed = [one.json["model"] for one in fake.requests if one.path.endswith("completions")]
    assert shadowed == ["gpt-5", "gpt-4o-mini"]


async def test_what_is_only_to_be_found_in_the_cache_has_no_shadow(
    http: httpx2.AsyncClient, fake: FakeUpstream
) -> None:
    await http.put("/api/v1/policies/cache", json={"mode": "exact"})
    await begin(http, kind="shadow", share=1)
    await ask(http, "Hi")
    await until(lambda: results(http), lambda seen: seen["tried"]["calls"] == 1)
    await http.put("/api/v1/policies/resilience", json={"level": "minimal"})
    assert (await ask(http, "Hi")).headers["x-chimera-cache"] == "exact"
    await http.put("/api/v1/policies/resilience", json={"level": "full"})
    await ask(http, "And now?")
    await until(lambda: results(http), lambda seen: seen["tried"]["calls"] > 1)
    asked = Counter(one.json["model"] for one in fake.requests if one.path.endswith("completions"))
    assert asked == {"gpt-5": 2, "gpt-4o-mini": 2}


async def test_no_shadow_without_money_or_without_a_price(http: httpx2.AsyncClient, fake: FakeUpstream) -> None:
    for changes in ({"usd_per_day": 0}, {"challenger": "openai/of-unknown-price"}):
        await begin(http, kind="shadow", share=1, **changes)
        await ask(http, "Hi")
    await begin(http, kind="shadow", share=1, name="proof")
    await ask(http, "Hi")
    await until(lambda: results(http), lambda seen: seen["tried"]["calls"] == 1)
    asked = Counter(one.json["model"] for one in fake.requests if one.path.endswith("completions"))
    assert asked == {"gpt-5": 3, "gpt-4o-mini": 1}


async def test_a_challenger_that_nobody_serves_is_left_out(http: httpx2.AsyncClient) -> None:
    await begin(http, challenger="nobody/knows", share=1)
    assert (await ask(http, "Hi")).headers["x-chimera-model"] == MODEL


async def test_an_answer_of_another_counts_against_an_arm_that_was_not_even_asked() -> None:
    """Its circuit is open, so there is no attempt to see."""
    tenant_id = new_id()
    scope = Scope(tenant_id=tenant_id, actor_id=new_id(), permissions=frozenset())
    tried = Experiment(name="try", model="a/m", challenger="b/m", share=1.0)

    async def policy(_scope: Scope) -> Policy:
        return Policy(experiments=ExperimentsPolicy(running=(tried,)))

    async def stood_in(call: Call) -> Stream:
        assert (call.request.model, call.fallbacks) == ("b/m", ("a/m",))
        call.trail.answered_by = Target(provider="a", model="m")
        yield TextDelta(text="Hi")

    noted: list[Outcome] = []

    class Noting(Tallies):
        def note(self, key: TrialKey, arm: Arm, outcome: Outcome, *, canary: bool) -> None:
            noted.append(outcome)

    tallies = Noting(memory=None)
    shadows = Shadows(tallies=tallies, is_priced=lambda _scope, _model: True)
    stage = Experiments(policy, tallies, shadows, lambda _scope, model: {model})
    call = new_call(scope, Request(model="a/m", messages=()), patience_s=5)
    assert [event async for event in stage(call, stood_in)] == [TextDelta(text="Hi")]
    assert [outcome.failed for outcome in noted] == [True]


async def until(look: Callable[[], Any], good: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(10):
        while not good(seen := await look()):  # noqa: ASYNC110 (the background is seen over HTTP only)
            await asyncio.sleep(0.02)
    return seen


async def tenant(database: Database) -> Scope:
    async with database.system_transaction() as tx:
        row = await AllTenants(tx).add(TenantRow(name="one"))
    return Scope(tenant_id=row.id, actor_id=new_id(), permissions=frozenset())


def key_of(tenant_id: UUID) -> TrialKey:
    return TrialKey(tenant_id, "try", "0a1b2c3d")


async def test_two_replicas_add_to_the_same_sums_and_learn_of_a_rollback(database: Database) -> None:
    scope = await tenant(database)
    other = await tenant(database)
    key = key_of(scope.tenant_id)
    replicas = [Tallies(memory=DatabaseTallyMemory(database)) for _ in range(2)]
    for number, replica in enumerate(replicas):
        for _ in range(20):
            replica.note(key, "control", Outcome(failed=False, first_s=1.0, cost_nusd=5), canary=True)
            replica.note(key, "challenger", Outcome(failed=True, cost_nusd=7), canary=True)
        await replica.keep()
        assert replica.is_ended(key) == (number == 1), "neither alone has enough to say so"
    await replicas[0].keep()
    assert replicas[0].is_ended(key)
    trial = (await replicas[0].results(scope))[key]
    assert trial.arms["challenger"] == Tally(calls=40, errors=40, priced=40, cost_nusd=280)
    assert trial.arms["control"].timed == 40
    assert replicas[1].spent_nusd(key) == 280
    assert await replicas[0].results(other) == {}


async def test_money_is_counted_by_the_day(database: Database) -> None:
    scope = await tenant(database)
    days = [datetime(2026, 1, 1, tzinfo=UTC)]
    tallies = Tallies(memory=DatabaseTallyMemory(database), now=lambda: days[-1])
    key = key_of(scope.tenant_id)
    tallies.note(key, "challenger", Outcome(failed=False, cost_nusd=9), canary=False)
    await tallies.keep()
    assert tallies.spent_nusd(key) == 9
    days.append(datetime(2026, 1, 2, tzinfo=UTC))
    assert tallies.spent_nusd(key) == 0


async def test_a_memory_that_breaks_is_asked_again_in_the_next_round(database: Database) -> None:
    class Breaking(DatabaseTallyMemory):
        async def ended(self) -> dict[TrialKey, str]:
            if troubles:
                raise troubles.pop()
            asked_again.set()
            return {}

    troubles, asked_again = [ValueError("a row of another version")], asyncio.Event()
    running = asyncio.create_task(Tallies(memory=Breaking(database), pause_s=0.0).run())
    async with asyncio.timeout(15):
        await asked_again.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
