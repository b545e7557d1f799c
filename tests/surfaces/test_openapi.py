"""`/openapi.json` is valid, says everything, and is kept: schemathesis walks its corners against the real server."""

import asyncio
import json
import runpy
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from tests.serving import Running
from tests.surfaces.description import PUBLIC, described, operations
from tests.surfaces.requirements import requirement
from tests.surfaces.schemathesis_walk import PATIENCE_S, walk

pytestmark = pytest.mark.asyncio(loop_scope="module")

API_TYPES = Path(__file__).parents[2] / "tools/build_api_types.py"


def has_example(schema: Any, document: dict[str, Any]) -> bool:
    """Whether something in the schema, or in what it refers to, shows how it looks."""
    if isinstance(schema, list):
        return any(has_example(item, document) for item in schema)
    if not isinstance(schema, dict):
        return False
    if "$ref" in schema:
        return has_example(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    return "examples" in schema or "example" in schema or any(has_example(item, document) for item in schema.values())


@requirement("openapi.valid")
async def test_the_description_is_valid_openapi(standing: Running) -> None:
    document = await described(standing)
    assert document["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(document).validate()


@requirement("openapi.typed")
async def test_the_web_app_has_todays_types_of_it(standing: Running) -> None:
    tool = runpy.run_path(str(API_TYPES))
    made = await asyncio.to_thread(tool["types_of"], await described(standing))
    assert made == tool["TYPES"].read_text("utf-8"), "an endpoint has changed: run `make api-types`"


@requirement("openapi.complete")
async def test_every_operation_says_what_it_does_and_who_may(standing: Running) -> None:
    document = await described(standing)
    tags = {tag["name"] for tag in document["tags"] if tag["description"]}
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names)) > 20
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["description"], where
        assert set(operation["tags"]) <= tags, where
        is_public = (method, path) in PUBLIC
        ways = [*(operation.get("security") or ())]
        assert [set(way) for way in ways] == ([] if is_public else [{"key"}, {"cookie"}]), where
        assert is_public or ways[0]["key"] == ways[1]["cookie"], where
        assert is_public or {"401", "403"} <= set(operation["responses"]), where


@requirement("openapi.complete")
async def test_every_body_is_described_with_an_example(standing: Running) -> None:
    document = await described(standing)
    for method, path, operation in operations(document):
        for content in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media_type, body in content.get("content", {}).items():
                assert body["schema"], f"{method} {path}: {media_type}"
        asked = operation.get("requestBody", {}).get("content", {})
        assert not asked or has_example(asked, document), f"{method} {path}"


@requirement("openapi.valid")
async def test_no_parameter_is_said_to_be_null_which_neither_address_nor_header_can_say(standing: Running) -> None:
    for method, path, operation in operations(await described(standing)):
        for parameter in operation.get("parameters", ()):
            assert '"null"' not in json.dumps(parameter), f"{method} {path}"


@requirement("openapi.kept")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/conversations", '{"steps": {"recap_every": %s}}'),
        ("POST", "/api/v1/keys", '{"name": "Whole", "requests_per_minute": %s}'),
        (
            "POST",
            "/api/v1/budgets",
            '{"name": "W", "kind": "user", "period": "day", "limit": "9", "hard": false, "thresholds": [%s]}',
        ),
        ("PUT", "/api/v1/policies/steps", '{"recap_every": %s}'),
    ],
)
async def test_a_whole_number_is_one_however_json_writes_it(
    caller: httpx2.AsyncClient, method: str, path: str, body: str
) -> None:
    for said, is_good in (("34", True), ("34.0", True), ("34.5", False), ('"34"', False), ("true", False)):
        headers = {"content-type": "application/json"}
        answer = await caller.request(method, path, content=body % said, headers=headers)
        assert answer.is_success is is_good, answer.text
        assert is_good or (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@requirement("openapi.complete")
async def test_both_ways_to_prove_who_one_is_are_described(standing: Running) -> None:
    schemes = (await described(standing))["components"]["securitySchemes"]
    assert (schemes["key"]["type"], schemes["key"]["scheme"]) == ("http", "bearer")
    assert (schemes["cookie"]["in"], schemes["cookie"]["name"]) == ("cookie", "chimera_session")


@requirement("openapi.valid")
async def test_the_page_that_shows_it_needs_no_other_host(standing: Running) -> None:
    async with httpx2.AsyncClient(base_url=standing.url) as http:
        page = await http.get("/docs")
    assert page.is_success
    assert "://" not in page.text


@requirement("openapi.kept")
@pytest.mark.timeout(PATIENCE_S + 10)
async def test_schemathesis_finds_no_corner_that_is_not_as_described(standing: Running, tmp_path: Path) -> None:
    """Every example that the description gives, and each limit of every field from both sides."""
    asked = await walk(standing, tmp_path, "examples", "coverage")
    # Without some whose fields are those of others, and that have no example.
    assert asked["tested"] > 0.95 * asked["total"] > 300
