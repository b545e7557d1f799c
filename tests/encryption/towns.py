"""A server whose house has an account at a provider, and organisations with accounts of their own beside it."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.fakes import FakeUpstream
from tests.fakes.received import Received
from tests.serving import Running, provider_environment, running
from tests.surfaces.people import stranger_to

CONNECTIONS = "/api/v1/provider-connections"
HOUSE, OURS, THEIRS = "good-key", "sk-canary-ours-1", "sk-canary-theirs-1"


@dataclass
class Town:
    """Three organisations: `ours` and `theirs` may have accounts, `others` have none."""

    chimera: Running
    fake: FakeUpstream
    ours: httpx2.AsyncClient
    theirs: httpx2.AsyncClient
    others: httpx2.AsyncClient

    async def connect(self, who: httpx2.AsyncClient, credential: str, **changed: object) -> str:
        """Make a connection to the fake, wait until it has told its models; its id."""
        kind = str(changed.get("kind", "openai"))
        body = {"name": "Ours", "kind": kind, "base_url": self.fake.base_url(kind), "credential": credential} | changed
        answer = await who.post(CONNECTIONS, json=body)
        assert answer.status_code == 201, answer.text
        await self.followed()
        return str(answer.json()["id"])

    async def followed(self) -> None:
        """Let the server look at its connections, and ask all for their models."""
        accounts = await self.looked()
        for opened in tuple(accounts._open.values()):
            await accounts.discover(opened)

    async def looked(self) -> Any:
        """Let the server look at its connections; what it has opened."""
        accounts: Any = self.chimera.house.gateway.catalogues.accounts
        await accounts.look()
        return accounts

    def opened(self) -> list[Any]:
        accounts: Any = self.chimera.house.gateway.catalogues.accounts
        return list(accounts._by_id.values())

    def shown(self, since: int = 0) -> list[str]:
        """The keys of the chats, embeddings and relays that the provider got."""
        return [key_of(one) for one in self.fake.requests[since:] if one.method == "POST"]


def key_of(one: Received) -> str:
    shown = one.headers.get("authorization", "").removeprefix("Bearer ")
    return shown or one.headers.get("x-api-key", "") or one.headers.get("x-goog-api-key", "")


async def chat(who: httpx2.AsyncClient, model: str = "openai/gpt-4o", **more: object) -> httpx2.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}], **more}
    return await who.post("/v1/chat/completions", json=body)


async def models(who: httpx2.AsyncClient) -> set[str]:
    return {one["id"] for one in (await who.get("/v1/models")).json()["data"]}


@asynccontextmanager
async def town_of(database_url: str, *kinds: str, settings: Mapping[str, object] | None = None) -> AsyncGenerator[Town]:
    """Open it; `kinds` are the providers at which the house has an account."""
    async with AsyncExitStack() as stack:
        fake = await stack.enter_async_context(FakeUpstream(keys={HOUSE, OURS, THEIRS}))
        flags = {"private_networks": True, **(settings or {})}
        variables = provider_environment(fake, *kinds) if kinds else {}
        chimera = await stack.enter_async_context(running(database_url, variables, flags))
        tokens = [chimera.key, await stranger_to(chimera), await stranger_to(chimera)]
        clients = [
            await stack.enter_async_context(
                httpx2.AsyncClient(base_url=chimera.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
            )
            for token in tokens
        ]
        yield Town(chimera, fake, *clients)
