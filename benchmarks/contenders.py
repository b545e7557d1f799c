"""Who is measured: how each is started and asked. All serve the same model of the same upstream, in one process."""

import asyncio
import hashlib
import json
import os
import socket
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import aiohttp

from benchmarks.asking import CHAT, OPENAI_MODEL, Road
from benchmarks.jobs import ROOT
from benchmarks.process import Running, StartError, run

_KEY = "sk-benchmark-key-of-at-least-24-characters"
_UPSTREAM_KEY = "upstream-key"
_ENVIRONMENT = ROOT / ".venv-bench"
_LOCK = ROOT / "requirements" / "benchmark.txt"
_PORTKEY = ROOT / "benchmarks" / "portkey"
_PORTKEY_SERVER = _PORTKEY / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"


class Wish(NamedTuple):
    """A request that sets a contender up once it runs."""

    method: str
    path: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A system to measure.

    Attributes:
        wishes: Asked of it before it is measured.
        key: What it is asked with.
        further: Headers that it is asked with beside the key.
        streams: Whether it can be asked for a stream at all.
        weight: How many requests it gets, as a share of the fastest's, so that a round costs each about the same time.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    address: str
    ready_path: str
    road: Road = CHAT
    key: str = _KEY
    further: Mapping[str, str] = field(default_factory=dict[str, str])
    streams: bool = True
    weight: float = 1.0
    patience_s: float = 30.0
    wishes: Sequence[Wish] = ()

    @property
    def url(self) -> str:
        return self.address + self.road.path

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", **self.further}


def passthrough(upstream: str) -> Contender:
    port = _free_port()
    return Contender(
        name="passthrough",
        command=(sys.executable, "-m", "benchmarks.passthrough", str(port), f"{upstream}/openai/v1"),
        environment={"PYTHONPATH": str(ROOT)},
        address=f"http://127.0.0.1:{port}",
        ready_path="/",
    )


# Wide enough to bind nobody; every call is counted and held all the same.
_LIMITS = {"requests_per_minute": 1_000_000, "tokens_per_minute": 100_000_000}
_EVERYTHING_ON = (
    Wish("PUT", "/api/v1/policies/limits", json.dumps({"tier": "enterprise", "organisation": _LIMITS})),
    Wish(
        "POST",
        "/api/v1/budgets",
        json.dumps({"name": "all", "kind": "tenant", "period": "month", "limit": "1000000", "hard": True}),
    ),
)


def chimera(upstream: str, folder: Path) -> Contender:
    """Chimera as it is delivered, with its own key, a hard budget and limits, and room for streams held open."""
    port = _free_port()
    return Contender(
        name="chimera",
        command=(str(Path(sys.executable).parent / "chimera"), "serve", "--migrate"),
        environment={
            "PATH": os.defpath,
            "OPENAI_API_KEY": _UPSTREAM_KEY,
            "OPENAI_BASE_URL": f"{upstream}/openai/v1",
            "ANTHROPIC_API_KEY": _UPSTREAM_KEY,
            "ANTHROPIC_BASE_URL": f"{upstream}/anthropic",
            "CHIMERA_PORT": str(port),
            "CHIMERA_DATA_DIR": str(folder / "chimera"),
            "CHIMERA_BOOTSTRAP_API_KEY": _KEY,
            "CHIMERA_LOCAL_MODEL": "off",
            "CHIMERA_TENANT_CONCURRENCY": "100000",
            "CHIMERA_PROVIDER_CONCURRENCY": "100000",
        },
        address=f"http://127.0.0.1:{port}",
        ready_path="/health/ready",
        weight=0.5,
        wishes=_EVERYTHING_ON,
    )


def litellm(upstream: str, folder: Path) -> Contender:
    """LiteLLM's proxy at its quickest: one worker, a master key, no database, no request logs, offline prices."""
    port = _free_port()
    params = {"model": "openai/gpt-4o-mini", "api_base": f"{upstream}/openai/v1", "api_key": _UPSTREAM_KEY}
    config = folder / "litellm.json"
    config.write_text(json.dumps({"model_list": [{"model_name": OPENAI_MODEL, "litellm_params": params}]}))
    options = ("--config", str(config), "--host", "127.0.0.1", "--port", str(port), "--num_workers", "1")
    return Contender(
        name="litellm",
        command=(str(_ENVIRONMENT / "bin" / "litellm"), *options, "--telemetry", "False"),
        environment={
            "PATH": os.defpath,
            "HOME": str(folder),
            "LITELLM_MASTER_KEY": _KEY,
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_LOG": "ERROR",
        },
        address=f"http://127.0.0.1:{port}",
        ready_path="/health/readiness",
        weight=0.08,
        patience_s=120.0,
    )


def portkey(upstream: str) -> Contender:
    """Portkey's open gateway: no keys, limits or ledger of its own. On Node.js 20 its streams break off."""
    port = _free_port()
    return Contender(
        name="portkey",
        command=("node", str(_PORTKEY_SERVER), f"--port={port}", "--headless"),
        environment={"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}", "NODE_ENV": "production"},
        address=f"http://127.0.0.1:{port}",
        ready_path="/",
        key=_UPSTREAM_KEY,
        further={"x-portkey-provider": "openai", "x-portkey-custom-host": f"{upstream}/openai/v1"},
        streams=False,
        weight=0.4,
    )


def direct(upstream: str, like: Contender) -> Contender:
    """The upstream itself, asked as a contender is."""
    return replace(like, address=f"{upstream}/openai")


async def install_litellm() -> None:
    """Make LiteLLM's own environment from the lock, once per state of the lock."""
    stamp = _ENVIRONMENT / ".installed"
    state = hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == state:
        return
    sys.stderr.write(f"Installing LiteLLM into {_ENVIRONMENT.name} (once, about a minute) …\n")
    pip = (str(_ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    await _call(sys.executable, "-m", "venv", str(_ENVIRONMENT))
    await _call(*pip, "--require-hashes", "--no-deps", "-r", str(_LOCK))
    stamp.write_text(state)


async def install_portkey() -> None:
    """Install Portkey's gateway from its lock, where that was not done yet."""
    if _PORTKEY_SERVER.exists():
        return
    sys.stderr.write("Installing Portkey's gateway into benchmarks/portkey (once) …\n")
    npm = (str(ROOT / "tools" / "npm"), "--prefix", str(_PORTKEY), "ci", "--silent", "--ignore-scripts")
    await _call("env", f"VENV={Path(sys.executable).parents[1]}", *npm)


@asynccontextmanager
async def start(contender: Contender, folder: Path) -> AsyncGenerator[Running, None]:
    """Run a contender. Raises StartError."""
    async with run(
        contender.command,
        environment=contender.environment,
        ready_url=contender.address + contender.ready_path,
        log=folder / f"{contender.name}.log",
        patience_s=contender.patience_s,
    ) as running:
        await _set_up(contender)
        yield running


async def _set_up(contender: Contender) -> None:
    headers = contender.headers | {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for wish in contender.wishes:
            async with session.request(wish.method, contender.address + wish.path, data=wish.body) as response:
                if not response.ok:
                    raise StartError(f"{wish.path} was refused: {await response.text()}")


async def _call(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command)
    if await process.wait() != 0:
        raise RuntimeError(f"`{' '.join(command)}` failed")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
