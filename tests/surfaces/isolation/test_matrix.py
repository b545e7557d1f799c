"""Every operation times everybody who may not: refused, without a trace of what is there, and nothing is changed."""

from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import text
from tests.serving import Running
from tests.surfaces.description import PUBLIC, described, operations
from tests.surfaces.isolation.belongings import Belongings
from tests.surfaces.isolation.bodies import BODIES
from tests.surfaces.isolation.cast import COLLEAGUES, OTHER_OWNER, SHUT_OUT, STRANGERS, Cast, assemble
from tests.surfaces.isolation.footprint import footprint
from tests.surfaces.isolation.statements import Statements, watching
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import refused

from chimera.kit.scope import Scope

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

# What people make for themselves: nobody else finds it, not even an owner of the same organisation.
PRIVATE = {
    "conversation_id": "what was said is between a person and the models",
    "folder_id": "where a person put conversations",
    "tag_id": "what a person calls conversations",
    "turn_id": "part of a conversation",
    "response_id": "a conversation in OpenAI's words",
    "file_id": "what was brought for a batch, or came of one",
    "batch_id": "questions of one person",
    "passkey_id": "how a person signs in",
    "session_id": "where a person is signed in; who manages users finds it under the user",
}
# Operations that name something of the organisation and that every member may call, and why.
OF_ALL_MEMBERS: dict[tuple[str, str], str] = {
    ("get", "/api/v1/budgets/{budget_id}"): "whoever is bound by a budget sees it; this one binds everybody",
    ("get", "/api/v1/cache/{entry_id}"): "an answer that is shared in the organisation: whoever was given it names it",
    ("post", "/api/v1/shared/{token}/fork"): "what is shared with the organisation is for all who may chat",
    ("post", "/api/v1/cache/{entry_id}/feedback"): "a member's voice counts, and alone takes nothing from others",
}
OPERATED = ("/api/v1/tenants", "/api/v1/tenants/{tenant_id}")


@pytest.fixture(scope="module")
def statements(standing: Running) -> Generator[Statements]:
    with watching(standing.house.database) as noted:
        yield noted


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cast(standing: Running, statements: Statements) -> Cast:
    return await assemble(standing)


# What everybody's calls are counted in.
COMMON = {"budget_windows", "budget_alerts"}


def is_private(path: str) -> bool:
    return any(f"{{{name}}}" in path for name in PRIVATE)


def refusals(who: str, *usual: int) -> set[int]:
    """Who came with a session may be asked to prove anew who they are, before anything is looked up."""
    return {*usual, 401} if "session" in who else {*usual}


@dataclass(frozen=True, slots=True)
class Met:
    """An operation that was tried at what the first organisation has, and the answer."""

    operation: tuple[str, str]
    answer: httpx2.Response

    @property
    def path(self) -> str:
        return self.operation[1]

    def __str__(self) -> str:
        return f"{' '.join(self.operation)}: {self.answer.status_code} {self.answer.text[:300]}"


async def walk(standing: Running, cast: Cast, belongings: Belongings, who: str) -> AsyncGenerator[Met]:
    """Try every operation that is not for everybody."""
    async with httpx2.AsyncClient(base_url=standing.url, headers=cast.headers[who], timeout=20) as http:
        for method, path, told in operations(await described(standing)):
            if (method, path) not in PUBLIC:
                body, query = BODIES.get((method, path)), demanded(told)
                answer = await http.request(method, belongings.address(path), json=body, params=query)
                yield Met((method, path), answer)


def demanded(operation: dict[str, Any]) -> dict[str, str]:
    """Whatever a query must say: without it nobody would be looked at, but the query refused."""
    needed = (one for one in operation.get("parameters", ()) if one.get("in") == "query" and one.get("required"))
    return {one["name"]: "1" if one["schema"].get("type") == "integer" else "coup" for one in needed}


@requirement("access.matrix")
@pytest.mark.parametrize("who", SHUT_OUT)
async def test_whoever_is_shut_out_is_refused_by_every_operation_and_leaves_no_mark(
    standing: Running, cast: Cast, belongings: Belongings, who: str
) -> None:
    before = footprint(standing)
    async for met in walk(standing, cast, belongings, who):
        assert met.answer.status_code in {401, 403}, met
        refused(met.answer)
        assert not belongings.in_text(met.answer.text), met
    after = footprint(standing)
    assert not before.changes_to(after)
    assert not before.additions_in(after)


@requirement("access.matrix", "access.tenant")
@pytest.mark.parametrize("who", STRANGERS)
async def test_another_organisation_finds_nothing_and_changes_nothing(
    standing: Running, cast: Cast, belongings: Belongings, who: str
) -> None:
    before, named = footprint(standing), 0
    async for met in walk(standing, cast, belongings, who):
        if belongings.names(met.path):
            # Whoever is no operator is told that these are for operators, whatever there is.
            assert met.answer.status_code in refusals(who, 403 if met.path in OPERATED else 404), met
            named += 1
        assert not belongings.in_text(met.answer.text), met
    assert named >= 25
    after = footprint(standing)
    assert not before.changes_to(after, cast.home)
    assert not before.additions_in(after, cast.home)


@requirement("access.matrix", "access.permission")
@pytest.mark.parametrize("who", COLLEAGUES)
async def test_colleagues_reach_nothing_of_an_owner_s_that_is_not_for_all(
    standing: Running, cast: Cast, belongings: Belongings, who: str
) -> None:
    before = footprint(standing)
    async for met in walk(standing, cast, belongings, who):
        if is_private(met.path) or (belongings.names(met.path) and met.operation not in OF_ALL_MEMBERS):
            assert met.answer.status_code in refusals(who, 403, 404), met
    assert not before.changes_to(footprint(standing), but=COMMON, own=cast.users[who])


@requirement("access.matrix", "files.private")
async def test_not_even_another_owner_finds_what_people_made_for_themselves(
    standing: Running, cast: Cast, belongings: Belongings
) -> None:
    before, named = footprint(standing), 0
    async with httpx2.AsyncClient(base_url=standing.url, headers=cast.headers[OTHER_OWNER], timeout=20) as http:
        for method, path, _ in operations(await described(standing)):
            if is_private(path):
                answer = await http.request(method, belongings.address(path), json=BODIES.get((method, path)))
                assert answer.status_code == 404, Met((method, path), answer)
                assert not belongings.in_text(answer.text)
                named += 1
        for listed in ("/api/v1/conversations", "/api/v1/search?q=coup", "/v1/files", "/v1/batches"):
            assert (await http.get(listed)).json()["data"] == [], f"{listed} shows what is another's"
    assert named >= 12
    after = footprint(standing)
    assert not before.changes_to(after)
    assert not before.additions_in(after)


@requirement("access.matrix")
async def test_every_statement_of_a_tenant_names_it(standing: Running, cast: Cast, statements: Statements) -> None:
    async with httpx2.AsyncClient(base_url=standing.url, headers=cast.headers["a stranger"]) as http:
        assert (await http.get("/api/v1/conversations")).is_success
    assert statements.seen
    assert not statements.offences
    scope = Scope(tenant_id=cast.home, actor_id=cast.owner, permissions=frozenset())
    async with standing.house.database.reading(scope) as tx:
        await tx.execute(text("SELECT count(*) FROM conversations"))
    assert statements.offences == {"SELECT count(*) FROM conversations"}
    statements.offences.clear()
