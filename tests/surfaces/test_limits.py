"""Rate limits of an organisation, its people and its keys, as the official SDKs meet them."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI, RateLimitError
from tests.fakes import Answer, FakeUpstream
from tests.fakes.answer import Tokens
from tests.fakes.faults import Fault
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running, provider_environment, running
from tests.surfaces.people import colleague_of, stranger_to
from tests.surfaces.requirements import requirement

from chimera.kit.clock import utc_now

HELLO = [{"role": "user", "content": "Hello you there"}]
MODEL = "openai/some-model"


@asynccontextmanager
async def limited(chimera: Running, **policy: object) -> AsyncGenerator[httpx2.AsyncClient]:
    """A client of an owner whose organisation set these limits."""
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http:
        answer = await http.put("/api/v1/policies/limits", json=policy)
        assert answer.status_code == 200, answer.text
        yield http


async def another_key(chimera: Running) -> str:
    """A key that the owner made in the browser."""
    async with httpx2.AsyncClient(base_url=chimera.url) as browser:
        await browser.post("/api/v1/session", json={"email": OWNER_EMAIL, "password": OWNER_PASSWORD})
        return str((await browser.post("/api/v1/keys", json={"name": "second"})).json()["key"])


async def ask(http: httpx2.AsyncClient, *, model: str = MODEL, key: str | None = None, **more) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    body = {"model": model, "messages": HELLO} | more
    return await http.post("/v1/chat/completions", json=body, headers=headers)


def limits_in(headers: httpx2.Headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if "ratelimit" in name}


@requirement("limits.refused", "limits.told")
async def test_the_request_beyond_the_limit_is_refused_and_says_which_and_when(chimera: Running) -> None:
    async with limited(chimera, organisation={"requests_per_minute": 2}) as http:
        answers = [await ask(http) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining-requests"] for answer in answers] == ["1", "0", "0"]
    refused = answers[-1]
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert "2 requests a minute" in refused.json()["error"]["message"]
    assert refused.headers["x-chimera-limited"] == "organisation requests minute"
    assert 28_000 < int(refused.headers["retry-after-ms"]) <= 30_000
    assert refused.headers["retry-after"] == "30"
    assert re.fullmatch(r"59(\.\d+)?s|1m0s", refused.headers["x-ratelimit-reset-requests"])


@requirement("limits.told")
async def test_tokens_are_reserved_and_then_corrected_to_what_was_used(chimera: Running, fake: FakeUpstream) -> None:
    fake.say(Answer(text="Hello.", usage=Tokens(input=700, output=300)))
    async with limited(chimera, organisation={"tokens_per_minute": 6_000}) as http:
        first, second = await ask(http, max_tokens=50_000), await ask(http)
    assert first.headers["x-ratelimit-limit-tokens"] == "6000"
    reserved = 6_000 - int(first.headers["x-ratelimit-remaining-tokens"])
    assert 1_000 < reserved < 1_050  # no more of the longest answer
    used = 6_000 - int(second.headers["x-ratelimit-remaining-tokens"])
    assert 1_500 < used < 1_550  # the thousand of before, and the usual answer


@requirement("limits.told")
async def test_what_failed_costs_a_request_and_no_tokens(chimera: Running, fake: FakeUpstream) -> None:
    fake.next(Fault.CONTEXT_TOO_LONG)
    async with limited(chimera, organisation={"requests_per_minute": 60, "tokens_per_minute": 6_000}) as http:
        failed, second = await ask(http), await ask(http)
    assert failed.status_code >= 400
    assert failed.headers["x-ratelimit-remaining-requests"] == "59"
    assert second.headers["x-ratelimit-remaining-requests"] == "58"
    assert int(second.headers["x-ratelimit-remaining-tokens"]) > 5_400


@requirement("limits.told")
async def test_limits_are_told_in_anthropics_words_on_anthropics_surface(chimera: Running) -> None:
    async with limited(chimera, tier="free"), AsyncAnthropic(base_url=chimera.url, api_key=chimera.key) as sdk:
        made = await sdk.messages.with_raw_response.create(
            model="anthropic/some-model", max_tokens=10, messages=[{"role": "user", "content": "Hi"}]
        )
    told = limits_in(made.headers)
    assert told["anthropic-ratelimit-requests-limit"] == "10"
    assert told["anthropic-ratelimit-requests-remaining"] == "9"
    resets = datetime.fromisoformat(told["anthropic-ratelimit-requests-reset"])
    assert timedelta(seconds=-2) < resets - utc_now() < timedelta(seconds=8)
    assert set(told) == {
        f"anthropic-ratelimit-{unit}-{what}"
        for unit in ("requests", "tokens")
        for what in ("limit", "remaining", "reset")
    }


@requirement("limits.told")
async def test_a_provider_s_own_limits_are_told_only_where_none_of_ours_bind(chimera: Running) -> None:
    async with limited(chimera, tier="unlimited") as http:
        theirs = limits_in((await ask(http)).headers)
        await http.put("/api/v1/policies/limits", json={"organisation": {"requests_per_minute": 1000}})
        ours = limits_in((await ask(http)).headers)
    assert "x-ratelimit-limit-tokens" in theirs
    assert set(ours) == {f"x-ratelimit-{what}-requests" for what in ("limit", "remaining", "reset")}


@requirement("limits.refused")
async def test_each_key_and_each_user_has_a_limit_of_its_own_and_strangers_none_of_ours(chimera: Running) -> None:
    colleague, stranger = await colleague_of(chimera), await stranger_to(chimera)
    async with limited(chimera, each_key={"requests_per_minute": 1}, organisation={"requests_per_minute": 3}) as http:
        mine = [(await ask(http)).status_code for _ in range(2)]
        other = [(await ask(http, key=colleague)).status_code for _ in range(2)]
        second = await ask(http, key=await another_key(chimera))
        third = await ask(http, key=await colleague_of(chimera))
        theirs = [(await ask(http, key=stranger)).status_code for _ in range(5)]
    assert (mine, other, second.status_code, third.status_code) == ([200, 429], [200, 429], 200, 429)
    assert third.headers["x-chimera-limited"] == "organisation requests minute"
    assert theirs == [200] * 5


@requirement("limits.refused")
async def test_a_model_of_its_own_limit_is_left_for_the_fallback(chimera: Running) -> None:
    async with limited(chimera, models=[{"model": MODEL, "requests_per_minute": 1}]) as http:
        answers = [await ask(http) for _ in range(2)]
        instead = await ask(http, fallback_models=["anthropic/some-model"])
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["x-chimera-limited"] == "model requests minute"
    assert (instead.status_code, instead.headers["x-chimera-model"]) == (200, "anthropic/some-model")


@requirement("limits.refused")
async def test_beyond_a_quota_calls_are_refused_until_its_window_ends_or_go_on_slowly(chimera: Running) -> None:
    async with limited(chimera, organisation={"requests_per_month": 1}) as http:
        refused = [await ask(http) for _ in range(2)][-1]
        slow = {"organisation": {"requests_per_day": 1}, "beyond_quota": "throttle"}
        await http.put("/api/v1/policies/limits", json=slow | {"throttled_requests_per_minute": 2})
        answers = [await ask(http) for _ in range(4)]
    assert (refused.status_code, refused.headers["x-chimera-limited"]) == (429, "organisation requests month")
    assert 0 < int(refused.headers["retry-after"]) <= 31 * 86_400
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) <= 30


@requirement("limits.refused")
async def test_openai_s_sdk_waits_as_long_as_it_is_told_and_is_let_through(chimera: Running) -> None:
    async with (
        limited(chimera, organisation={"requests_per_minute": 60}) as http,
        AsyncOpenAI(base_url=f"{chimera.url}/v1", api_key=chimera.key, max_retries=1) as sdk,
    ):
        # At once: on a slow machine, one after the other never reach a limit of one a second.
        assert 429 in {answer.status_code for answer in await asyncio.gather(*(ask(http) for _ in range(90)))}
        answer = await sdk.chat.completions.create(model=MODEL, messages=HELLO)  # within a second
        assert answer.choices
        # Another limit begins anew: nobody waits for what was taken under the old one.
        await http.put("/api/v1/policies/limits", json={"organisation": {"requests_per_minute": 1}})
        at_once = sdk.with_options(max_retries=0)
        assert (await at_once.chat.completions.create(model=MODEL, messages=HELLO)).choices
        with pytest.raises(RateLimitError) as refused:
            await at_once.chat.completions.create(model=MODEL, messages=HELLO)
        assert float(refused.value.response.headers["retry-after"]) <= 60


@requirement("limits.batches")
async def test_a_batch_waits_for_its_owners_limits(chimera: Running, client: AsyncOpenAI) -> None:
    lines = [
        {"custom_id": f"{n}", "method": "POST", "url": "/v1/chat/completions"}
        | {"body": {"model": MODEL, "messages": HELLO}}
        for n in range(4)
    ]
    async with limited(chimera, each_key={"requests_per_minute": 60}) as http:
        await asyncio.gather(*(ask(http) for _ in range(59)))
        file = await client.files.create(file=("in.jsonl", "\n".join(map(json.dumps, lines)).encode()), purpose="batch")
        batch = await client.batches.create(
            input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
        )
        while batch.status not in {"completed", "failed"}:
            await asyncio.sleep(0.1)
            batch = await client.batches.retrieve(batch.id)
    assert batch.request_counts is not None
    assert (batch.request_counts.completed, batch.request_counts.failed) == (4, 0)


@requirement("limits.told")
async def test_what_is_refused_for_want_of_room_tells_the_limits_too(
    fake: FakeUpstream, sqlite_url: str, tmp_path: Path
) -> None:
    flags = {"data_dir": tmp_path, "tenant_concurrency": 1, "default_tier": "professional"}
    async with (
        running(sqlite_url, provider_environment(fake), flags) as chimera,
        httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http,
    ):
        fake.fall_ill("openai", Fault.HANG)
        hanging = [asyncio.ensure_future(ask(http)) for _ in range(4)]
        done, _ = await asyncio.wait(hanging, return_when=asyncio.FIRST_COMPLETED)
        refused = done.pop().result()
        for one in hanging:
            one.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_requests")
    assert refused.headers["x-ratelimit-limit-requests"] == "300"
    assert "x-chimera-limited" not in refused.headers


@requirement("limits.told")
@pytest.mark.parametrize("stream", [False, True])
async def test_the_responses_api_and_streams_tell_them_too(chimera: Running, stream: bool) -> None:
    async with limited(chimera, tier="starter") as http:
        asked = {"model": MODEL, "input": "Hi", "stream": stream}
        answered = await http.post("/v1/responses", json=asked)
        chatted = await ask(http, stream=stream)
    assert answered.headers["x-ratelimit-remaining-requests"] == "59"
    assert chatted.headers["x-ratelimit-remaining-requests"] in {"58", "59"}


@requirement("limits.refused")
async def test_limits_bind_the_chat_and_its_turn_says_why(chimera: Running) -> None:
    async with limited(chimera, each_user={"requests_per_minute": 1}) as http:
        made = await http.post("/api/v1/conversations", json={})
        path = f"/api/v1/conversations/{made.json()['id']}/messages"
        first, second = [await http.post(path, json={"text": "Hi", "model": MODEL}) for _ in range(2)]
    assert first.json()["status"] == "completed"
    assert second.json()["error"]["code"] == "rate_limit_exceeded"
    assert 58 < second.json()["error"]["retry_after_s"] <= 60


MODEL_FREE = {
    "/api/v1/estimate": {"model": MODEL, "messages": HELLO},
    "/api/v1/lint": {"request": {"model": MODEL, "messages": HELLO}},
    "/api/v1/route": {"model": "auto", "messages": HELLO},
    "/api/v1/route/replay": {"dial": 0.5},
    "/v1/messages/count_tokens": {"model": MODEL, "messages": HELLO},
    "/v1beta/models/openai/some-model:countTokens": {"contents": [{"parts": [{"text": "Hi"}]}]},
}


@requirement("limits.refused", "limits.told")
async def test_what_asks_no_model_is_a_request_of_the_caller_s_all_the_same(chimera: Running) -> None:
    async with limited(chimera) as http:
        for amount, (path, body) in enumerate(MODEL_FREE.items(), start=2):  # another limit begins anew
            rates = {"requests_per_minute": amount, "tokens_per_minute": 1}
            await http.put("/api/v1/policies/limits", json={"each_key": rates})
            answers = [await http.post(path, json=body) for _ in range(amount + 1)]
            assert [answer.status_code for answer in answers] == [200] * amount + [429], (path, answers[0].text)
            left = [told(answer.headers, "remaining") for answer in answers]
            assert left == [*range(amount - 1, -1, -1), 0], path
            refused = answers[-1]
            assert told(refused.headers, "limit") == amount
            assert refused.headers["x-chimera-limited"] == "key requests minute"
            assert 0 < int(refused.headers["retry-after"]) <= 60 / amount + 1


def told(headers: httpx2.Headers, what: str) -> int:
    names = (f"x-ratelimit-{what}-requests", f"anthropic-ratelimit-requests-{what}")
    return int(next(headers[name] for name in names if name in headers))


@requirement("limits.refused")
async def test_a_key_has_no_more_by_making_keys_nor_do_those_by_making_others(chimera: Running) -> None:
    async with limited(chimera, each_key={"requests_per_minute": 5}) as http:

        async def made(by: str, **terms: int) -> str:
            answer = await http.post("/api/v1/keys", json={"name": "made"} | terms, headers=bearer(by))
            return str(answer.json()["key"])

        first = await made(chimera.key)
        second, sister = await made(first, requests_per_minute=3), await made(first)
        third = await made(second)
        statuses = [(await ask(http, key=key)).status_code for key in (third, third, second)]
        assert statuses == [200, 200, 200]
        # The second's own three are used up by what it made; the first has two left, whoever asks with it.
        asked = [third, second, sister, first, sister, first]
        assert [(await ask(http, key=key)).status_code for key in asked] == [429, 429, 200, 200, 429, 429]
        token = await http.post("/api/v1/token", json={}, headers=bearer(await made(first)))
        assert (await ask(http, key=token.json()["access_token"])).status_code == 429


@requirement("limits.lineage")
async def test_keys_that_make_keys_come_to_an_end(chimera: Running) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url) as http:
        key, statuses = chimera.key, list[int]()
        for _ in range(8):
            answer = await http.post("/api/v1/keys", json={"name": "deeper"}, headers=bearer(key))
            statuses.append(answer.status_code)
            key = answer.json().get("key", key)
        assert statuses == [*[201] * 7, 403]


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}
