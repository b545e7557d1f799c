"""Foreign ids in bodies and queries, and members that nobody may set: refused, and nothing is changed."""

from uuid import UUID

import httpx2
import pytest
from tests.serving import Running
from tests.surfaces.description import PUBLIC, described, operations
from tests.surfaces.isolation.belongings import SECRET, Belongings
from tests.surfaces.isolation.bodies import BODIES
from tests.surfaces.isolation.footprint import Footprint, footprint
from tests.surfaces.isolation.smuggling import fields_for_ids, knows, parameters_for_ids, schema_of, theirs
from tests.surfaces.requirements import requirement

from chimera.kit.ids import new_id

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

# Nobody says these of what they make or change: the server knows.
SET_BY_THE_SERVER = {
    "tenant_id": str(new_id()),
    "owner_id": str(new_id()),
    "user_id": str(new_id()),
    "role": "owner",
    "id": str(new_id()),
    "created_at": "2020-01-01T00:00:00Z",
    "operator": True,
}
# Bodies whose unknown members are a provider's to judge: nothing of them is kept.
PASSED_ON = {"/api/v1/estimate": "a chat request of OpenAI's", "/api/v1/route": "a chat request of OpenAI's"}


def unharmed(before: Footprint, after: Footprint, home: UUID) -> None:
    """Check that what was there is as it was, and nothing that came names anything of the first organisation."""
    assert not before.changes_to(after, home)
    assert not before.additions_in(after, home)


@requirement("access.bodies")
async def test_ids_of_another_organisation_in_bodies_are_ids_of_nothing(
    standing: Running, stranger: httpx2.AsyncClient, belongings: Belongings, home: UUID
) -> None:
    document, tried = await described(standing), []
    before = footprint(standing)
    for method, path, operation in operations(document):
        schema = schema_of(operation, document)
        if schema is None or (method, path) in PUBLIC or belongings.names(path):
            continue
        for name, is_list in fields_for_ids(schema, document):
            value = theirs(name, belongings)
            body = BODIES[method, path] | {name: [value] if is_list else value}
            answer = await stranger.request(method, belongings.address(path), json=body)
            where = f"{method} {path} with {name}: {answer.status_code} {answer.text[:300]}"
            assert answer.status_code in {400, 403, 404, 409, 422}, where
            assert SECRET not in answer.text, where
            tried.append((path, name))
    assert {("/v1/batches", "input_file_id"), ("/api/v1/chat", "conversation_id")} <= set(tried)
    assert len(tried) >= 5, tried
    unharmed(before, footprint(standing), home)


@requirement("access.bodies")
async def test_ids_and_cursors_of_another_organisation_in_queries_show_nothing(
    standing: Running, stranger: httpx2.AsyncClient, belongings: Belongings, home: UUID
) -> None:
    document = await described(standing)
    before, tried = footprint(standing), 0
    for method, path, operation in operations(document):
        if belongings.names(path):
            continue
        for name in parameters_for_ids(operation, document):
            query = {name: theirs(name, belongings)}
            answer = await stranger.request(
                method, belongings.address(path), params=query, json=BODIES.get((method, path))
            )
            where = f"{method} {path}?{name}: {answer.status_code} {answer.text[:300]}"
            assert answer.status_code < 500, where
            shown = answer.text.replace(query[name], "")
            assert not belongings.in_text(shown), where
            tried += 1
    assert tried >= 5
    unharmed(before, footprint(standing), home)


@requirement("access.bodies")
async def test_nobody_sets_what_only_the_server_knows(
    standing: Running, stranger: httpx2.AsyncClient, belongings: Belongings, home: UUID
) -> None:
    document = await described(standing)
    before, tried = footprint(standing), 0
    for method, path, operation in operations(document):
        schema = schema_of(operation, document)
        if schema is None or (method, path) in PUBLIC or belongings.names(path):
            continue
        if not path.startswith("/api/v1/") or path in PASSED_ON:
            continue
        for name, value in SET_BY_THE_SERVER.items():
            if knows(schema, document, name):
                continue
            answer = await stranger.request(method, belongings.address(path), json=BODIES[method, path] | {name: value})
            where = f"{method} {path} with {name}: {answer.status_code} {answer.text[:300]}"
            assert answer.status_code in {400, 403, 422}, where
            tried += 1
    assert tried >= 80
    unharmed(before, footprint(standing), home)


@requirement("access.bodies")
async def test_nor_of_what_there_is_already(
    standing: Running, caller: httpx2.AsyncClient, belongings: Belongings
) -> None:
    """As the owner of the thing, whose change would be good without the smuggled member."""
    document = await described(standing)
    before, tried = footprint(standing), 0
    for method, path, operation in operations(document):
        schema = schema_of(operation, document)
        if method not in {"patch", "put"} or schema is None or not path.startswith("/api/v1/"):
            continue
        for name, value in SET_BY_THE_SERVER.items():
            if not knows(schema, document, name):
                body = BODIES[method, path] | {name: value}
                answer = await caller.request(method, belongings.address(path), json=body)
                assert answer.status_code in {400, 403, 422}, f"{method} {path} with {name}: {answer.text[:300]}"
                tried += 1
    assert tried >= 40
    assert not before.changes_to(footprint(standing))
