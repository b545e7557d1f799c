"""The web application: the house with its doors."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import ASGIApp, Receive, Scope, Send

from chimera.bootstrap.access.audit import routers as audit_routers
from chimera.bootstrap.access.privacy import routers as privacy_routers
from chimera.bootstrap.access.sso import door as directory_door
from chimera.bootstrap.feedback import feedback_of
from chimera.bootstrap.house import House
from chimera.bootstrap.parts.batches import MEBIBYTE, caller_inside
from chimera.bootstrap.parts.contexts.sharing import sharing_router
from chimera.bootstrap.parts.idempotency import doors as idempotency_doors
from chimera.bootstrap.parts.people import routers as people_routers
from chimera.bootstrap.parts.sockets.opening import socket_door, tickets
from chimera.bootstrap.places import web_app
from chimera.bootstrap.settings import Settings
from chimera.compat.anthropic import openapi as anthropic_openapi
from chimera.compat.anthropic.routes import anthropic_routes
from chimera.compat.app import CompatApp, compat_app
from chimera.compat.exchange import Surface
from chimera.compat.gemini import openapi as gemini_openapi
from chimera.compat.gemini.address_key import AddressKey
from chimera.compat.gemini.routes import gemini_routes
from chimera.compat.ollama import openapi as ollama_openapi
from chimera.compat.ollama.routes import ollama_routes
from chimera.compat.openai import openapi as openai_openapi
from chimera.compat.openai.batching import openapi as batching_openapi
from chimera.compat.openai.batching.routes import batching_routes
from chimera.compat.openai.relaying import openapi as relaying_openapi
from chimera.compat.openai.relaying.routes import relaying_routes
from chimera.compat.openai.responses import openapi as responses_openapi
from chimera.compat.openai.responses.routes import responses_routes
from chimera.compat.openai.routes import openai_routes
from chimera.compat.shapes import shape_of
from chimera.conversations import endpoints as conversations
from chimera.conversations.endpoints import shelves, steps
from chimera.conversations.feedback import endpoints as feedback
from chimera.conversations.interchange import endpoints as interchange
from chimera.conversations.interchange.exporting import ConversationExports
from chimera.conversations.interchange.importing import Imports
from chimera.conversations.interchange.items import Bounds
from chimera.conversations.lifecycle import endpoints as lifecycle
from chimera.conversations.panel_runs import endpoints as panels
from chimera.conversations.panel_runs.service import Panels
from chimera.conversations.prompt_results import endpoints as prompt_results
from chimera.conversations.prompt_results.service import PromptResults
from chimera.conversations.remembering import endpoints as memories
from chimera.conversations.search import endpoints as search
from chimera.conversations.shelves.service import Shelves
from chimera.conversations.sockets import endpoints as sockets
from chimera.conversations.tree import endpoints as trees
from chimera.conversations.tree.asking import Asking
from chimera.conversations.tree.branches import Branches
from chimera.gateway.access.organisation import within
from chimera.idempotency.description import with_keys
from chimera.idempotency.request import bears_key
from chimera.jobs import endpoints as jobs
from chimera.jobs.service import JobDesk, Jobs
from chimera.kit.clock import utc_now
from chimera.platform import answers, estimate, experiments, lint, routing, status, tenants
from chimera.platform import endpoints as platform
from chimera.policies import endpoints as policies
from chimera.privacy.holding import StandingHolds
from chimera.prompts import endpoints as prompts
from chimera.spend import endpoints as spend
from chimera.web import docs, health, problems
from chimera.web.bodies import Bounded
from chimera.web.compression import Compressed
from chimera.web.edge import Edge
from chimera.web.known import Known
from chimera.web.openapi import complete
from chimera.web.pages.app import WebApp
from chimera.web.routers import join
from chimera.web.security.headers import Security
from chimera.web.security.proxies import Proxied
from chimera.webhooks import endpoints as webhooks

# Enough for every body but those that carry messages.
SMALL_BODY = 65_536
# Other people's APIs: OpenAI's and Anthropic's, Gemini's, Ollama's.
_COMPAT = (
    "/v1/",
    "/v1beta/",
    *(f"/api/{name}/" for name in ("chat", "generate", "embed", "embeddings", "tags", "show", "version", "ps")),
    # Not served, but refused as Ollama would.
    *(f"/api/{name}/" for name in ("pull", "push", "create", "copy", "delete", "blobs")),
)
# Endpoints of plain ASGI, of which FastAPI knows nothing.
_DESCRIBED_BY_HAND = (
    openai_openapi,
    responses_openapi,
    batching_openapi,
    relaying_openapi,
    anthropic_openapi,
    gemini_openapi,
    ollama_openapi,
)
DESCRIPTION = """
Every model behind one door. `/v1` speaks OpenAI's API and Anthropic's, `/v1beta` Google's, `/api` Ollama's: point their
SDKs at it. `/api/v1` is Chimera's own: conversations that are kept, and turns that outlive their connection.

Send an API key as `Authorization: Bearer …`. Errors under `/api/v1` are RFC 9457 problems, elsewhere they have the
shape of the API that was called; all carry a stable `code`.
"""


def create_app(house: House, *, stopping: Callable[[], bool] = lambda: False) -> ASGIApp:
    """Every route of the server. `stopping` says whether it is about to end: then it is not ready any more."""
    app = FastAPI(
        title="Chimera",
        version=house.version,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        # A redirect would name the scheme and host that this process sees, not those of a proxy before it.
        redirect_slashes=False,
    )
    app.state.authenticate = house.people.watched
    app.state.demand = house.people.watched.demand
    app.state.admit_request = house.gateway.limits.admit_request
    problems.install(app)
    join(app.router, *_routers(house))
    join(app.router, health.router(ready=lambda: house.readiness(stopping=stopping()), registry=house.registry))
    join(app.router, docs.router())
    # Not a mount: that would match every path, and so hide that an endpoint takes other methods.
    app.router.default = WebApp(web_app())
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]  # FastAPI's own way to extend it
    largest = house.settings.max_body_mb * 1_048_576
    once, platform_once = idempotency_doors(house.idempotency, house.people.watched, house.settings.request_timeout_s)
    surface = _surface(house)
    compat = _compat(surface, house)
    house.work.door.open(_compat(replace(surface, authenticate=caller_inside), house))
    doors = Doors(
        compat=Bounded(AddressKey(once(compat)), largest),
        uploads=Bounded(compat, house.settings.max_file_mb * MEBIBYTE + SMALL_BODY),
        imports=Known(house.people.watched, Bounded(app, house.settings.max_import_mb * MEBIBYTE)),
        platform=Known(house.people.watched, Bounded(platform_once(app), largest)),
        rest=Bounded(platform_once(app), SMALL_BODY),
        directory=directory_door(house.people.sso),
        sockets=socket_door(house.hall, house.people, house.conversations, house.turns, house.readers),
    )
    edge = Edge(Compressed(house.live.watched(doors)), _security(house.settings))
    trusted, told = house.settings.trusted_proxies, house.settings.proxy_header
    return Proxied(app=edge, trusted=trusted, told=told) if trusted else edge


def _security(settings: Settings) -> Security:
    https = (settings.public_url or "").startswith("https://")
    return Security(https=https, hosts=frozenset(settings.allowed_hosts), origins=frozenset(settings.cors_origins))


def _routers(house: House) -> Iterator[APIRouter]:
    """What `/api/v1` offers."""
    yield from (*people_routers(house.people), *audit_routers(house.audit), *privacy_routers(house.privacy))
    gateway, allowed = house.gateway, partial(within, house.policies.of)
    yield platform.router(
        gateway.keeper, gateway.catalogues, allowed, breakers=gateway.breakers, default_model=house.default_model
    )
    yield estimate.router(gateway.catalogues.of, allowed, gateway.tariffs, gateway.learning.calibration.factors)
    yield policies.router(house.policies)
    caching = gateway.caching
    judging = answers.Judging(answers=caching.answers, may_ask=gateway.may_ask, judged=caching.likeness.judged)
    yield answers.router(caching.answers, caching.tallies, judging)
    yield feedback.router(feedback_of(house.database, gateway.routing.learning, judging))
    yield status.router(gateway.levels, house.policies.of)
    yield experiments.router(gateway.tallies, house.policies.of)
    yield lint.router(gateway.prompts, gateway.catalogues.of, allowed)
    yield routing.router(gateway.routing.router, gateway.routing.learning, allowed)
    yield webhooks.router(house.webhooks)
    yield spend.router(house.money)
    yield tenants.router(house.people.members.organisations, house.policies, house.money.usage)
    desk = JobDesk(database=house.database, jobs=Jobs(wakes=house.workers.wakes), recorder=house.audit.recorder)
    yield jobs.router(desk)
    yield from _routers_of_conversations(house)


def _routers_of_conversations(house: House) -> Iterator[APIRouter]:
    yield _interchange(house)
    yield conversations.router(house.conversations, house.turns, house.readers)
    yield prompts.router(house.library, house.versioning)
    yield search.router(house.searching)
    yield sockets.router(tickets(house.people, house.readers))
    yield memories.router(house.memories)
    if house.turns.afterwards is not None:
        yield steps.router(house.conversations, house.turns.afterwards)
    yield prompt_results.router(PromptResults(database=house.database, library=house.library))
    yield panels.router(Panels(turns=house.turns), house.readers)
    yield lifecycle.router(house.lifecycle.lives)
    yield shelves.router(Shelves(database=house.database, bus=house.readers.bus))
    limiter = house.gateway.limits.limiter
    yield sharing_router(house.policies, house.audit, house.people.members.directory, limiter)
    branches = Branches(database=house.database, bus=house.readers.bus, holds=StandingHolds(), clock=utc_now)
    yield trees.router(Asking(turns=house.turns), branches, house.conversations, house.readers)


def _interchange(house: House) -> APIRouter:
    database, recorder, settings = house.database, house.audit.recorder, house.settings
    bounds = Bounds(
        file_bytes=settings.max_import_mb * MEBIBYTE,
        conversation_bytes=settings.max_import_conversation_mb * MEBIBYTE,
    )
    imports = Imports(database=database, recorder=recorder, clock=utc_now, bounds=bounds)
    return interchange.router(ConversationExports(database=database, recorder=recorder), imports)


@dataclass(frozen=True, slots=True)
class Doors:
    """The hot surface stands beside FastAPI, not behind its routes and middleware.

    Uploads are streamed and may be large, but for those with an Idempotency-Key, which is taken of their whole body.
    Strangers get in only where they must (signing in, pages, probes), and bring little with them.
    """

    compat: ASGIApp
    uploads: ASGIApp
    imports: ASGIApp
    platform: ASGIApp
    rest: ASGIApp
    directory: ASGIApp
    sockets: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = self.sockets if scope["type"] == "websocket" else self._door(f"{scope['path']}/", scope)
        await door(scope, receive, send)

    def _door(self, path: str, scope: Scope) -> ASGIApp:
        if path == "/v1/files/" and not bears_key(scope):
            return self.uploads
        if path == "/api/v1/conversations/import/" and not bears_key(scope):
            return self.imports
        if path.startswith("/scim/v2/"):
            return self.directory
        if path.startswith(_COMPAT):
            return self.compat
        if path.startswith(
            (
                *("/api/v1/chat/", "/api/v1/conversations/", "/api/v1/turns/", "/api/v1/route/", "/api/v1/lint/"),
                *("/api/v1/prompts/", "/api/v1/personas/", "/api/v1/folders/"),
            )
        ):
            return self.platform
        return self.rest


def _compat(surface: Surface, house: House) -> CompatApp:
    routes = [*openai_routes(surface), *anthropic_routes(surface), *gemini_routes(surface), *ollama_routes(surface)]
    routes += batching_routes(surface, house.work.files, house.work.batches)
    routes += relaying_routes(surface, house.gateway.relays)
    routes += responses_routes(surface, house.responses)
    return compat_app(routes, shape_of)


def _surface(house: House) -> Surface:
    return Surface(
        authenticate=house.people.watched,
        gateway=house.gateway.handler,
        catalogue=house.gateway.catalogues.of,
        patience_s=house.settings.request_timeout_s,
        within=partial(within, house.policies.of),
        factors=house.gateway.learning.calibration.factors,
    )


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        for described in _DESCRIBED_BY_HAND:
            schema["paths"] |= deepcopy(described.PATHS)
            schema["components"]["schemas"] |= described.SCHEMAS
        app.openapi_schema = with_keys(complete(schema))
    return app.openapi_schema
