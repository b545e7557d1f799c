"""Text that PostgreSQL refuses (NUL) or that UTF-8 cannot say (half of a surrogate pair), on both engines."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream
from tests.serving import OWNER_EMAIL, provider_environment, running
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import refused

JSON = {"content-type": "application/json"}
CHAT, CONVERSATIONS = "/api/v1/chat", "/api/v1/conversations"
BODIES: list[tuple[str, dict[str, Any]]] = [
    (CONVERSATIONS, {"title": "TEXT"}),
    (CONVERSATIONS, {"model": "TEXT"}),
    (CONVERSATIONS, {"system_prompt": "TEXT"}),
    (CONVERSATIONS, {"fallback_model": "TEXT"}),
    (CONVERSATIONS, {"TEXT": 1}),
    (CHAT, {"message": "Hi", "model": "TEXT"}),
    (CHAT, {"message": "Hi", "model": "nobody/TEXT"}),
    (CHAT, {"message": "Hi", "system_prompt": "TEXT"}),
    (CHAT, {"message": "Hi", "fallback_model": "TEXT"}),
    (CHAT, {"message": "Hi", "conversation_id": "TEXT"}),
    ("/api/v1/session", {"email": "TEXT", "password": "x"}),
    ("/api/v1/session", {"email": "TEXT@example.com", "password": "x"}),
    ("/api/v1/session", {"email": OWNER_EMAIL, "password": "TEXT"}),
    ("/api/v1/password", {"old_password": "TEXT", "new_password": "several unrelated words"}),
    ("/api/v1/keys", {"name": "TEXT"}),
    ("/api/v1/keys", {"name": "k", "permissions": ["TEXT"]}),
    ("/api/v1/keys", {"name": "k", "expires_at": "TEXT"}),
    ("/v1/chat/completions", {"model": "TEXT", "messages": [{"role": "user", "content": "Hi"}]}),
    ("/v1/chat/completions", {"model": "openai/gpt-5", "messages": [{"role": "TEXT", "content": "Hi"}]}),
    ("/v1/embeddings", {"model": "nobody/TEXT", "input": "Hi"}),
]


@pytest.fixture
async def caller(database_url: str, fake: FakeUpstream, tmp_path: Path) -> AsyncGenerator[httpx2.AsyncClient]:
    async with (
        running(database_url, provider_environment(fake), {"data_dir": tmp_path}) as chimera,
        httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers, timeout=20) as http,
    ):
        yield http


@requirement("errors.unstorable")
async def test_it_is_refused_in_every_field(caller: httpx2.AsyncClient) -> None:
    for path, body in BODIES:
        for text in (r"a\u0000b", r"a\ud800b"):
            sent = json.dumps(body).replace("TEXT", text).encode()
            response = await caller.post(path, content=sent, headers=JSON)
            assert refused(response), (path, sent)


@requirement("errors.unstorable")
async def test_it_is_refused_in_addresses(caller: httpx2.AsyncClient) -> None:
    for text in ("%00", "a%00b", "%ff", "%ed%a0%80"):
        for path in (
            f"{CONVERSATIONS}/{text}",
            f"{CONVERSATIONS}/{text}/messages",
            f"{CONVERSATIONS}?cursor={text}",
            f"/api/v1/turns/{text}",
            f"/api/v1/turns/{text}/events",
            f"/v1/models/{text}",
        ):
            assert refused(await caller.get(path)), path
        found = await caller.get(f"{CONVERSATIONS}?q={text}")
        assert found.is_success or refused(found) == "invalid_request"


@requirement("errors.unstorable")
async def test_what_is_said_and_answered_is_kept_as_it_is(caller: httpx2.AsyncClient, fake: FakeUpstream) -> None:
    fake.say(Answer(text="zero \x00 inside"))
    turn = await caller.post(CHAT, json={"message": "\x00 first\x00"})
    assert turn.status_code == 201
    conversation = f"{CONVERSATIONS}/{turn.json()['conversation_id']}"
    said, answered = (await caller.get(f"{conversation}/messages")).json()["data"]
    assert said["parts"] == [{"type": "text", "text": "\x00 first\x00"}]
    assert answered["parts"] == [{"type": "text", "text": "zero \x00 inside"}]
    assert (await caller.get(conversation)).json()["title"] == "first"


@requirement("errors.unstorable")
async def test_half_a_surrogate_pair_in_a_message_is_refused(caller: httpx2.AsyncClient) -> None:
    for path, body in (
        (CHAT, rb'{"message":"half \ud83d"}'),
        ("/v1/chat/completions", rb'{"model":"openai/gpt-5","messages":[{"role":"user","content":"half \ud83d"}]}'),
    ):
        assert refused(await caller.post(path, content=body, headers=JSON)) == "invalid_request"
