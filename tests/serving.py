"""The whole of Chimera for a test: the real house behind a real socket on loopback, in the test's own event loop."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, closing, nullcontext
from dataclasses import dataclass
from socket import socket

import uvicorn

from chimera.bootstrap.house import House, open_house
from chimera.bootstrap.server import Server, address_of, bind, make_server
from chimera.bootstrap.settings import load
from chimera.bootstrap.web import create_app
from tests.fakes.server import FakeUpstream

OWNER_EMAIL = "owner@example.com"
OWNER_PASSWORD = "correct-horse-battery-staple"
API_KEY = "a-key-for-the-tests-of-chimera"
# The same for all replicas of a test, as for those of an operator.
ROOT_KEY = b64encode(b"a root key of thirty-two letters").decode()

# In which connections that are not needed any more come to their end.
_TURNS_TO_CLOSE = 10

HOSTED = {
    "openai": {"OPENAI_API_KEY": "good-key", "OPENAI_BASE_URL": "openai"},
    "azure": {
        "AZURE_OPENAI_API_KEY": "good-key",
        "AZURE_OPENAI_ENDPOINT": "azure",
        "AZURE_OPENAI_DEPLOYMENTS": "gpt-4o",
    },
    "deepseek": {"DEEPSEEK_API_KEY": "good-key", "DEEPSEEK_BASE_URL": "deepseek"},
    "openrouter": {"OPENROUTER_API_KEY": "good-key", "OPENROUTER_BASE_URL": "openrouter"},
    "anthropic": {"ANTHROPIC_API_KEY": "good-key", "ANTHROPIC_BASE_URL": "anthropic"},
    "gemini": {"GOOGLE_API_KEY": "good-key", "GEMINI_BASE_URL": "gemini"},
    "ollama": {"OLLAMA_BASE_URL": "ollama"},
    "lmstudio": {"LM_STUDIO_BASE_URL": "lmstudio"},
    "openai_compatible": {
        "OPENAI_COMPATIBLE_API_KEY": "good-key",
        "OPENAI_COMPATIBLE_BASE_URL": "openai_compatible",
        "OPENAI_COMPATIBLE_NAME": "openai_compatible",
    },
}
"""Every provider that the fakes play, with its environment; an address is the name of the fake's flavour."""


def provider_environment(fake: FakeUpstream, *kinds: str) -> dict[str, str]:
    """Environment that points the named providers, or all, at the fake."""
    variables = {name: value for kind in kinds or HOSTED for name, value in HOSTED[kind].items()}
    return {
        name: fake.base_url(value) if name.endswith(("_BASE_URL", "_ENDPOINT")) else value
        for name, value in variables.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that takes requests.

    Attributes:
        url: Its address, without a path.
        key: An API key of the owner.
    """

    url: str
    key: str
    house: House

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


class _TestServer(Server):
    """Stops at once where nothing is open.

    Uvicorn looks every 100 ms whether it shall stop, then waits as long again; the servers of `tests/durability` do.
    """

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config, on_listening)
        self.told_to_stop = asyncio.Event()

    def capture_signals(self) -> AbstractContextManager[None]:
        return nullcontext()

    async def main_loop(self) -> None:
        await self.on_tick(0)  # which writes the date for all answers
        await self.told_to_stop.wait()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(_TURNS_TO_CLOSE):
            if not self.server_state.connections and not self.server_state.tasks:
                return
            await asyncio.sleep(0)
        await super().shutdown(sockets)


@asynccontextmanager
async def running(
    database_url: str, variables: Mapping[str, str], flags: Mapping[str, object] | None = None
) -> AsyncGenerator[Running]:
    """Start Chimera as `chimera serve` does; leaving stops it as a signal would.

    Args:
        database_url: An empty, migrated database; its folder becomes the data folder.
        variables: The environment of the providers.
        flags: Further settings.
    """
    chosen: dict[str, object] = {
        "port": 0,
        "database_url": database_url,
        "local_model": "off",
        "owner_email": OWNER_EMAIL,
        "owner_password": OWNER_PASSWORD,
        "bootstrap_api_key": API_KEY,
        "root_key": ROOT_KEY,
        "first_token_timeout_s": 5.0,
    }
    settings = load({}, chosen | dict(flags or {}))
    listens = asyncio.Event()
    with closing(bind(settings)) as listening:
        async with open_house(settings, variables) as house:
            await house.gateway.keeper.refresh()
            made = make_server(create_app(house), listens.set)
            server = _TestServer(made.config, listens.set)
            serving = asyncio.ensure_future(server.serve(sockets=[listening]))
            await listens.wait()
            try:
                yield Running(url=address_of(listening), key=API_KEY, house=house)
            finally:
                server.told_to_stop.set()
                await serving
