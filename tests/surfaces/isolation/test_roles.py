"""Schemathesis as each role, and as another organisation's owner: nothing breaks, and nothing is told."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from tests.serving import Running
from tests.surfaces.description import PUBLIC, described
from tests.surfaces.isolation.belongings import Belongings
from tests.surfaces.isolation.cast import add_roles
from tests.surfaces.people import stranger_to
from tests.surfaces.requirements import requirement

from chimera.tenancy.permissions import ROLES

pytestmark = pytest.mark.asyncio(loop_scope="module")

HERE = Path(__file__).parent
STRANGER = "stranger"
RUN_TIMEOUT_S = 400
FULL_TIMEOUT_S = 1_800


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def keys(standing: Running) -> dict[str, str]:
    """A key of each role, and of another organisation's owner."""
    return await add_roles(standing, sorted(ROLES)) | {STRANGER: await stranger_to(standing)}


async def walked(standing: Running, had: Belongings, keys: dict[str, str], folder: Path, *, examples: int) -> None:
    """Walk by turns with the keys."""
    patience_s = RUN_TIMEOUT_S if examples == 1 else FULL_TIMEOUT_S
    told = {
        "WALK_KEYS": json.dumps(list(keys.values())),
        "WALK_STRANGERS": json.dumps([key for name, key in keys.items() if name == STRANGER]),
        "WALK_TRACES": json.dumps(sorted(had.traces)),
        "WALK_OPEN": json.dumps(sorted({path for _, path in PUBLIC})),
        "SCHEMATHESIS_HOOKS": str(HERE / "role_hooks.py"),
    }
    await described(standing)  # made at the first look, for which schemathesis does not wait long
    program = Path(sys.executable).with_name("schemathesis")
    command = [
        *("env", *(f"{name}={value}" for name, value in told.items())),
        *(str(program), "--config-file", str(HERE / "roles.toml"), "run", f"{standing.url}/openapi.json"),
        *("--phases", "fuzzing", "--max-examples", str(examples), "--no-color"),
        *("--checks", "stands_and_tells_nothing", "--report", "json"),
        *("--report-json-path", str(folder / "report.json")),
    ]
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=PIPE, stderr=STDOUT)
    try:
        async with asyncio.timeout(patience_s):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode == 0, said.decode()[:6000]
    report = json.loads((folder / "report.json").read_text())
    assert report["operations"]["tested"] == report["operations"]["total"] > 100


@requirement("access.fuzzed")
@pytest.mark.slow
@pytest.mark.timeout(RUN_TIMEOUT_S + 10)
async def test_everybody_by_turns_breaks_nothing_and_a_stranger_sees_nothing(
    standing: Running, caller: httpx2.AsyncClient, belongings: Belongings, keys: dict[str, str], tmp_path: Path
) -> None:
    await walked(standing, belongings, keys, tmp_path, examples=1)
    assert (await caller.get(belongings.address("/api/v1/conversations/{conversation_id}"))).is_success


@requirement("access.fuzzed")
@pytest.mark.full
@pytest.mark.timeout(FULL_TIMEOUT_S + 10)
@pytest.mark.parametrize("role", [*sorted(ROLES), STRANGER])
async def test_each_of_them_walks_all_of_it(
    standing: Running, belongings: Belongings, keys: dict[str, str], tmp_path: Path, role: str
) -> None:
    await walked(standing, belongings, {role: keys[role]}, tmp_path, examples=10)
