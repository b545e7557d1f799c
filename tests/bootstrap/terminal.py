"""The command line for tests: in this process where only its words and exit code matter, else as a process."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes import FakeUpstream, Operation
from tests.serving import HOSTED, provider_environment
from typer.testing import CliRunner

from chimera.bootstrap.cli import app
from chimera.bootstrap.settings import environment
from chimera.kit.loading import available, load

KINDS = sorted(HOSTED)
PROVIDER_VARIABLES = frozenset(name for kind in available("providers") for name in load("providers", kind).ENVIRONMENT)
# GETs that the doctor sends; a provider's list may be asked twice.
LOOKUPS = (Operation.MODELS, Operation.ACCOUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


async def typed(*arguments: str, env: Mapping[str, str]) -> Ended:
    """Run a command in this process, beside the test's event loop, under this environment and nothing else of ours.

    Of `serve`, which prepares its whole process for that, only the help.
    """
    assert "serve" not in arguments or "--help" in arguments, "use `started`"
    ours = {name: None for name in environment() if name.startswith("CHIMERA_") or name in PROVIDER_VARIABLES}
    result = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=ours | dict(env))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(code=result.exit_code, out=result.stdout, err=result.stderr)


async def started(*arguments: str, env: Mapping[str, str], said: str | None = None) -> Ended:
    """Run the program as a process of its own; `said` goes through a pipe."""
    return await ended_of(program(*arguments), env, said)


async def ran(code: str, env: Mapping[str, str]) -> Ended:
    """Run Python code in a process of its own."""
    return await ended_of([sys.executable, "-c", code], env)


async def ended_of(command: list[str], env: Mapping[str, str], said: str | None = None) -> Ended:
    """Run any program under this environment."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=plain_environment() | dict(env),
        stdin=asyncio.subprocess.DEVNULL if said is None else asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(None if said is None else said.encode())
    assert process.returncode is not None
    return Ended(code=process.returncode, out=out.decode(), err=err.decode())


def program(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "chimera", *arguments]


def plain_environment() -> dict[str, str]:
    """What a process needs to run, without a setting of ours and without a terminal's habits."""
    kept = {name: value for name, value in environment().items() if name in {"PATH", "HOME", "PYTHONPATH", "LANG"}}
    return kept | {"PYTHONUTF8": "1"}


def at(fake: FakeUpstream, *kinds: str) -> dict[str, str]:
    """Environment of a Chimera whose providers are the fake's."""
    return provider_environment(fake, *kinds)


def statuses(ended: Ended) -> dict[str, str]:
    """Status of each provider in a doctor's JSON."""
    return {provider["name"]: provider["status"] for provider in ended.json["providers"]}
