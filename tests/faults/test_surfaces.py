"""Faults as the clients of the other surfaces meet them: in each surface's own shape, and never as success.

That every provider's fault becomes the same error of ours is `test_matrix.py`'s business; here four kinds of provider
stand for all, so that every surface has one of its own wire behind it and some of another. A house for each surface,
not for each fault: the faults come one after another, each from a model of its own.
"""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio
from tests.fakes.answer import Answer
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.faults.conftest import impatient
from tests.faults.expected import AFTER, BEFORE, REFUSED_CONNECTION
from tests.faults.surfaces import DOORS, Door, SurfaceSeen
from tests.patience import within
from tests.serving import Running, running
from tests.surfaces.requirements import requirement

KINDS = ("openai", "anthropic", "gemini", "ollama")
WHOLE = "One two three four."
pytestmark = pytest.mark.asyncio(loop_scope="module")
EVERY_DOOR = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
# A fault that stays, and the status that it has on each surface; Anthropic has words of its own for some.
STATUS = {
    "provider_rate_limited": 429,
    "provider_unavailable": 503,
    "provider_unauthenticated": 503,
    "context_length_exceeded": 400,
    "provider_unreachable": 503,
    "provider_timeout": 504,
    "provider_answer_malformed": 503,
}
OWN_STATUS = {"messages": {503: {500, 503, 529}, 504: {504, 500, 529}}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(retry_after_s=0.05) as running_upstream:
        yield running_upstream


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chimera(
    upstream: FakeUpstream, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Running]:
    """One house for all: every question asks a model of another name, so that no circuit remembers the last one."""
    folder = tmp_path_factory.mktemp("surfaces")
    shutil.copy(sqlite_template, folder / "chimera.db")
    async with running(f"sqlite:///{folder / 'chimera.db'}", {}, impatient(upstream, folder)) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def fresh(upstream: FakeUpstream, sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Running]:
    """A house with all its retries left."""
    async with running(sqlite_url, {}, impatient(upstream, tmp_path)) as server:
        yield server


@pytest.fixture
def fake(upstream: FakeUpstream) -> FakeUpstream:
    upstream.say(Answer(text=WHOLE, chunks=4))
    return upstream


async def everywhere(
    door: Door, client: httpx2.AsyncClient, chimera: Running, model: str, *, stream: bool, dead: bool = False,
    headers: Mapping[str, str] = {},
) -> dict[str, SurfaceSeen]:  # fmt: skip
    prefix, unique = "dead-" if dead else "", uuid4().hex
    async with asyncio.timeout(12):
        seen = await asyncio.gather(
            *(
                door.ask(client, chimera, f"{prefix}{kind}/{unique}/{model}", stream=stream, headers=headers)
                for kind in KINDS
            )
        )
    return dict(zip(KINDS, seen, strict=True))


@requirement("errors.surfaces")
@EVERY_DOOR
@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
async def test_a_fault_before_the_first_token_is_a_status_and_an_error_of_the_surface(
    client: httpx2.AsyncClient, chimera: Running, door: Door, *, stream: bool
) -> None:
    for fault, outcome in BEFORE.items():
        model = f"fault-{fault}" if isinstance(fault, Fault) else "some-model"
        seen = await everywhere(door, client, chimera, model, stream=stream, dead=fault == REFUSED_CONNECTION)
        expected = STATUS[outcome.always]
        for kind, one in seen.items():
            allowed = OWN_STATUS.get(door.name, {}).get(expected, {expected})
            assert one.status in allowed, (fault, kind, one)
            assert one.error is not None, (fault, kind, one)
            assert one.error["message"], (fault, kind)
            assert (one.text, one.ended) == ("", False), (fault, kind)


@requirement("errors.surfaces")
@EVERY_DOOR
async def test_a_fault_after_the_first_token_is_told_in_the_stream(
    client: httpx2.AsyncClient, chimera: Running, fake: FakeUpstream, door: Door
) -> None:
    fake.say(Answer(text=WHOLE, chunks=4, delay_s=0.02))
    for fault in AFTER:
        for kind, one in (await everywhere(door, client, chimera, f"fault-{fault}", stream=True)).items():
            assert one.status == 200, (fault, kind, one)
            assert one.error is not None, (fault, kind, one)
            assert one.error["message"], (fault, kind)
            assert one.text, (fault, kind, one)
            assert WHOLE.startswith(one.text), (fault, kind, one)
            assert not one.ended, (fault, kind, one)


@requirement("errors.surfaces")
@EVERY_DOOR
async def test_a_rate_limit_says_when_to_come_back(
    client: httpx2.AsyncClient, chimera: Running, fake: FakeUpstream, door: Door
) -> None:
    for stream in (True, False):
        for kind, one in (await everywhere(door, client, chimera, "fault-429", stream=stream)).items():
            assert one.status == 429
            assert int(one.headers["retry-after"]) >= 1, kind
            assert one.headers.get("x-should-retry") != "false"


@requirement("errors.surfaces")
@EVERY_DOOR
async def test_an_empty_account_is_not_worth_another_try(
    client: httpx2.AsyncClient, chimera: Running, fake: FakeUpstream, door: Door
) -> None:
    for kind, one in (await everywhere(door, client, chimera, "fault-quota", stream=True)).items():
        assert one.status == 402, (kind, one)
        assert one.headers["x-should-retry"] == "false"
        assert "retry-after" not in one.headers


@requirement("errors.surfaces")
@EVERY_DOOR
async def test_a_fault_that_happens_once_is_not_seen(
    client: httpx2.AsyncClient, fresh: Running, fake: FakeUpstream, door: Door
) -> None:
    for kind in KINDS:
        fake.next(Fault.SERVER_ERROR, flavour=kind)
    for kind, one in (await everywhere(door, client, fresh, "some-model", stream=True)).items():
        assert (one.status, one.text, one.ended, one.error) == (200, WHOLE, True, None), kind
        assert one.headers["x-chimera-attempts"] == "2"


@requirement("errors.surfaces")
@EVERY_DOOR
async def test_nothing_passes_its_deadline(
    client: httpx2.AsyncClient, chimera: Running, fake: FakeUpstream, door: Door
) -> None:
    short = {"x-chimera-timeout-s": "0.3"}
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for kind, one in (await everywhere(door, client, chimera, "fault-hang-midway", stream=True, headers=short)).items():
        assert one.error is not None, kind
        assert not one.ended
    for one in (await everywhere(door, client, chimera, "fault-hang", stream=False, headers=short)).values():
        assert one.status == 504 or door.name == "messages"
    assert loop.time() - begun < 4


@requirement("errors.surfaces")
@EVERY_DOOR
@pytest.mark.parametrize("kind", KINDS)
async def test_the_upstream_is_closed_when_the_client_leaves(
    client: httpx2.AsyncClient, chimera: Running, fake: FakeUpstream, door: Door, kind: str
) -> None:
    before = len(fake.requests)
    asking = asyncio.ensure_future(
        door.ask(client, chimera, f"{kind}/{uuid4().hex}/fault-hang-midway", stream=True, headers={})
    )
    asked = (await fake.arrived(before + 1))[before]
    asking.cancel()
    async with within(1):
        await asked.over()
    assert asked.client_left
