"""Probes that tell the truth, and the metrics page."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel, Field

from chimera.web.routers import LateRouter


class ProbeRead(BaseModel):
    status: str = Field(description="`ok`, or what stands in the way", examples=["ok"])
    checks: dict[str, str] = Field(default_factory=dict, description="State by part", examples=[{"database": "ok"}])


def router(*, ready: Callable[[], Awaitable[dict[str, str]]], registry: CollectorRegistry) -> APIRouter:
    """Probes for an orchestrator. `ready` gives the state of each part, `ok` or what is wrong."""
    api = LateRouter(tags=["operations"])

    @api.get("/health/live", response_model=ProbeRead)
    async def live() -> ProbeRead:
        """The process answers. Restart it when this fails."""
        return ProbeRead(status="ok")

    async def readiness() -> JSONResponse:
        checks = await ready()
        well = all(state == "ok" for state in checks.values())
        body = ProbeRead(status="ok" if well else "not ready", checks=checks)
        return JSONResponse(body.model_dump(), 200 if well else 503)

    @api.get("/health/ready", response_model=ProbeRead, responses={503: {"model": ProbeRead}})
    async def is_ready() -> JSONResponse:
        """Send traffic here only while this answers 200: the database answers, and the server is not stopping."""
        return await readiness()

    @api.get("/health/startup", response_model=ProbeRead, responses={503: {"model": ProbeRead}})
    async def has_started() -> JSONResponse:
        """The start is complete. Until it answers 200, do not ask for liveness."""
        return await readiness()

    @api.get("/metrics", response_class=Response, include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return api
