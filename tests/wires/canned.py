"""A loopback server that answers each address with one JSON body, for what the fakes do not page or count."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from types import ModuleType

from aiohttp import web
from aiohttp.test_utils import TestServer

from chimera.adapters.http import open_http
from chimera.kit.loading import load
from chimera.llm import ModelProvider


class Canned:
    """Answers by path and query; remembers what was asked for, with headers."""

    def __init__(self, answers: Mapping[str, object]) -> None:
        self._answers = answers
        self.asked: list[web.Request] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        await request.read()
        found = self._answers.get(request.path_qs)
        return web.json_response(found) if found is not None else web.json_response({"error": "?"}, status=404)


@asynccontextmanager
async def provider(kind: str, canned: Canned, *, base: str = "") -> AsyncGenerator[ModelProvider, None]:
    """Yield the provider of this kind, connected to the canned answers under the path `base`."""
    module: ModuleType = load("providers", kind)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", canned.answer)
    async with TestServer(app) as server, open_http() as http:
        settings = module.Settings.model_validate({"base_url": str(server.make_url(base)), "api_key": "sesame"})
        async with module.connect(settings, http) as connected:
            yield connected
