"""The official `openai` SDK for Node against `/v1`: one run of `node/suite.mjs`, which says what each check found."""

import asyncio
import fcntl
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from tests.fakes.answer import Answer, ToolUse
from tests.fakes.server import FakeUpstream
from tests.serving import HOSTED, Running
from tests.surfaces.requirements import requirement

SUITE = Path(__file__).parent / "node"
# Finds the Node.js that builds the web app: the machine's own, or the one in the virtual environment.
NPM = ("env", f"VENV={sys.prefix}", str(SUITE.parents[2] / "tools" / "npm"))
MODELS = [f"{kind}/some-model" for kind in HOSTED]
TWO_CALLS = Answer(tool_calls=tuple(ToolUse(name=name, arguments='{"city":"Oslo"}') for name in ("weather", "time")))
CHECKS_OF_A_PROVIDER, CHECKS_OF_THE_SURFACE = 20, 6
INSTALL_TIMEOUT_S, RUN_TIMEOUT_S = 240, 60


class Found(msgspec.Struct, frozen=True):
    """One line of the suite."""

    where: str
    check: str
    error: str | None


@pytest.fixture(scope="session")
def installed() -> None:
    """The SDK, as the lock file has it; test processes wait for the one that installs."""
    lock, mark = SUITE / "package-lock.json", SUITE / "node_modules" / ".installed"
    with (SUITE / "package.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not mark.exists() or mark.stat().st_mtime < lock.stat().st_mtime:
            install = [*NPM, "ci", "--silent", "--ignore-scripts"]
            subprocess.run(install, cwd=SUITE, check=True, timeout=INSTALL_TIMEOUT_S)
            mark.touch()


async def run_suite(chimera: Running) -> list[Found]:
    command = [*NPM, "run", "--silent", "suite", "--", f"{chimera.url}/v1", chimera.key, *MODELS]
    process = await asyncio.create_subprocess_exec(*command, cwd=SUITE, stdout=PIPE, stderr=PIPE)
    try:
        async with asyncio.timeout(RUN_TIMEOUT_S):
            said, complaints = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode == 0, complaints.decode()
    return msgspec.json.decode(b"[" + b",".join(said.splitlines()) + b"]", type=list[Found])


@requirement(
    "chat.whole",
    "chat.stream",
    "chat.stream.usage",
    "chat.tools.parallel",
    "chat.tools.loop",
    "chat.images",
    "chat.schema",
    "chat.length",
    "chat.left",
    "responses.whole",
    "responses.stream",
    "responses.schema",
    "responses.continued",
    "responses.background",
    "responses.errors.in_stream",
    "errors.context_too_long",
    "errors.model_not_found",
    "errors.rate_limited",
    "errors.provider",
    "errors.in_stream",
    "embeddings.encodings",
    "models.list",
    "models.retrieve",
    "errors.wrong_key",
    "errors.unknown_model",
    "errors.malformed",
)
@pytest.mark.timeout(INSTALL_TIMEOUT_S + RUN_TIMEOUT_S)
@pytest.mark.usefixtures("installed")
async def test_the_node_sdk_is_served_by_every_provider(chimera: Running, fake: FakeUpstream) -> None:
    # Ollama knows no `tool_choice`: nothing in the request would make its fake call.
    fake.next(*[TWO_CALLS] * 3, flavour="ollama")
    found = await run_suite(chimera)
    failures = [f"{one.where}: {one.check}: {one.error}" for one in found if one.error is not None]
    assert not failures, "\n\n".join(failures)
    ran = Counter(one.where for one in found)
    assert ran == {**dict.fromkeys(MODELS, CHECKS_OF_A_PROVIDER), "/v1": CHECKS_OF_THE_SURFACE}
