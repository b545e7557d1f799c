"""A key that is bound to some models: every surface, list and way around refuses the others."""

import asyncio
import json
import shutil
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from tests.fakes.server import FakeUpstream
from tests.serving import provider_environment, running
from tests.surfaces.people import bound_key
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import refused

from chimera.bootstrap.settings import load

pytestmark = pytest.mark.asyncio(loop_scope="module")

MAY = ("openai/gpt-4o-mini", "openai/text-embedding-3-small")
FORBIDDEN = "openai/gpt-5"
SAID = [{"role": "user", "content": "Hello"}]
NAMED = load(
    {
        "CHIMERA_ALIASES": json.dumps({"dear": FORBIDDEN, "cheap": MAY[0]}),
        "CHIMERA_DEPLOYMENTS": json.dumps(
            [{"name": "both", "targets": [{"model": FORBIDDEN, "weight": 99}, {"model": MAY[0]}]}]
        ),
    }
)
GEMINI: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("/v1/chat/completions", {"model": "{model}", "messages": SAID}),
    ("/v1/chat/completions", {"model": "{model}", "messages": SAID, "stream": True}),
    ("/v1/responses", {"model": "{model}", "input": "Hello"}),
    ("/v1/responses", {"model": "{model}", "input": "Hello", "background": True, "store": True}),
    ("/v1/messages", {"model": "{model}", "messages": SAID, "max_tokens": 9}),
    ("/v1/messages/count_tokens", {"model": "{model}", "messages": SAID}),
    ("/v1beta/models/{model}:generateContent", GEMINI),
    ("/v1beta/models/{model}:streamGenerateContent", GEMINI),
    ("/api/chat", {"model": "{model}", "messages": SAID, "stream": False}),
    ("/api/generate", {"model": "{model}", "prompt": "Hello", "stream": False}),
    ("/api/v1/chat", {"model": "{model}", "message": "Hello"}),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Two:
    """A server, its upstream, and a client with a bound key beside the owner's."""

    fake: FakeUpstream
    owner: httpx2.AsyncClient
    bound: httpx2.AsyncClient

    def asked_since(self, number: int) -> set[str]:
        """Models that were named to the provider after so many requests; a path may name one as well."""
        return {str(request.json.get("model")) for request in self.fake.requests[number:] if request.body}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Two]:
    folder = tmp_path_factory.mktemp("bound")
    shutil.copy(sqlite_template, folder / "chimera.db")
    flags = {"data_dir": folder, "aliases": NAMED.aliases, "deployments": NAMED.deployments}
    async with FakeUpstream(keys={"good-key"}, retry_after_s=0.05) as upstream:
        variables = provider_environment(upstream, "openai")
        async with running(f"sqlite:///{folder / 'chimera.db'}", variables, flags) as server:
            headers = {"Authorization": f"Bearer {await bound_key(server, MAY)}"}
            async with (
                httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=20) as owner,
                httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=20) as bound,
            ):
                yield Two(fake=upstream, owner=owner, bound=bound)


async def ask(client: httpx2.AsyncClient, path: str, body: dict[str, Any], model: str) -> httpx2.Response:
    filled = {name: model if value == "{model}" else value for name, value in body.items()}
    return await client.post(path.replace("{model}", model), json=filled)


async def ended(client: httpx2.AsyncClient, response_id: str) -> dict[str, Any]:
    """A response that is written in the background, once it is."""
    async with asyncio.timeout(10):
        told = (await client.get(f"/v1/responses/{response_id}")).json()
        while told["status"] in {"queued", "in_progress"}:
            await asyncio.sleep(0.02)
            told = (await client.get(f"/v1/responses/{response_id}")).json()
    return told


@requirement("access.models")
@pytest.mark.parametrize(("path", "body"), ASKED, ids=lambda value: value if isinstance(value, str) else "")
async def test_a_model_that_may_not_be_asked_is_refused_on_every_surface(
    two: Two, path: str, body: dict[str, Any]
) -> None:
    before = len(two.fake.requests)
    for model in (FORBIDDEN, "gpt-5", "dear", "openai/GPT-5", "openai/unlisted"):
        answer = await ask(two.bound, path, body, model)
        if path == "/api/v1/chat":  # a turn of its own, which tells how it ended
            turn = answer.json()
            code = turn["code"] if answer.status_code >= 400 else turn["error"]["code"]
        elif body.get("background"):  # likewise, later
            code = (await ended(two.bound, answer.json()["id"]))["error"]["code"]
        else:
            assert answer.status_code == 403, f"{model}: {answer.text[:200]}"
            code = refused(answer)
        assert code == "model_not_allowed", answer.text[:300]
    assert two.asked_since(before) <= {"gpt-4o-mini"}  # of a test before, in the background


@requirement("access.models")
@pytest.mark.parametrize(("path", "body"), ASKED, ids=lambda value: value if isinstance(value, str) else "")
async def test_the_others_are_asked_as_ever(two: Two, path: str, body: dict[str, Any]) -> None:
    before = len(two.fake.requests)
    for model in (MAY[0], "cheap"):
        answer = await ask(two.bound, path, body, model)
        assert answer.is_success, f"{model}: {answer.text[:200]}"
    assert two.asked_since(before) <= {"gpt-4o-mini"}


@requirement("access.models")
async def test_relays_and_embeddings_obey_as_well(two: Two) -> None:
    before = len(two.fake.requests)
    for path, body in (
        ("/v1/moderations", {"input": "Hello"}),
        ("/v1/audio/speech", {"model": "tts-1", "input": "Hello", "voice": "alloy"}),
        ("/v1/images/generations", {"model": "gpt-image-1", "prompt": "a fox"}),
        ("/v1/embeddings", {"model": "openai/text-embedding-3-large", "input": "Hello"}),
        ("/api/embed", {"model": "openai/text-embedding-3-large", "input": "Hello"}),
    ):
        answer = await two.bound.post(path, json=body)
        assert (answer.status_code, refused(answer)) == (403, "model_not_allowed"), path
    assert two.asked_since(before) <= {"gpt-4o-mini"}
    assert (await two.bound.post("/v1/embeddings", json={"model": MAY[1], "input": "Hello"})).is_success


@requirement("access.models")
async def test_lists_show_what_may_be_asked_and_nothing_else(two: Two) -> None:
    anthropic = {"anthropic-version": "2023-06-01"}
    for path, key in (
        ("/v1/models", "id"),
        ("/v1beta/models", "name"),
        ("/api/tags", "name"),
        ("/api/v1/models", "id"),
    ):
        told = (await two.bound.get(path)).json()
        names = {entry[key].removeprefix("models/") for entry in told.get("data") or told["models"]}
        assert names == {*MAY, "cheap", "both", "auto"} & (names | {*MAY, "cheap", "both"}), path
        assert "dear" not in names
        assert FORBIDDEN not in names
    assert FORBIDDEN not in (await two.bound.get("/v1/models", headers=anthropic)).text
    for path in (f"/v1/models/{FORBIDDEN}", "/v1/models/dear", f"/v1beta/models/{FORBIDDEN}"):
        assert (await two.bound.get(path)).status_code == 404
        assert (await two.owner.get(path)).status_code == 200
    assert (await two.bound.post("/api/show", json={"model": FORBIDDEN})).status_code == 404
    assert (await two.bound.get("/api/v1/models")).json()["default_model"] == MAY[0]
    asked = {"model": FORBIDDEN, "messages": SAID}
    assert refused(await two.bound.post("/api/v1/estimate", json=asked)) == "model_not_found"


@requirement("access.models")
async def test_neither_auto_nor_deployments_nor_fallbacks_lead_around_it(two: Two) -> None:
    for body in (
        {"model": "auto", "messages": SAID},
        {"model": "both", "messages": SAID},
        {"model": MAY[0], "messages": SAID, "fallbacks": [FORBIDDEN]},
    ):
        for _ in range(5):
            answer = await two.bound.post("/v1/chat/completions", json=body)
            assert answer.headers["x-chimera-model"] == MAY[0], answer.text
    before = len(two.fake.requests)
    routed = await two.bound.post("/api/v1/route", json={"model": "auto", "messages": SAID})
    assert FORBIDDEN not in routed.text
    assert routed.json()["chosen"] == MAY[0]
    assert two.asked_since(before) <= {"gpt-4o-mini"}


@requirement("access.models")
async def test_no_answer_of_a_forbidden_model_comes_out_of_the_cache(two: Two) -> None:
    await two.owner.put("/api/v1/policies/cache", json={"mode": "exact", "shared": True})
    try:
        asked = {"model": "both", "messages": [{"role": "user", "content": "What was cached?"}]}
        while (paid := await two.owner.post("/v1/chat/completions", json=asked)).headers[
            "x-chimera-model"
        ] != FORBIDDEN:
            await two.owner.delete("/api/v1/cache")
        again = await two.owner.post("/v1/chat/completions", json=asked)
        assert (paid.headers["x-chimera-cache"], again.headers["x-chimera-cache"]) == ("miss", "exact")
        mine = await two.bound.post("/v1/chat/completions", json=asked)
        assert (mine.headers["x-chimera-cache"], mine.headers["x-chimera-model"]) == ("miss", MAY[0])
        entry = f"/api/v1/cache/{again.headers['x-chimera-cache-id']}"
        assert (await two.owner.get(entry)).status_code == 200
        assert refused(await two.bound.get(entry)) == "cached_answer_not_found"
        named = await two.bound.post("/v1/chat/completions", json=asked | {"model": FORBIDDEN})
        assert refused(named) == "model_not_allowed"
    finally:
        await two.owner.delete("/api/v1/policies/cache")


@requirement("access.models")
async def test_experiments_and_cheaper_models_pass_over_who_is_bound(two: Two) -> None:
    trial = {"name": "try", "kind": "ab", "model": MAY[0], "challenger": FORBIDDEN, "share": 1.0}
    (await two.owner.put("/api/v1/policies/experiments", json={"running": [trial]})).raise_for_status()
    degraded = {"level": "degraded", "cheaper": {MAY[0]: FORBIDDEN}}
    try:
        asked = {"model": MAY[0], "messages": SAID}
        assert (await two.owner.post("/v1/chat/completions", json=asked)).headers["x-chimera-model"] == FORBIDDEN
        assert (await two.bound.post("/v1/chat/completions", json=asked)).headers["x-chimera-model"] == MAY[0]
        await two.owner.delete("/api/v1/policies/experiments")
        (await two.owner.put("/api/v1/policies/resilience", json=degraded)).raise_for_status()
        assert (await two.owner.post("/v1/chat/completions", json=asked)).headers["x-chimera-model"] == FORBIDDEN
        assert (await two.bound.post("/v1/chat/completions", json=asked)).headers["x-chimera-model"] == MAY[0]
    finally:
        for section in ("experiments", "resilience"):
            await two.owner.delete(f"/api/v1/policies/{section}")


@requirement("access.models")
async def test_the_lines_of_a_batch_are_bound_as_the_key_that_brought_them(two: Two) -> None:
    names = (MAY[0], FORBIDDEN, "both")
    lines = [
        {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": {"model": name, "messages": SAID}}
        for name in names
    ]
    content = "\n".join(json.dumps(line) for line in lines).encode()
    file = (await two.bound.post("/v1/files", data={"purpose": "batch"}, files={"file": ("in", content)})).json()
    asked = {"input_file_id": file["id"], "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    before = len(two.fake.requests)
    batch = (await two.bound.post("/v1/batches", json=asked)).json()
    async with asyncio.timeout(20):
        while batch["status"] not in {"completed", "failed"}:
            await asyncio.sleep(0.05)
            batch = (await two.bound.get(f"/v1/batches/{batch['id']}")).json()
    refusals = await two.bound.get(f"/v1/files/{batch['error_file_id']}/content")
    (line,) = [json.loads(one) for one in refusals.text.splitlines()]
    assert (line["custom_id"], line["response"]["status_code"]) == (FORBIDDEN, 403)
    assert line["response"]["body"]["error"]["code"] == "model_not_allowed"
    assert two.asked_since(before) == {"gpt-4o-mini"}


@requirement("access.models")
async def test_what_the_organisation_does_not_allow_is_not_told_of_to_anybody_of_it(two: Two) -> None:
    assert (await two.owner.put("/api/v1/policies/models", json={"allowed": [MAY[0]]})).is_success
    try:
        for path, key in (
            ("/v1/models", "id"),
            ("/v1beta/models", "name"),
            ("/api/tags", "name"),
            ("/api/v1/models", "id"),
        ):
            told = (await two.owner.get(path)).json()
            names = {entry[key].removeprefix("models/") for entry in told.get("data") or told["models"]}
            assert MAY[0] in names, path
            assert names <= {MAY[0], "cheap", "both", "auto"}, path
        assert FORBIDDEN not in (await two.owner.get("/v1/models", headers={"anthropic-version": "2023-06-01"})).text
        for path in (
            f"/v1/models/{FORBIDDEN}",
            "/v1/models/dear",
            f"/v1beta/models/{FORBIDDEN}",
            f"/v1/models/{MAY[1]}",
        ):
            assert (await two.owner.get(path)).status_code == 404, path
        assert (await two.owner.get(f"/v1/models/{MAY[0]}")).status_code == 200
        assert (await two.owner.post("/api/show", json={"model": FORBIDDEN})).status_code == 404
        assert (await two.owner.post("/api/generate", json={"model": FORBIDDEN})).status_code == 404
        assert (await two.owner.get("/api/v1/models")).json()["default_model"] == MAY[0]
        asked = {"model": "dear", "messages": SAID}
        assert refused(await two.owner.post("/api/v1/estimate", json=asked)) == "model_not_found"
        routed = await two.owner.post("/api/v1/route", json=asked | {"model": "auto"})
        assert (routed.json()["chosen"], FORBIDDEN in routed.text) == (MAY[0], False)
        linted = (await two.owner.post("/api/v1/lint", json={"request": asked})).json()
        assert linted["model"] == "dear"  # as a name of which nobody knows
    finally:
        assert (await two.owner.put("/api/v1/policies/models", json={})).is_success
    linted = (await two.owner.post("/api/v1/lint", json={"request": {"model": "dear", "messages": SAID}})).json()
    assert linted["model"] == FORBIDDEN
    bound = (await two.bound.post("/api/v1/lint", json={"request": {"model": "dear", "messages": SAID}})).json()
    assert bound["model"] == "dear"
