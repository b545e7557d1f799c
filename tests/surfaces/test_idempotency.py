"""`Idempotency-Key` on every surface: once carried out, answered as often as asked."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any
from uuid import uuid4

import anthropic
import httpx2
import openai
import pytest
import pytest_asyncio
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from tests.fakes.answer import Answer
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.serving import Running, provider_environment, running
from tests.surfaces.description import described, operations
from tests.surfaces.people import colleague_of, stranger_to
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import refused

from chimera.idempotency.description import UNKEYED

pytestmark = pytest.mark.asyncio(loop_scope="module")

HELLO = [{"role": "user", "content": "Hello you there"}]
CHAT = {"model": "openai/gpt-5", "messages": HELLO}
Key = Callable[..., dict[str, str]]
COMPLETIONS, MESSAGES, CONVERSATIONS = "/v1/chat/completions", "/v1/messages", "/api/v1/conversations"
GENERATE = "/v1beta/models/openai%2Fgpt-5:generateContent"
ASKED: list[tuple[str, dict[str, Any]]] = [
    (COMPLETIONS, CHAT),
    (COMPLETIONS, CHAT | {"stream": True}),
    ("/v1/embeddings", {"model": "openai/text-embedding-3-small", "input": "Hi"}),
    ("/v1/responses", {"model": "openai/gpt-5", "input": "Hi"}),
    ("/v1/responses", {"model": "openai/gpt-5", "input": "Hi", "stream": True}),
    (MESSAGES, {"model": "openai/gpt-5", "max_tokens": 50, "messages": HELLO}),
    (MESSAGES, {"model": "openai/gpt-5", "max_tokens": 50, "messages": HELLO, "stream": True}),
    (GENERATE, {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}),
    ("/api/chat", {"model": "openai/gpt-5", "messages": HELLO}),
    ("/api/v1/chat", {"message": "Hi", "model": "openai/gpt-5"}),
    ("/api/v1/chat", {"message": "Hi", "model": "openai/gpt-5", "stream": True}),
    (CONVERSATIONS, {"title": "Once"}),
]
LONG = Answer(text=" ".join(f"word-{number}" for number in range(60)), chunks=60, delay_s=0.01)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(keys={"good-key"}, retry_after_s=0.05) as fake:
        yield fake


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chimera(
    upstream: FakeUpstream, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Running]:
    """One for all tests here: each has keys of its own."""
    folder = tmp_path_factory.mktemp("idempotency")
    shutil.copy(sqlite_template, folder / "chimera.db")
    variables = provider_environment(upstream, "openai", "anthropic")
    async with running(f"sqlite:///{folder / 'chimera.db'}", variables, {"data_dir": folder}) as server:
        yield server


@pytest.fixture(autouse=True)
def fake(upstream: FakeUpstream) -> FakeUpstream:
    """The upstream, echoing until a test says otherwise."""
    upstream.say(Answer())
    return upstream


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(chimera: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as client:
        yield client


@pytest.fixture
def key() -> Key:
    """Headers with a key of this name that no other test has."""
    mine = uuid4().hex

    def named(name: str = "one") -> dict[str, str]:
        return {"Idempotency-Key": f"{mine} {name}"}

    return named


def is_replayed(response: httpx2.Response) -> bool:
    return response.headers.get("idempotent-replayed") == "true"


@requirement("idempotency.replayed")
@pytest.mark.parametrize(("path", "body"), ASKED, ids=lambda value: value if isinstance(value, str) else "")
async def test_the_same_request_is_answered_as_the_first_time(
    key: Key, http: httpx2.AsyncClient, fake: FakeUpstream, path: str, body: dict[str, Any]
) -> None:
    before = len(fake.requests)
    first = await http.post(path, json=body, headers=key())
    assert first.is_success, first.text
    asked = len(fake.requests)
    again = await http.post(path, json=body, headers=key())
    assert (is_replayed(first), is_replayed(again)) == (False, True)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("content-type", "x-chimera-model", "x-chimera-attempts", "cache-control"):
        assert again.headers.get(name) == first.headers.get(name)
    assert len(fake.requests) == asked
    assert asked - before == (0 if path == CONVERSATIONS else 1)
    assert again.headers["x-request-id"] != first.headers["x-request-id"]


@requirement("idempotency.replayed")
async def test_the_openai_sdk_gets_the_first_answer_whole_and_streamed(
    key: Key, chimera: Running, fake: FakeUpstream
) -> None:
    before = len(fake.requests)
    client = AsyncOpenAI(base_url=f"{chimera.url}/v1", api_key=chimera.key, max_retries=0)
    whole = [await client.chat.completions.create(**CHAT, extra_headers=key("whole")) for _ in range(2)]
    assert whole[0] == whole[1]
    told = []
    for _ in range(2):
        asked = {"stream_options": {"include_usage": True}, "extra_headers": key("streamed")}
        async with client.chat.completions.stream(**CHAT, **asked) as stream:
            told.append(await stream.get_final_completion())
    assert told[0].to_dict() == told[1].to_dict()
    assert len(fake.requests) - before == 2
    await client.close()


@requirement("idempotency.replayed")
async def test_the_anthropic_sdk_gets_the_first_answer_whole_and_streamed(
    key: Key, chimera: Running, fake: FakeUpstream
) -> None:
    before = len(fake.requests)
    asked = {"model": "anthropic/claude-sonnet-5-5", "max_tokens": 50, "messages": HELLO}
    async with AsyncAnthropic(base_url=chimera.url, api_key=chimera.key, max_retries=0) as sdk:
        whole = [await sdk.messages.create(**asked, extra_headers=key("whole")) for _ in range(2)]
        assert whole[0] == whole[1]
        told = []
        for _ in range(2):
            async with sdk.messages.stream(**asked, extra_headers=key("streamed")) as stream:
                told.append(await stream.get_final_message())
        assert told[0] == told[1]
        assert len(fake.requests) - before == 2
        with pytest.raises(anthropic.UnprocessableEntityError):
            await sdk.messages.create(**asked | {"max_tokens": 51}, extra_headers=key("whole"))


@requirement("idempotency.once")
@pytest.mark.parametrize("stream", [False, True])
async def test_fifty_at_once_are_one_call_and_the_same_bytes(
    key: Key, http: httpx2.AsyncClient, fake: FakeUpstream, stream: bool
) -> None:
    fake.say(LONG)
    before = len(fake.requests)
    body = CHAT | {"stream": stream}
    answers = await asyncio.gather(*(http.post(COMPLETIONS, json=body, headers=key()) for _ in range(50)))
    assert {one.status_code for one in answers} == {200}
    assert len({one.content for one in answers}) == 1
    assert [is_replayed(one) for one in answers].count(False) == 1
    assert len(fake.requests) - before == 1


@requirement("idempotency.once")
async def test_a_stream_is_followed_while_it_is_written(key: Key, http: httpx2.AsyncClient, fake: FakeUpstream) -> None:
    fake.say(Answer(text="one two three four", chunks=4, delay_s=0.3))
    body = CHAT | {"stream": True}

    async def moments() -> list[float]:
        async with http.stream("POST", COMPLETIONS, json=body, headers=key()) as response:
            return [asyncio.get_running_loop().time() async for chunk in response.aiter_raw()]

    first, second = await asyncio.gather(moments(), moments())
    for heard in (first, second):
        assert heard[-1] - heard[0] > 0.5


@requirement("idempotency.left")
@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_that_was_cut_off_finds_the_whole_answer(
    key: Key, http: httpx2.AsyncClient, fake: FakeUpstream, stream: bool
) -> None:
    fake.say(LONG)
    before, body = len(fake.requests), CHAT | {"stream": stream}
    if stream:
        async with (
            http.stream("POST", COMPLETIONS, json=body, headers=key()) as response,
            aclosing(response.aiter_lines()) as lines,
        ):
            await anext(lines)
    else:
        asking = asyncio.ensure_future(http.post(COMPLETIONS, json=body, headers=key()))
        await fake.arrived(before + 1)
        assert asking.cancel()
    again = await http.post(COMPLETIONS, json=body, headers=key())
    assert is_replayed(again)
    assert "word-59" in again.text
    if stream:
        assert again.text.endswith("data: [DONE]\n\n")
        assert again.text.count('"finish_reason":"stop"') == 1
    assert len(fake.requests) - before == 1
    assert not fake.requests[-1].client_left


@requirement("idempotency.reused")
@pytest.mark.parametrize("path", [COMPLETIONS, "/v1/embeddings", CONVERSATIONS])
async def test_another_body_or_address_under_the_same_key_is_refused(
    key: Key, http: httpx2.AsyncClient, path: str
) -> None:
    assert (await http.post(COMPLETIONS, json=CHAT | {"temperature": 0.5}, headers=key())).is_success
    for body in (CHAT, {"title": "x"}):
        response = await http.post(path, json=body, headers=key())
        assert (response.status_code, refused(response)) == (422, "idempotency_key_reused")
        assert response.headers["x-should-retry"] == "false"


@requirement("idempotency.reused")
async def test_what_changes_an_answer_makes_it_another_request(key: Key, http: httpx2.AsyncClient) -> None:
    assert (await http.post(COMPLETIONS, json=CHAT, headers=key())).is_success
    strict = await http.post(COMPLETIONS, json=CHAT, headers=key() | {"x-chimera-strict": "true"})
    assert refused(strict) == "idempotency_key_reused"
    traced = {"x-request-id": "another", "x-stainless-retry-count": "1", "x-chimera-timeout-s": "9"}
    assert is_replayed(await http.post(COMPLETIONS, json=CHAT, headers=key() | traced))


@requirement("idempotency.reused")
async def test_the_sdk_does_not_retry_what_will_never_do(key: Key, chimera: Running, fake: FakeUpstream) -> None:
    async with AsyncOpenAI(base_url=f"{chimera.url}/v1", api_key=chimera.key, max_retries=5) as sdk:
        await sdk.chat.completions.create(**CHAT, extra_headers=key())
        asked = len(fake.requests)
        with pytest.raises(openai.UnprocessableEntityError) as raised:
            await sdk.chat.completions.create(**CHAT, temperature=1, extra_headers=key())
    assert raised.value.code == "idempotency_key_reused"
    assert len(fake.requests) == asked


@requirement("idempotency.apart")
async def test_the_same_key_of_somebody_else_is_another_key(
    key: Key, chimera: Running, http: httpx2.AsyncClient, fake: FakeUpstream
) -> None:
    mine = await http.post(COMPLETIONS, json=CHAT, headers=key())
    for secret in (await stranger_to(chimera), await colleague_of(chimera)):
        others = await http.post(
            COMPLETIONS, json=CHAT | {"n": 1}, headers=key() | {"Authorization": f"Bearer {secret}"}
        )
        assert others.is_success
        assert not is_replayed(others)
        assert others.json()["id"] != mine.json()["id"]


@requirement("idempotency.apart")
async def test_a_key_that_may_less_does_not_see_what_another_was_answered(key: Key, http: httpx2.AsyncClient) -> None:
    assert (await http.post(COMPLETIONS, json=CHAT, headers=key())).is_success
    made = await http.post("/api/v1/keys", json={"name": "less", "permissions": ["models:read"]})
    less = {"Authorization": f"Bearer {made.json()['key']}"}
    assert refused(await http.post(COMPLETIONS, json=CHAT, headers=key() | less)) == "idempotency_key_reused"
    assert refused(await http.post(COMPLETIONS, json=CHAT, headers=key("two") | less)) == "permission_denied"


@requirement("idempotency.failures")
@pytest.mark.parametrize("fault", [Fault.CONTEXT_TOO_LONG, Fault.WRONG_KEY, Fault.QUOTA_EXHAUSTED])
async def test_a_failure_is_not_kept(key: Key, http: httpx2.AsyncClient, fake: FakeUpstream, fault: Fault) -> None:
    fake.next(fault)
    failed = await http.post(COMPLETIONS, json=CHAT, headers=key())
    assert not failed.is_success
    assert (await http.post(COMPLETIONS, json=CHAT, headers=key())).is_success


@requirement("idempotency.failures")
@pytest.mark.parametrize("fault", [Fault.RESET_MIDWAY, Fault.CUT, Fault.ERROR_MIDWAY])
async def test_nor_is_a_stream_that_broke(key: Key, http: httpx2.AsyncClient, fake: FakeUpstream, fault: Fault) -> None:
    fake.next(fault)
    broken = await http.post(COMPLETIONS, json=CHAT | {"stream": True}, headers=key())
    assert "[DONE]" not in broken.text
    again = await http.post(COMPLETIONS, json=CHAT | {"stream": True}, headers=key())
    assert not is_replayed(again)
    assert again.text.endswith("data: [DONE]\n\n")


@requirement("idempotency.failures")
@pytest.mark.parametrize("model", ["openai/gpt-5", "anthropic/claude-sonnet-5-5"])
async def test_nor_is_a_response_that_broke(key: Key, http: httpx2.AsyncClient, fake: FakeUpstream, model: str) -> None:
    asked = {"model": model, "input": "Hi", "stream": True}
    fake.next(Fault.CUT)
    broken = await http.post("/v1/responses", json=asked, headers=key())
    assert "response.failed" in broken.text
    again = await http.post("/v1/responses", json=asked, headers=key())
    assert not is_replayed(again)
    assert "response.completed" in again.text


@requirement("idempotency.failures")
async def test_a_mistake_may_be_mended_under_the_same_key(
    key: Key, http: httpx2.AsyncClient, fake: FakeUpstream
) -> None:
    before = len(fake.requests)
    for body in (CHAT | {"model": "nobody/none"}, CHAT | {"temperature": "hot"}):
        assert not (await http.post(COMPLETIONS, json=body, headers=key())).is_success
    assert (await http.post(COMPLETIONS, json=CHAT, headers=key())).is_success
    assert len(fake.requests) - before == 1


@requirement("idempotency.failures")
async def test_the_sdks_own_retry_with_the_key_is_carried_out(key: Key, chimera: Running, fake: FakeUpstream) -> None:
    fake.next(Fault.RATE_LIMITED, Fault.RATE_LIMITED, Fault.RATE_LIMITED)
    async with AsyncOpenAI(base_url=f"{chimera.url}/v1", api_key=chimera.key, max_retries=2) as sdk:
        answer = await sdk.chat.completions.create(**CHAT, extra_headers=key())
    assert answer.choices[0].message.content


@requirement("idempotency.secrets")
async def test_a_new_key_is_made_once_and_its_secret_shown_once(key: Key, http: httpx2.AsyncClient) -> None:
    before = len((await http.get("/api/v1/keys")).json()["data"])
    made = await http.post("/api/v1/keys", json={"name": "once"}, headers=key())
    again = await http.post("/api/v1/keys", json={"name": "once"}, headers=key())
    assert made.status_code == 201
    assert (again.status_code, refused(again)) == (409, "idempotent_result_not_kept")
    assert again.headers["x-should-retry"] == "false"
    assert len((await http.get("/api/v1/keys")).json()["data"]) == before + 1


@requirement("idempotency.key")
@pytest.mark.parametrize("given", [b"", b"x" * 256, "schlüssel".encode(), b"a\tb"])
async def test_a_key_that_is_none_is_refused(http: httpx2.AsyncClient, fake: FakeUpstream, given: bytes) -> None:
    before = len(fake.requests)
    for path in (COMPLETIONS, CONVERSATIONS):
        response = await http.post(path, json=CHAT, headers=[(b"idempotency-key", given)])
        assert (response.status_code, refused(response)) == (400, "invalid_idempotency_key")
    assert len(fake.requests) == before


@requirement("idempotency.key")
async def test_several_keys_are_none_and_the_longest_is_one(key: Key, http: httpx2.AsyncClient) -> None:
    longest = {"Idempotency-Key": uuid4().hex.ljust(255, "~")}
    several = await http.post(COMPLETIONS, json=CHAT, headers=[("idempotency-key", "a"), ("idempotency-key", "b")])
    assert refused(several) == "invalid_idempotency_key"
    for _ in range(2):
        assert (await http.post(COMPLETIONS, json=CHAT, headers=longest)).is_success


@requirement("idempotency.key")
async def test_who_is_not_known_and_what_is_too_large_is_refused_as_ever(key: Key, chimera: Running) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, timeout=20) as nobody:
        assert refused(await nobody.post(COMPLETIONS, json=CHAT, headers=key())) == "unauthenticated"
        big = await nobody.post("/api/v1/keys", content=b"x" * 70_000, headers=key() | chimera.headers)
        assert (big.status_code, refused(big)) == (413, "body_too_large")


@requirement("idempotency.waits")
async def test_who_waits_no_longer_is_told_to_return(key: Key, http: httpx2.AsyncClient, fake: FakeUpstream) -> None:
    fake.say(Answer(text="at last", chunks=1, delay_s=1.5))
    first = asyncio.ensure_future(http.post(COMPLETIONS, json=CHAT, headers=key()))
    await fake.arrived(len(fake.requests) + 1)
    hasty = await http.post(COMPLETIONS, json=CHAT, headers=key() | {"x-chimera-timeout-s": "0.2"})
    assert (hasty.status_code, refused(hasty)) == (409, "idempotency_key_in_progress")
    assert float(hasty.headers["retry-after"]) > 0
    assert "x-should-retry" not in hasty.headers
    secret = http.headers["authorization"].removeprefix("Bearer ")
    async with AsyncOpenAI(base_url=f"{http.base_url}/v1", api_key=secret, max_retries=3) as sdk:
        patient = await sdk.chat.completions.create(**CHAT, extra_headers=key() | {"x-chimera-timeout-s": "0.9"})
    assert patient.id == (await first).json()["id"]


@requirement("idempotency.large")
async def test_an_answer_too_long_to_keep_is_given_once(key: Key, http: httpx2.AsyncClient, fake: FakeUpstream) -> None:
    text = "x" * 9_000_000
    fake.say(Answer(text=text, chunks=9))
    asked = len(fake.requests)
    for stream in (False, True):
        body = CHAT | {"stream": stream}
        first = await http.post(COMPLETIONS, json=body, headers=key(str(stream)))
        assert first.is_success
        assert len(first.content) > len(text)
        again = await http.post(COMPLETIONS, json=body, headers=key(str(stream)))
        assert (again.status_code, refused(again)) == (409, "idempotent_result_not_kept")
    assert len(fake.requests) - asked == 2


@requirement("idempotency.key")
async def test_every_request_that_takes_a_key_says_so(chimera: Running) -> None:
    document = await described(chimera)
    takes = {"$ref": "#/components/parameters/IdempotencyKey"}
    told = {path for method, path, asked in operations(document) if takes in asked.get("parameters", ())}
    posts = {path: asked for method, path, asked in operations(document) if method == "post"}
    assert posts.keys() - told == {
        path for path, asked in posts.items() if path in UNKEYED or "401" not in asked["responses"]
    }
    assert told >= {COMPLETIONS, CONVERSATIONS, "/api/v1/chat", "/api/v1/keys"}
    assert document["components"]["parameters"]["IdempotencyKey"]["name"] == "Idempotency-Key"
    for method, path, asked in operations(document):
        if method == "post" and path in told:
            assert {"400", "409", "422"} <= asked["responses"].keys(), path
            good = [answer for status, answer in asked["responses"].items() if status.startswith("2")]
            assert all("idempotent-replayed" in answer["headers"] for answer in good), path
